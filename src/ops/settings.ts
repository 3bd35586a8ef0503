/**
 * The settings as the rest of the house sees them: parsed, complete, frozen. `ops/config.ts` makes them from the
 * table of names, types, defaults and documentation.
 */
export type EmbeddingsSource =
  | { readonly url: string; readonly model: string; readonly key: string | undefined }
  | { readonly folder: string }

export type Settings = {
  /** The public origin of the server, e.g. `https://notes.example.com`: no path, no trailing slash. */
  readonly resourceUrl: string
  /** `<resourceUrl>/mcp`: the protected resource (RFC 9728) and the tokens' audience. */
  readonly resource: string
  readonly issuer: string
  readonly registrationEndpoint: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly jwksUri: string
  readonly revocationEndpoint: string
  readonly introspectionEndpoint: string
  /** Who may register: anybody; who has an initial access token; anybody, who then waits for the owner; nobody. */
  readonly registrationAccess: 'open' | 'token' | 'approval' | 'closed'
  /** The policy's file; undefined: none. */
  readonly registrationPolicy: string | undefined
  /** The file of declared clients; undefined: none. */
  readonly clientsFile: string | undefined
  /** `*`, or the origins allowed. */
  readonly corsAllowOrigins: '*' | readonly string[]
  /** Seconds; 0 means never. */
  readonly clientSecretTtl: number
  /** `sha256`, or `argon2id` for those who must. */
  readonly clientSecretHash: 'sha256' | 'argon2id'
  /** Whether use renews a secret's life. */
  readonly clientSecretRenewOnUse: boolean
  /** Seconds that a rotated secret is good for beside the new one. */
  readonly clientSecretOverlap: number
  /** Whether an update (RFC 7592 §2.2) makes a new secret and a new registration access token. */
  readonly rotateOnUpdate: boolean
  readonly refreshTokenTtl: number
  readonly accessTokenTtl: number
  readonly refreshGrace: number
  /** Registrations per address and window in seconds; undefined: off. */
  readonly registrationRate: { readonly points: number; readonly seconds: number } | undefined
  /** Seconds that a client nobody authorized is kept; 0 means until the bound is reached. */
  readonly unusedClientTtl: number
  /** Clients that nobody authorized, at most. */
  readonly maxUnusedClients: number
  /** Seconds without use after which an authorized client goes; 0 means never. */
  readonly inactiveClientTtl: number
  /** Whether the owner may let a removed client back in, on the consent page. */
  readonly reviveClients: boolean
  readonly host: string
  readonly port: number
  readonly dataDir: string
  /** Absolute paths of folders and files, and https URLs, each with `name=` before it or not. */
  readonly corpus: readonly string[]
  /** Seconds after which web sources are asked again; 0: never. */
  readonly webRefresh: number
  /** Where passages get vectors from: an endpoint, or a model in a folder; undefined: nowhere. */
  readonly embeddings: EmbeddingsSource | undefined
  /** Nothing was named: `corpus` is the sample. */
  readonly corpusIsSample: boolean
  readonly trustProxy: 'none' | 'loopback' | 'cloudflare' | readonly string[]
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug'
  readonly logFormat: 'pretty' | 'json'
  readonly ownerUsername: string | undefined
  readonly ownerPassword: string | undefined
}
