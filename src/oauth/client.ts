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
  readonly metadata: ClientMetadata
}
