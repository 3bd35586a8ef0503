import { MemberFault } from './member-fault.ts'
import { isLoopbackHost, parseUri } from './uri.ts'

/** The longest redirect URI seen of a real client has 82 characters, the longest list four of them. */
export const REDIRECT_URI_LENGTH = 2000
export const REDIRECT_URIS = 50

/**
 * Schemes that run or open things on the person's machine, or carry no answer to anybody. A private-use scheme is
 * anything else: clients bring their own (`cursor`, `vscode`, `com.example.app`).
 */
const DANGEROUS_SCHEMES = new Set(
  (
    'javascript data file blob vbscript filesystem view-source about intent tel sms mailto ws wss ' +
    'jscript livescript mocha jar feed mhtml hcp shell applescript chrome resource android-app market ' +
    'itms itms-apps callto facetime facetime-audio sip sips mms ftp sftp ssh telnet smb ldap'
  ).split(' '),
)
const DANGEROUS_PREFIXES = ['ms-', 'search', 'itms-']

/**
 * A redirect URI that a client may register, byte for byte as it came: `https` anywhere, `http` to loopback alone
 * (OAuth 2.1 §2.3.1, RFC 8252 §7.3), a private-use scheme as native clients have it (RFC 8252 §7.1). Wildcards are
 * characters like others: they match only themselves (RFC 9700 §4.1.3).
 */
export function parseRedirectUri(text: string): string | MemberFault {
  if (text.length > REDIRECT_URI_LENGTH)
    return refused(`must not be longer than ${REDIRECT_URI_LENGTH} characters`)
  const uri = parseUri(text)
  if (uri instanceof MemberFault) return refused(uri.text)
  // RFC 6749 §3.1.2: "The endpoint URI MUST NOT include a fragment component."
  if (text.includes('#')) return refused('must not have a fragment (#)')
  if (uri.scheme === 'https') return text
  if (uri.scheme === 'http') {
    if (isLoopbackHost(uri.host)) return text
    return refused('must be https; http is only for loopback (localhost, 127.0.0.1, [::1])')
  }
  if (DANGEROUS_SCHEMES.has(uri.scheme) || DANGEROUS_PREFIXES.some((start) => uri.scheme.startsWith(start))) {
    return refused(`must not have the scheme ${uri.scheme}:`)
  }
  // RFC 8252 §7.1: `com.example.app:/oauth2redirect/example-provider`. What has no slash (`urn:`, `news:`) names
  // or starts something, and is no place to return to.
  if (text[uri.scheme.length + 1] !== '/') return refused(`must continue with a slash after ${uri.scheme}:`)
  return text
}

function refused(text: string): MemberFault {
  return new MemberFault(text, 'invalid_redirect_uri')
}

/** `http`, one of the loopback hosts, perhaps a port, and all the rest. */
const LOOPBACK = /^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]))(?::(\d{1,5}))?((?:[/?].*)?)$/i

/**
 * The redirect URI to answer to: `requested` where it is registered, else undefined. "Exact string matching"
 * (RFC 9700 §2.1), but for the port of a loopback address: "The authorization server MUST allow any port to be
 * specified at the time of the request for loopback IP redirect URIs" (RFC 8252 §7.3).
 */
export function matchRedirectUri(registered: readonly string[], requested: string): string | undefined {
  if (registered.includes(requested)) return requested
  const asked = LOOPBACK.exec(requested)
  if (!asked || Number(asked[2] ?? 0) > 65_535) return undefined
  const matches = registered.some((uri) => {
    const known = LOOPBACK.exec(uri)
    return known !== null && known[1] === asked[1] && known[3] === asked[3]
  })
  return matches ? requested : undefined
}

export type RedirectHost = {
  /** What a person is shown: a host with its port, a loopback host without, or a scheme with its colon (`cursor:`). */
  readonly host: string
  /** Where the code goes: to a host on the network, to the person's own machine, to the app that owns the scheme. */
  readonly kind: 'https' | 'loopback' | 'private'
}

/** Who receives the code, for a registered redirect URI. The host is the one that a browser would go to. */
export function redirectHost(uri: string): RedirectHost {
  const url = new URL(uri)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { host: url.protocol, kind: 'private' }
  return isThisMachine(url.hostname)
    ? { host: url.hostname, kind: 'loopback' }
    : { host: url.host, kind: 'https' }
}

/**
 * All that means the person's own machine to a browser, which has written any IPv4 address out as four numbers (RFC 1122
 * §3.2.1.3; RFC 6761 §6.3: names below `localhost.` too). `127.0.0.1.example.com` is a name on the network.
 */
function isThisMachine(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '')
  return isLoopbackHost(name) || name.endsWith('.localhost') || /^127(?:\.\d{1,3}){3}$/.test(name)
}
