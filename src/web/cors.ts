import type { Settings } from '../ops/settings.ts'

/**
 * What browser-based clients send: JSON and bearer tokens, the MCP transport's headers of the 2025 revisions, and
 * `Mcp-Method` and `Mcp-Name` of 2026-07-28.
 */
const ALLOWED_HEADERS =
  'Authorization, Content-Type, Last-Event-ID, MCP-Protocol-Version, Mcp-Method, Mcp-Name, Mcp-Session-Id'

/** What they have to read: the challenge (RFC 9728 §5.1), the session, when to come back. */
const EXPOSED_HEADERS = 'WWW-Authenticate, Mcp-Session-Id, Retry-After'

/** Two hours, the longest that Chromium keeps a preflight's answer. */
const MAX_AGE = '7200'

type HeaderRecord = Readonly<Record<string, string>>

export type Cors = {
  /** The headers of an answer to a request of `origin` (null where it named none): one of a few objects made once. */
  headers(origin: string | null): HeaderRecord
  /** The headers of the answer to a preflight for a path that takes `methods`. */
  preflight(origin: string | null, methods: string): HeaderRecord
}

/**
 * Which pages of other origins may read what machines are told. Never with credentials: nothing that CORS opens here
 * looks at a cookie, and no page with a session is opened.
 */
export function createCors(allowed: Settings['corsAllowOrigins']): Cors {
  const headers = allowed === '*' ? forEveryone() : forListed(allowed)
  return {
    headers,
    preflight(origin, methods) {
      const forOrigin = headers(origin)
      if (!('access-control-allow-origin' in forOrigin)) return forOrigin
      return {
        ...forOrigin,
        'access-control-allow-methods': methods,
        'access-control-allow-headers': ALLOWED_HEADERS,
        'access-control-max-age': MAX_AGE,
      }
    },
  }
}

function forEveryone(): Cors['headers'] {
  const open = { 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSED_HEADERS }
  return () => open
}

/** `Vary`, also for those who get nothing: the answer depends on the origin, and a cache has to know. */
function forListed(allowed: readonly string[]): Cors['headers'] {
  const closed: HeaderRecord = { vary: 'Origin' }
  const open = new Map<string, HeaderRecord>()
  for (const origin of allowed) {
    open.set(origin, {
      'access-control-allow-origin': origin,
      'access-control-expose-headers': EXPOSED_HEADERS,
      ...closed,
    })
  }
  return (origin) => (origin === null ? undefined : open.get(origin)) ?? closed
}
