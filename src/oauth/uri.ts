import { MemberFault } from './member-fault.ts'

/** A URI of the two parts we decide by; what a browser makes of it is the same, which `parseUri` has made sure of. */
export type Uri = {
  /** Lower case, without its colon. */
  readonly scheme: string
  /** For http and https: as written, without port. Empty elsewhere. */
  readonly host: string
}

/** RFC 3986 §2: every character a URI may have, each percent sign with its two digits. */
const CHARACTERS = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/
/** A name (also `*`, which stands for itself), or an IPv6 address; then perhaps a port. */
const AUTHORITY = /^([A-Za-z0-9._*-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/

/**
 * An absolute URI that RFC 3986 and the WHATWG's URL standard, which browsers follow, read alike; or what is wrong
 * with it. They differ in backslashes, control characters,
 * spaces, missing or surplus slashes, user-info and odd hosts: all of these are refused rather than interpreted.
 */
export function parseUri(text: string): Uri | MemberFault {
  if (/[\x00-\x20\x7f]/.test(text)) return new MemberFault('must not contain spaces or control characters')
  if (text.includes('\\')) return new MemberFault('must not contain a backslash')
  if (!CHARACTERS.test(text))
    return new MemberFault('must be a URI (RFC 3986): other characters have to be percent-encoded')
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) return new MemberFault('must be an absolute URI, with a scheme')
  const rest = text.slice(scheme.length + 1)
  const authority = /^\/\/([^/?#]*)/.exec(rest)?.[1]
  if (authority?.includes('@'))
    return new MemberFault('must not contain user information (the part before @)')
  if (!URL.canParse(text)) return new MemberFault('is not a URI that a browser could follow')
  if (scheme !== 'http' && scheme !== 'https') return { scheme, host: '' }
  if (!authority) return new MemberFault(`must have a host after ${scheme}://`)
  const host = AUTHORITY.exec(authority)?.[1]
  if (host === undefined) return new MemberFault('has no valid host and port')
  return { scheme, host }
}

/** RFC 8252 §7.3 and §8.3: the loopback addresses, and the name that real clients use for them. */
export function isLoopbackHost(host: string): boolean {
  return host === '127.0.0.1' || host === '[::1]' || host.toLowerCase() === 'localhost'
}
