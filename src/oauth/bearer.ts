import { OAuthError, type OAuthErrorCode } from './errors.ts'

/** RFC 6750 §2.1: b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=" */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i

/**
 * The token of an `Authorization` header. Undefined where the request carries no bearer credentials at all (absent,
 * or of another scheme), so that its challenge names no error; `invalid_token` where the scheme is ours and the rest
 * is not one token: two headers joined by a comma, tabs, other characters. The scheme is case-insensitive
 * (RFC 9110 §11.1). Whether the token is good is for others to say.
 */
export function parseBearer(header: string | null): string | undefined | OAuthError {
  if (header === null || !/^ *bearer(?![!#$%&'*+\-.^_`|~0-9A-Za-z])/i.test(header)) return undefined
  // RFC 6750 §3.1: invalid_token: "The access token provided is expired, revoked, malformed, or invalid for other
  // reasons."
  return (
    BEARER.exec(header)?.[1] ??
    new OAuthError('invalid_token', 'the Authorization header does not hold one bearer token')
  )
}

export type Challenge = {
  /** What is protected, where that is no resource of RFC 9728. */
  realm?: string
  /** The URL of the protected resource's metadata (RFC 9728 §5.1). */
  resource_metadata?: string
  /** Space-separated: what the request needs. */
  scope?: string
  error?: OAuthErrorCode
  error_description?: string
}

/**
 * The value of `WWW-Authenticate`, `Bearer` first and alone: known clients read the first scheme only. Without
 * credentials in the request leave `error` out. RFC 6750 §3.1: "If the request lacks any authentication information
 * […] the resource server SHOULD NOT include an error code or other error information."
 */
export function bearerChallenge(challenge: Challenge): string {
  const { realm, resource_metadata, scope, error, error_description } = challenge
  const parameters = { realm, resource_metadata, scope, error, ...(error && { error_description }) }
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return `Bearer ${given.map(([name, value]) => `${name}=${quoted(value)}`).join(', ')}`
}

/** RFC 6750 §3: values "MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E." */
function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?')}"`
}
