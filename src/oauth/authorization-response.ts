import type { OAuthError } from './errors.ts'

/** Whom an authorization response goes to: what the request said of it, and who we are (RFC 9207). */
export type Receiver = {
  readonly redirect_uri: string
  readonly state: string | undefined
  readonly iss: string
}

/**
 * RFC 6749 §4.1.2: where the browser goes with the code. `state` is "the exact value received from the client";
 * `iss` "MUST" be in every response once the metadata promises it (RFC 9207 §2).
 */
export function successLocation(to: Receiver, code: string): string {
  return `${before(to.redirect_uri)}code=${encodeURIComponent(code)}${after(to)}`
}

/** RFC 6749 §4.1.2.1: where the browser goes with a refusal. */
export function errorLocation(to: Receiver, refusal: OAuthError): string {
  const description = encodeURIComponent(refusal.error_description)
  return `${before(to.redirect_uri)}error=${refusal.error}&error_description=${description}${after(to)}`
}

/**
 * RFC 6749 §3.1.2: the redirect URI "MAY include an 'application/x-www-form-urlencoded' formatted query component,
 * which MUST be retained when adding additional query parameters". Nothing of it is parsed or encoded anew.
 */
function before(redirect_uri: string): string {
  if (!redirect_uri.includes('?')) return `${redirect_uri}?`
  return redirect_uri.endsWith('?') || redirect_uri.endsWith('&') ? redirect_uri : `${redirect_uri}&`
}

function after({ state, iss }: Receiver): string {
  const sent = state === undefined ? '' : `&state=${encodeURIComponent(state)}`
  return `${sent}&iss=${encodeURIComponent(iss)}`
}
