/** RFC 6749 §5.1. All but the refresh token are always sent: known clients fail in silence without them. */
export type TokenResponse = {
  readonly access_token: string
  readonly token_type: 'Bearer'
  /** Seconds. */
  readonly expires_in: number
  /** RFC 6749 §3.3: what was granted, whatever was asked for. */
  readonly scope: string
  readonly refresh_token?: string
}

/**
 * RFC 6749 §5.1: 'The authorization server MUST include the HTTP "Cache-Control" response header field [RFC2616] with
 * a value of "no-store" in any response containing tokens, credentials, or other sensitive information, as well as the
 * "Pragma" response header field [RFC2616] with a value of "no-cache".'
 */
export const UNCACHED_JSON = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  pragma: 'no-cache',
} as const
