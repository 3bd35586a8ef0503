import { OAuthError } from '../oauth/errors.ts'
import type { Settings } from '../ops/settings.ts'
import { StoreUnavailable } from '../store/ports.ts'
import { createCors } from './cors.ts'
import type { Surface } from './handler.ts'
import { answerJson, failurePage, notFoundPage, refusalJson, refusalPage } from './refusal.ts'
import { PAGE_HEADERS, STRICT_TRANSPORT_SECURITY } from './security-headers.ts'

/** How an answer looks and what goes with it, for whoever speaks at a place. */
export type Surfaces = {
  /** Puts on what the surface owes: CORS headers for machines, security headers for browsers. */
  dress(response: Response, surface: Surface, request: Request): Response
  /** JSON for machines, a page for people. */
  refuse(error: OAuthError, surface: Surface, request: Request): Response
  /** A fault of ours: nothing of it is told but the id under which the log tells it. */
  fail(fault: unknown, request_id: string, surface: Surface, request: Request): Response
  /** The answer to OPTIONS at a path that takes the methods of `allow`. */
  options(allow: string, surface: Surface, request: Request): Response
  /** 404 for a path that nobody serves. */
  nothing(path: string, request: Request): Response
}

const WELL_KNOWN = '/.well-known/'

export function createSurfaces({
  resourceUrl,
  corsAllowOrigins,
}: Pick<Settings, 'resourceUrl' | 'corsAllowOrigins'>): Surfaces {
  const cors = createCors(corsAllowOrigins)
  const pageHeaders: Record<string, string> = { ...PAGE_HEADERS }
  if (resourceUrl.startsWith('https:')) pageHeaders['strict-transport-security'] = STRICT_TRANSPORT_SECURITY

  const corsHeaders = (request: Request) => cors.headers(request.headers.get('origin'))

  const dress: Surfaces['dress'] = (response, surface, request) => {
    if (surface === 'browser') return withHeaders(response, pageHeaders)
    // A GET may be kept by a cache and be read for a page later. What is left alone is the adapter's fast way out.
    const asked = request.method === 'GET' || request.headers.get('origin') !== null
    return asked ? withHeaders(response, corsHeaders(request)) : response
  }

  const refuse: Surfaces['refuse'] = (error, surface, request) =>
    surface === 'browser'
      ? dress(refusalPage(error), surface, request)
      : refusalJson(error, corsHeaders(request))

  return {
    dress,
    refuse,
    fail(fault, request_id, surface, request) {
      const busy = fault instanceof StoreUnavailable
      const headers: Record<string, string> = busy ? { 'retry-after': String(fault.retryAfter) } : {}
      if (surface === 'browser') {
        return dress(failurePage(busy ? 503 : 500, request_id, headers), surface, request)
      }
      const error = busy
        ? new OAuthError('temporarily_unavailable', `try again in a moment (${request_id})`, { headers })
        : new OAuthError('server_error', `the server failed, its log tells more under ${request_id}`)
      return refuse(error, surface, request)
    },
    options(allow, surface, request) {
      const origin = request.headers.get('origin')
      const headers = surface === 'browser' ? {} : cors.preflight(origin, allow)
      return new Response(null, { status: 204, headers: { allow, ...headers } })
    },
    nothing(path, request) {
      // Clients ask one well-known path after the other, so these are told in their language whatever they accept.
      const person = !path.startsWith(WELL_KNOWN) && request.headers.get('accept')?.includes('text/html')
      if (person) return dress(notFoundPage(), 'browser', request)
      const body = { error: 'not_found', error_description: 'nothing is served at this path' }
      return answerJson(404, body, corsHeaders(request))
    },
  }
}

/** `headers` where the response has none such yet. */
function withHeaders(response: Response, headers: Readonly<Record<string, string>>): Response {
  try {
    for (const name in headers) addHeader(response.headers, name, headers[name] as string)
    return response
  } catch {
    // Those of `Response.redirect` and of a fetched answer cannot be changed.
    const copy = new Response(response.body, {
      status: response.status,
      headers: new Headers(response.headers),
    })
    for (const name in headers) addHeader(copy.headers, name, headers[name] as string)
    return copy
  }
}

function addHeader(headers: Headers, name: string, value: string): void {
  if (name === 'vary') headers.append(name, value)
  else if (!headers.has(name)) headers.set(name, value)
}
