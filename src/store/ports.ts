import type { Client, RemovalCause, Tombstone } from '../oauth/client.ts'
import type { Account, Grant } from '../oauth/grant.ts'
import type { JournalEntry } from '../ops/journal.ts'

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
  readonly registrationTokens: RegistrationTokenStore
  readonly journal: JournalStore
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
  readonly retryAfter = 1
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
  /**
   * Stores the client and its audit record in one transaction, and spends one use of `registrationToken` (its
   * `storageKey`) in the same: of any number of concurrent calls exactly as many succeed as it has uses.
   * - `token_spent`: unknown, used up or expired at `audit.at`; nothing is stored.
   * - `too_many_unused`: that address has `unusedPerAddress.max` clients that nobody authorized; nothing is stored.
   *
   * Where the bound of unused clients is reached, makes room by removing the oldest of them: never refuses for it.
   */
  register(
    client: Client,
    audit: AuditRecord,
    options?: {
      registrationToken?: Buffer
      unusedPerAddress?: { address: string; max: number }
    },
  ): Promise<'registered' | 'token_spent' | 'too_many_unused'>
  find(client_id: string): Promise<Client | undefined>
  /**
   * Replaces what the client consists of: metadata, scope, secrets, registration tokens, approval. `client` carries
   * the `revision` it was read at, which grows by one. `stale`: another replacement came first, read again.
   * `gone`: it was removed meanwhile, and does not come back. With `forgetConsents`, every person is asked again.
   */
  replace(
    client: Client,
    audit: AuditRecord,
    options?: { forgetConsents?: boolean },
  ): Promise<'replaced' | 'stale' | 'gone'>
  /**
   * Ends the wait; from then on it counts as authorized. False where no such client waits, or with `revision` where it
   * was replaced since.
   */
  approve(client_id: string, audit: AuditRecord, options?: { revision?: number }): Promise<boolean>
  /** The new registration token (its hash) was used: the one before it ends. Counts as a replacement. */
  confirmRegistrationToken(client_id: string, registration_token_hash: string): Promise<void>
  /**
   * The new secret (its hash) was used: the one before it ends at `until`, if not sooner, and so does at once the
   * registration token before the one that was issued with it. Counts as a replacement.
   */
  confirmSecret(client_id: string, client_secret_hash: string, until: number): Promise<void>
  /**
   * It was used, and with `renewSecretUntil` its secret is good until then, if that is later. Written lazily, once a
   * day a client. Cheap, never awaited.
   */
  touch(
    client: Pick<Client, 'client_id' | 'authorized_at' | 'last_used_at' | 'client_secret_expires_at'>,
    now: number,
    options?: { renewSecretUntil?: number },
  ): void
  /**
   * It came to `/authorize`: for an hour it does not count as unused; for a day, where the person was signed in
   * already. Written lazily. Cheap, never awaited; does nothing for a client that was ever authorized.
   */
  seen(
    client: Pick<Client, 'client_id' | 'authorized_at'>,
    now: number,
    options?: { signedIn?: boolean },
  ): void
  /**
   * Removes the client with its grants, tokens, codes and consents, at once. One that was ever authorized leaves a
   * tombstone, with `cause` (`deleted` unless told). False where there was none.
   */
  remove(client_id: string, audit: AuditRecord, options?: { cause?: RemovalCause }): Promise<boolean>
  findTombstone(client_id: string): Promise<Tombstone | undefined>
  /**
   * The client of the tombstone is there again, authorized, without registration token. Undefined where there is
   * no tombstone, or one that may not come back (`isRevivable`). The client where another call came first.
   */
  revive(client_id: string, audit: AuditRecord): Promise<Client | undefined>
  /** In the order of their ids, which is that of their registration, after `after`. */
  page(query: {
    after?: string
    limit: number
    approval?: 'pending'
    source?: 'operator' | 'declared'
  }): Promise<Client[]>
  count(): Promise<number>
  /** Removes clients that nobody authorized and that registered at or before `before`, at most `limit`; how many went. */
  removeUnused(query: { before: number; now: number; limit: number }): Promise<number>
  /**
   * Removes dynamic clients that were authorized, not used since `before` and without a grant; each leaves a
   * tombstone and an audit record. Looks at `limit` clients a call, returns how many went.
   */
  removeInactive(query: { before: number; now: number; limit: number }): Promise<number>
}

/** An initial access token (RFC 7591 §3): lets so many clients register. */
export type RegistrationToken = {
  readonly token_id: string
  readonly key: Buffer
  readonly created_at: number
  /** 0: never. */
  readonly expires_at: number
  /** Absent: any number. */
  readonly uses_left?: number
  /** What its clients may ask for; absent: anything. */
  readonly scope?: string
  /** Who it is for, in the operator's words. */
  readonly note?: string
}

export type RegistrationTokenStore = {
  create(token: RegistrationToken, audit: AuditRecord): Promise<void>
  /** Used up and expired ones too: the caller tells them apart. */
  find(key: Buffer): Promise<RegistrationToken | undefined>
  /** Every one, the oldest first. */
  list(): Promise<RegistrationToken[]>
  /** False where there was none. */
  revoke(token_id: string, audit: AuditRecord): Promise<boolean>
}

export type { JournalEntry }

export type JournalStore = {
  /** Into a bounded ring (20,000; the oldest go). Lazily, never awaited by an answer; texts are bounded. */
  append(entry: JournalEntry): void
  /** The oldest first: the last `limit` ones, or with `after` (an `id` of a former answer) those that came since. */
  page(query: {
    after?: number
    limit: number
    client_id?: string
  }): Promise<(JournalEntry & { readonly id: number })[]>
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
   * Stores the code; a client's first one makes it an authorized one, from `issued_at` on (absent: from
   * `expires_at`). With `decision`, only if no decision was made on that transaction before (one of any number of
   * concurrent calls wins), and remembers the consent, widened by what was granted before. `client_gone` where the
   * client was deleted meanwhile; with `revive` it is brought back first, in the same transaction, if
   * `ClientStore.revive` would.
   */
  issue(
    code: AuthorizationCode & { readonly issued_at?: number },
    decision?: { id: string; expires_at: number; consent: Consent; revive?: AuditRecord },
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
