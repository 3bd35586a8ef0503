/**
 * What our codes and tokens begin with: the door that made one and the door that reads it say the same word, a
 * token of one kind is never looked up as another, and a leaked one is found by secret scanners.
 */
export const CODE_PREFIX = 'code_'
export const REFRESH_TOKEN_PREFIX = 'refresh_'
/** A registration access token (RFC 7592 §1.2), by which a client manages its registration. */
export const REGISTRATION_TOKEN_PREFIX = 'registration_'
/** An initial access token (RFC 7591 §1.2), which lets a client register. */
export const INITIAL_ACCESS_TOKEN_PREFIX = 'initial_'

/** A secret of ours of any kind, by its prefix and time; or a JWT, by its beginning alone: `+` would be squared. */
const SECRET = /(?:code|refresh|secret|session|setup|registration|initial)_[0-9a-f]{12}|eyJ[A-Za-z0-9_-]{8}/

/**
 * A `client_id` as a request claims it, for a log or a page: bounded, and empty where a client that mixes things up has
 * sent a secret or token in its place (CWE-532).
 */
export function claimedClientId(text: string | undefined): string {
  return text === undefined || SECRET.test(text) ? '' : text.slice(0, 100)
}

/** The rest of a secret after what `SECRET` knows it by; one that was cut short as well. */
const WHOLE_SECRET = new RegExp(`(?:${SECRET.source})[A-Za-z0-9_.-]*`, 'g')

/** A text without what looks like a secret of ours, wherever a client has put it. Linear in its length. */
export function withoutSecrets(text: string): string {
  return text.replace(WHOLE_SECRET, '[secret]')
}
