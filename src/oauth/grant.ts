/**
 * What a person granted to a client: one for each authorization code redeemed, and the family of all tokens that
 * came of it. Revoking the grant ends every one of them. Times are whole seconds since the epoch.
 */
export type Grant = {
  readonly grant_id: string
  readonly client_id: string
  /** The account that granted, the tokens' `sub`. */
  readonly account_id: string
  /** Space-separated, RFC 6749 §3.3. */
  readonly scope: string
  /** The canonical protected resource, the tokens' audience (RFC 8707). */
  readonly resource: string
  readonly created_at: number
}

/** What a verified access token says (RFC 9068 §2.2), and which grant it hangs on. */
export type AccessTokenClaims = {
  readonly iss: string
  readonly aud: string
  readonly sub: string
  readonly client_id: string
  readonly scope: string
  readonly jti: string
  readonly iat: number
  readonly exp: number
  readonly grant_id: string
}

/** A person, as every feature but `accounts` sees one. */
export type Account = { readonly account_id: string; readonly username: string }

/** A signed-in person in one browser; `session` names the browser's session, to bind forms to it. */
export type SignedIn = { readonly account: Account; readonly session: string }
