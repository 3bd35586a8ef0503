import type { ClientMetadata } from './client-metadata.ts'

/**
 * A registered client, by whichever door it came. What the standard calls client metadata stays one document under
 * its wire names; what we must query or decide by is a member of its own. Times are whole seconds since the epoch.
 */
export type Client = {
  readonly client_id: string
  readonly client_id_issued_at: number
  /** How the secret is stored: `sha256:<base64url>` or an argon2id PHC string; absent for `none`. */
  readonly client_secret_hash?: string
  /** RFC 7591 §3.2.1: 0 means never; absent where there is no secret. */
  readonly client_secret_expires_at?: number
  /** The scope the client asked for by name; absent means unrestricted (it is answered with the default). */
  readonly registered_scope?: string
  /** What it may register as its scope at most, by the initial access token that it came with; absent: anything. */
  readonly scope_limit?: string
  readonly metadata: ClientMetadata
  /** Who brought it: itself (RFC 7591), the operator by hand, or `clients.json`. Absent means `dynamic`. */
  readonly source?: 'dynamic' | 'operator' | 'declared'
  /** It waits for the owner's word and may not authorize until then. */
  readonly approval?: 'pending'
  /** SHA-256 of the registration access token (RFC 7592 §3), as base64url; absent where it can't manage itself. */
  readonly registration_token_hash?: string
  /** The token before it: good until the new one is used, so that a lost answer does no harm. */
  readonly previous_registration_token_hash?: string
  /** The secret before a rotation, in the form of `client_secret_hash`, good until `previous_secret_expires_at`. */
  readonly previous_secret_hash?: string
  readonly previous_secret_expires_at?: number
  /** When a person first let it in: the owner's approval or its first code. Absent: never, the client is unused. */
  readonly authorized_at?: number
  /** Its last code, token or refresh, exact to a day. */
  readonly last_used_at?: number
  /** How often it was replaced (RFC 7592 §2.2): what was read at one revision replaces no other. Absent means 0. */
  readonly revision?: number
}

/** What is left of a client that was once authorized: enough to know it again, nothing to prove it by. */
export type Tombstone = {
  /** Without hashes of secrets and tokens. */
  readonly client: Client
  readonly removed_at: number
  /** With the last two it can't be revived: the operator revoked it for cause, or it deleted itself (RFC 7592 §2.3). */
  readonly cause: RemovalCause
  /** It held a secret, which is gone: it can't be revived, only register again. */
  readonly held_secret: boolean
}

export type RemovalCause = 'deleted' | 'inactive' | 'revoked' | 'deprovisioned'
