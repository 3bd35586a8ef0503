import { quoted, ValueFault } from './setting-values.ts'

/**
 * The public URL: an origin. Answered in its normal form (lower case, default port dropped), a trailing slash dropped.
 */
export function parseOrigin(text: string): string | ValueFault {
  const url = parseHttpUrl(text)
  if (url instanceof ValueFault) return url
  if (url.pathname !== '/') return new ValueFault(`${quoted(text)} has a path; it is the origin alone`)
  return url.origin
}

/**
 * An issuer or an endpoint: a URL whose path may say something. Kept byte for byte but for a trailing slash, because
 * clients compare issuers as strings (RFC 8414 §3.3); so one that a URL parser would write otherwise is refused.
 */
export function parseUrl(text: string): string | ValueFault {
  const url = parseHttpUrl(text)
  if (url instanceof ValueFault) return url
  const given = withoutSlash(text)
  const normal = withoutSlash(url.href)
  if (given !== normal) return new ValueFault(`${quoted(text)} has to be written ${normal}`)
  if (!/^(\/[A-Za-z0-9._~-]+)*$/.test(withoutSlash(url.pathname))) {
    return new ValueFault(`${quoted(text)} has a path with signs other than letters, digits and ._~-`)
  }
  return given
}

function parseHttpUrl(text: string): URL | ValueFault {
  if (!/^https?:\/\/[^\s\\]+$/i.test(text) || !URL.canParse(text)) {
    return new ValueFault(`${quoted(text)} is not an http or https URL`)
  }
  const url = new URL(text)
  if (url.username || url.password) return new ValueFault('it holds a user name or password')
  if (text.includes('?')) return new ValueFault(`${quoted(text)} has a query`)
  if (text.includes('#')) return new ValueFault(`${quoted(text)} has a fragment`)
  return url
}

/** `http` is safe only where nothing leaves the machine: 127.0.0.0/8, ::1, and localhost by name (RFC 6761 §6.3). */
export function isLoopbackUrl(url: string): boolean {
  const { hostname } = new URL(url)
  return /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost|[a-z0-9.-]+\.localhost)$/.test(hostname)
}

/** The address a server at `host` and `port` is reached at from its own machine. */
export function listenUrl(host: string, port: number): string {
  const all = host === '0.0.0.0' || /^[0:]+$/.test(host)
  const name = all ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return new URL(`http://${name}:${port}`).origin
}

function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url
}
