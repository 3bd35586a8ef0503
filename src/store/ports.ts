import type { Client } from '../oauth/client.ts'
import type { Account, Grant } from '../oauth/grant.ts'

/**
 * What the features ask of persistence: verbs with promises, so that check-then-act cannot be written outside the
 * store. A promise resolves only after the commit that holds its write is synced to disk; what arrives together is
 * committed together. Secrets, codes and tokens arrive hashed (`ops/digest.storageKey`). Times are whole seconds.
 */
export type Store = {
  readonly clients: ClientStore
  readonly consents: ConsentStore
  readonly codes: CodeStore
  readonly grants: GrantStore
  readonly refreshTokens: RefreshTokenStore
  readonly accounts: AccountStore
  readonly sessions: SessionStore
  readonly keys: KeyStore
  readonly audit: AuditStore
  /**
   * One small step of tidying: removes what has expired, at most `limit` rows a table; returns how many went.
   * With `accessTokenTtl` (seconds) also grants whose last access token has expired and that can't be refreshed.
   */
  sweep(now: number, limit: number, options?: { accessTokenTtl?: number }): Promise<number>
  /** Waits for queued writes, then closes. */
  close(): Promise<void>
}

/**
 * Disk full, database busy for too long, file system read-only: nothing was written, and a later try may succeed.
 * The edge answers it with 503 and `Retry-After` (`retryAfter`, in seconds).
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
  readonly retryAfter = 2
}

/** The data directory holds what this program can't use; nothing was changed. The message is a line for a terminal. */
export class DataUnusable extends Error {
  override readonly name = 'DataUnusable'
}

/** Every attempt at the doors: when, from where, what, outcome. */
export type AuditRecord = {
  readonly at: number
  /** e.g. `registration.accepted`, `registration.refused`, `client.deleted`, `grant.revoked`, `login.failed` */
  readonly type: string
  readonly address?: string
  readonly client_id?: string
  readonly account_id?: string
  /** Bounded by the store to 500 characters. */
  readonly detail?: string
}

export type ClientStore = {
  /** Stores the client and its audit record in one transaction. */
  register(client: Client, audit: AuditRecord): Promise<void>
  find(client_id: string): Promise<Client | undefined>
  /** Removes the client with its grants, tokens, codes and consents, at once. False where there was none. */
  remove(client_id: string, audit: AuditRecord): Promise<boolean>
  /** In the order of their registration, after `after`. */
  page(query: { after?: string; limit: number }): Promise<Client[]>
  count(): Promise<number>
  /**
   * Bounds what a flood of registrations can leave behind: while more than `keep` clients are registered, removes
   * the oldest of those that no one ever signed in with (no code was issued to them), at most `limit`. Used clients
   * stay. Returns how many went.
   */
  removeUnused(query: { keep: number; limit: number }): Promise<number>
}

export type Consent = {
  readonly account_id: string
  readonly client_id: string
  readonly scope: string
  /** The hosts (or private schemes) that were on the page when the person said yes. */
  readonly redirect_hosts: readonly string[]
}

export type ConsentStore = {
  find(account_id: string, client_id: string): Promise<Consent | undefined>
}

/** An authorization code with all that was decided when it was issued; never changes. */
export type AuthorizationCode = {
  readonly key: Buffer
  readonly client_id: string
  readonly account_id: string
  readonly redirect_uri: string
  /** Whether the authorization request named it: then the token request has to repeat it (RFC 6749 §4.1.3). */
  readonly redirect_uri_given: boolean
  readonly scope: string
  readonly resource: string
  readonly code_challenge: string
  readonly expires_at: number
}

export type CodeStore = {
  /**
   * Stores the code; with `decision`, only if no decision was made on that transaction before (one of any number of
   * concurrent calls wins), and remembers the consent, widened by what was granted before. `client_gone` where the
   * client was deleted meanwhile.
   */
  issue(
    code: AuthorizationCode,
    decision?: { id: string; expires_at: number; consent: Consent },
  ): Promise<'issued' | 'decided_before' | 'client_gone'>
  /** A denial: marks the transaction as decided. False where it was before. */
  deny(decision: { id: string; expires_at: number }): Promise<boolean>
  find(key: Buffer): Promise<AuthorizationCode | undefined>
  /**
   * Spends the code and stores the grant and, where given, its first refresh token. Of any number of concurrent
   * calls exactly one gets `redeemed`; every other one ends the grant that the first one made (`replayed`).
   * `gone`: expired, or its client was deleted. A replay is remembered for an hour after the code expired.
   */
  redeem(
    key: Buffer,
    now: number,
    grant: Grant,
    refreshToken?: { key: Buffer; expires_at: number },
  ): Promise<{ outcome: 'redeemed' } | { outcome: 'replayed'; grant_id: string } | { outcome: 'gone' }>
}

