import { OAuthError } from './errors.ts'

/** Every scope this server knows, as its metadata lists them. */
export const SCOPES_SUPPORTED = ['corpus:read', 'corpus:search', 'offline_access'] as const

/** What stands in where no known scope was asked for. */
export const DEFAULT_SCOPE = 'corpus:read corpus:search'

/**
 * OpenID Connect Core §11. Nothing hangs on it here: refresh tokens go to every client that registered the grant. So
 * it is granted to whoever asks for it beside a scope that opens something, registered or not, and is never an error.
 */
const OFFLINE_ACCESS = 'offline_access'

/**
 * What a registration's `scope` registers. Unknown words are left out, as real clients ask for `openid`, `claudeai`,
 * `mcp`; where nothing else is left, the default stands in. A registration without `scope` never comes here: that client
 * is unrestricted, because real ones name no scope at registration and ask for some at authorization.
 */
export function scopeForRegistration(requested: string): string {
  return narrow(requested, SCOPES_SUPPORTED) || DEFAULT_SCOPE
}

/**
 * What a limit leaves of a client's scope: its words within `limits`, each of which is a list of words;
 * undefined where nothing is left that opens anything.
 */
export function scopeWithin(scope: string, limits: readonly string[]): string | undefined {
  let within = scope
  for (const limit of limits) within = narrow(within, limit.split(' '))
  return within === '' ? undefined : within
}

/**
 * What an authorization request's `scope` (undefined or empty: none) asks a person for, no more than the client
 * registered (undefined: unrestricted). Never an error: where nothing is left, the client's default stands in.
 */
export function scopeForAuthorization(
  requested: string | undefined,
  registered_scope: string | undefined,
): string {
  const mayHave = registered_scope?.split(' ') ?? SCOPES_SUPPORTED
  return narrow(requested ?? '', mayHave) || narrow(DEFAULT_SCOPE, mayHave) || DEFAULT_SCOPE
}

/**
 * What a refresh gives: all that was granted, or the part of it that is asked for. RFC 6749 §6: "The requested scope
 * MUST NOT include any scope not originally granted by the resource owner": a scope of ours that was not granted is
 * refused, and so is a list without any scope of ours. Beside one, unknown words are passed over like everywhere:
 * they open nothing, and clients repeat here what they asked for at authorization.
 */
export function scopeForRefresh(requested: string | undefined, granted: string): string | OAuthError {
  const wanted = opening(requested ?? '')
  if (wanted.length === 0) return granted
  const known = wanted.filter((word) => isSupported(word))
  const mayHave = granted.split(' ')
  if (known.length === 0 || !known.every((word) => mayHave.includes(word))) {
    return new OAuthError('invalid_scope', 'the scope is more than what was granted')
  }
  return narrow(requested ?? '', mayHave)
}

/**
 * The words of `requested` that `mayHave` holds (`offline_access` always), once each, in the order asked for; empty
 * where none of them opens anything.
 */
function narrow(requested: string, mayHave: readonly string[]): string {
  const words: string[] = []
  let opens = false
  for (const word of requested.split(' ')) {
    if (words.includes(word) || !(word === OFFLINE_ACCESS || mayHave.includes(word))) continue
    words.push(word)
    opens ||= word !== OFFLINE_ACCESS
  }
  return opens ? words.join(' ') : ''
}

/** The words that open something. */
function opening(scope: string): string[] {
  return scope.split(' ').filter((word) => word !== '' && word !== OFFLINE_ACCESS)
}

function isSupported(word: string): boolean {
  return SCOPES_SUPPORTED.some((known) => known === word)
}
