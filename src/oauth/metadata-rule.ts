import type { OAuthErrorCode } from './errors.ts'
import type { JsonValue } from './json.ts'
import { MemberFault } from './member-fault.ts'
import { parseRedirectUri, REDIRECT_URI_LENGTH } from './redirect-uri.ts'
import { scopeForRegistration } from './scope.ts'
import { softwareStatementFault } from './software-statement.ts'
import { parseUri } from './uri.ts'

/** What the rules have to know of the server that registers. */
export type RegisteringServer = {
  /** Its own public origin: no client's redirect URI. */
  readonly origin: string
}

/** From what a client sent for a member to what is registered, or the fault. */
export type Rule<T> = (value: JsonValue, server: RegisteringServer) => T | MemberFault

const UNSAFE_TEXT = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/**
 * A short text in any language. Control characters would break logs, and the directional overrides of Unicode's
 * bidirectional algorithm let a text show as another one (UTS 39 §3, UAX 9 §2): no honest name needs either.
 */
export function text(length: number): Rule<string> {
  return (value) => {
    if (typeof value !== 'string') return new MemberFault('must be a string')
    if (value.length > length) return new MemberFault(`must not be longer than ${length} characters`)
    if (value.trim() === '') return new MemberFault('must not be blank')
    if (UNSAFE_TEXT.test(value)) {
      return new MemberFault('must not contain control characters or directional overrides')
    }
    return value
  }
}

export function oneOf<T extends string>(values: readonly T[]): Rule<T> {
  return (value) =>
    values.find((known) => known === value) ?? new MemberFault(`must be one of ${values.join(', ')}`)
}

/** Those of a list of words that the server has; RFC 7591 §3.2.1 lets it leave the rest out, and real clients ask for all they know. */
export function thoseOf<T extends string>(values: readonly T[]): Rule<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value) || !value.every((word) => typeof word === 'string')) {
      return new MemberFault('must be an array of strings')
    }
    const known = values.filter((word) => value.includes(word))
    return known.length > 0 ? known : new MemberFault(`must contain one of ${values.join(', ')}`)
  }
}

export function listOf<T>(rule: Rule<T>, length: number, error?: OAuthErrorCode): Rule<readonly T[]> {
  return (value, server) => {
    if (!Array.isArray(value)) return new MemberFault('must be an array', error)
    if (value.length > length) return new MemberFault(`must not have more than ${length} elements`, error)
    const list: T[] = []
    for (const [index, element] of value.entries()) {
      const checked = rule(element, server)
      if (checked instanceof MemberFault) return checked.within(`[${index}]`)
      list.push(checked)
    }
    return list
  }
}

/**
 * A page or document on the web. RFC 7591 §5: the server "must be extremely careful with any URL provided by the
 * client that will be displayed to the user": nothing but http(s) with a plain host. None is fetched.
 */
export function webUri(...schemes: readonly string[]): Rule<string> {
  return (value) => {
    if (typeof value !== 'string') return new MemberFault('must be a string')
    if (value.length > REDIRECT_URI_LENGTH)
      return new MemberFault(`must not be longer than ${REDIRECT_URI_LENGTH} characters`)
    const uri = parseUri(value)
    if (uri instanceof MemberFault) return uri
    return schemes.includes(uri.scheme)
      ? value
      : new MemberFault(`must begin with ${schemes.join(':// or ')}://`)
  }
}

/** A redirect URI; never one of the server's own, where a code would come back to its maker under a trusted name. */
export const redirectUri: Rule<string> = (value, server) => {
  const uri = typeof value === 'string' ? parseRedirectUri(value) : new MemberFault('must be a string')
  if (uri instanceof MemberFault) return new MemberFault(uri.text, 'invalid_redirect_uri')
  // The scheme and the host may be written in capitals, and the default port be named.
  if (/^https:/i.test(uri) && new URL(uri).origin === server.origin) {
    return new MemberFault('must not be an address of this server', 'invalid_redirect_uri')
  }
  return uri
}

/** Known scopes only, the default where none is known. */
export const scope: Rule<string> = (value) =>
  typeof value === 'string' ? scopeForRegistration(value) : new MemberFault('must be a string of words')

export const softwareStatement: Rule<never> = (value) =>
  typeof value === 'string'
    ? softwareStatementFault(value)
    : new MemberFault('must be a string', 'invalid_software_statement')