export type GrantRow = Grant & { readonly last_used_at: number; readonly client_name?: string }

export type GrantStore = {
  /** True while the grant is neither revoked nor its client or account gone. Cheap: cached, and the cache is never
   * older than the last write of any process. */
  isLive(grant_id: string): Promise<boolean>
  find(grant_id: string): Promise<Grant | undefined>
  /** Ends the grant and its tokens at once. With `forgetConsent`, the person is asked again. False where there was none. */
  revoke(grant_id: string, audit: AuditRecord, options?: { forgetConsent?: boolean }): Promise<boolean>
  /** Live grants, the oldest first. */
  page(query: { after?: string; limit: number; client_id?: string; account_id?: string }): Promise<GrantRow[]>
}

export type RefreshToken = {
  readonly key: Buffer
  readonly grant: Grant
  readonly expires_at: number
  readonly used_at: number | undefined
}

export type RefreshTokenStore = {
  /** The token and its grant, used or not; undefined where unknown or where the grant was revoked. */
  find(key: Buffer): Promise<RefreshToken | undefined>
  /**
   * Rotation, atomic. The table of outcomes, in its order:
   * - not used before: marked used, `next` stored → `rotated`;
   * - used before, at most `grace` seconds ago or no direct successor of it ever used, fewer than `branches` live
   *   (unused, unexpired) tokens in the family: `next` stored beside the earlier ones → `rotated`;
   * - the same, `branches` live ones or more → `refused`, nothing changes;
   * - used before, otherwise: the grant is revoked → `reused`;
   * - unknown, revoked, expired → `gone`.
   * `grace` counts from the first use. A used token is remembered as long as `next` is good.
   */
  rotate(
    key: Buffer,
    next: { key: Buffer; expires_at: number },
    now: number,
    limits: { grace: number; branches: number },
  ): Promise<'rotated' | 'refused' | 'reused' | 'gone'>
}

export type AccountStore = {
  /** Creates the owner; false where an account exists already (one of any number of concurrent calls wins). */
  createOwner(
    account: Account & { password_hash: string; created_at: number },
    audit: AuditRecord,
  ): Promise<boolean>
  exists(): Promise<boolean>
  find(account_id: string): Promise<Account | undefined>
  findByUsername(username: string): Promise<(Account & { password_hash: string }) | undefined>
  /** Every account, the oldest first: a handful. */
  list(): Promise<Account[]>
  /** Sets a password and ends every session of the account. */
  setPassword(account_id: string, password_hash: string, audit: AuditRecord): Promise<void>
}

export type SessionStore = {
  start(session: { key: Buffer; account_id: string; expires_at: number }): Promise<void>
  /** The signed-in account; undefined where unknown, ended or expired. */
  find(key: Buffer, now: number): Promise<Account | undefined>
  end(key: Buffer): Promise<void>
}

/** A signing key; `private_key` is sealed by `ops/sealing`, so that a stolen database signs nothing. */
export type SigningKey = {
  readonly kid: string
  readonly alg: 'ES256'
  /** The public JWK as JSON. */
  readonly public_jwk: string
  readonly private_key: string
  readonly created_at: number
  /** When the key stopped signing; it is published until its last token has expired. */
  readonly retired_at: number | undefined
}

export type KeyStore = {
  /** Newest first; the first one without `retired_at` signs. Cheap: cached like `GrantStore.isLive`. */
  list(): Promise<readonly SigningKey[]>
  /** Adds the key if none signs yet; false where one does (two servers may start at once). */
  addFirst(key: SigningKey): Promise<boolean>
  /** Adds the key and retires every other one. */
  rotate(key: SigningKey, now: number, audit: AuditRecord): Promise<void>
  /** Drops keys retired before `before`. */
  prune(before: number): Promise<number>
}

export type AuditStore = {
  /** A refused attempt, into a bounded table (100,000; the oldest go). Never awaited by an answer. */
  refuse(record: AuditRecord): void
  /** What was accepted outside of other verbs, e.g. a login. */
  append(record: AuditRecord): Promise<void>
  /** The newest first. */
  page(query: { limit: number; refused?: boolean }): Promise<AuditRecord[]>
}
