import { OAuthError } from '../oauth/errors.ts'
import type { Emit } from '../ops/events.ts'
import { type Random, systemRandom } from '../ops/random.ts'
import type { Settings } from '../ops/settings.ts'
import { createClientAddress } from './client-address.ts'
import { createCors } from './cors.ts'
import type { Route, Surface } from './handler.ts'
import { createHostCheck } from './host.ts'
import {
  answerJson,
  failurePage,
  misdirectedPage,
  notFoundPage,
  refusalJson,
  refusalPage,
} from './refusal.ts'
import { createRouteTable, routeFor } from './route-table.ts'
import { PAGE_HEADERS, STRICT_TRANSPORT_SECURITY } from './security-headers.ts'
import { parseTarget } from './target.ts'

/** What only the adapter knows: the connection, and the request line that `Request.url` has tidied up. */
export type Peer = {
  /** The connection's other end. */
  readonly address: string
  /** The Host header as sent; where it is left out, the host of `Request.url` stands for it. */
  readonly host?: string | undefined
  /** The request target as sent; where it is left out, `Request.url` stands for it. */
  readonly target?: string | undefined
}

export type Edge = {
  /** The answer to one request: never rejects, never throws. At once where the handler answers at once. */
  fetch(request: Request, peer: Peer): Response | Promise<Response>
}

export type EdgeDependencies = {
  settings: Settings
  routes: readonly Route[]
  emit: Emit
  random?: Random
}

/** No link or redirect of a real client comes near this: RFC 9110 §4.1 recommends to support 8000 octets. */
const LONGEST_TARGET = 16 * 1024

const METADATA = '/.well-known/'

/**
 * HTTP's side of the house, the same for every request: whose host it is for, where it comes from, which handler
 * answers, and how the answer is dressed for the surface. Decides nothing about OAuth.
 */
export function createEdge({ settings, routes, emit, random = systemRandom }: EdgeDependencies): Edge {
  const find = createRouteTable(routes)
  const hosts = createHostCheck(settings.resourceUrl)
  const clientAddress = createClientAddress(settings.trustProxy)
  const cors = createCors(settings.corsAllowOrigins)
  const pageHeaders: Record<string, string> = { ...PAGE_HEADERS }
  if (settings.resourceUrl.startsWith('https:')) {
    pageHeaders['strict-transport-security'] = STRICT_TRANSPORT_SECURITY
  }

  /** Puts on what the surface owes. CORS where it is asked for, or where a cache may keep the answer for another one. */
  function dress(response: Response, surface: Surface, request: Request): Response {
    if (surface === 'browser') return withHeaders(response, pageHeaders)
    const origin = request.headers.get('origin')
    // Headers of a response that is left alone stay a plain object, the adapter's fast way out.
    return origin === null && request.method !== 'GET'
      ? response
      : withHeaders(response, cors.headers(origin))
  }

  function refuse(error: OAuthError, surface: Surface, request: Request): Response {
    return surface === 'browser'
      ? dress(refusalPage(error), surface, request)
      : refusalJson(error, cors.headers(request.headers.get('origin')))
  }

  function fail(fault: unknown, surface: Surface, request: Request, path: string): Response {
    // The client went away while it was sending: nobody reads the answer, and nothing failed.
    if (request.signal.aborted) return new Response(null, { status: 400 })
    const request_id = random.id('req_')
    emit({ type: 'request.failed', method: request.method, path, request_id, fault })
    const busy = fault instanceof Error && fault.name === 'StoreUnavailable'
    const headers: Record<string, string> = busy ? { 'retry-after': '1' } : {}
    if (surface === 'browser') {
      return dress(failurePage(busy ? 503 : 500, request_id, headers), surface, request)
    }
    const error = new OAuthError(
      busy ? 'temporarily_unavailable' : 'server_error',
      busy
        ? `the server cannot store anything at the moment, try again (${request_id})`
        : `the server failed, its log tells more under ${request_id}`,
      { headers },
    )
    return refuse(error, surface, request)
  }

  function preflight(request: Request, surface: Surface, allow: string): Response {
    const headers = surface === 'browser' ? {} : cors.preflight(request.headers.get('origin'), allow)
    return new Response(null, { status: 204, headers: { allow, ...headers } })
  }

  /** RFC 8414 §3: clients ask one well-known path after the other; each unknown one is a 404 in JSON, never a page. */
  function nothingThere(request: Request, path: string): Response {
    if (path.startsWith(METADATA) && request.method === 'OPTIONS')
      return preflight(request, 'api', 'GET, HEAD')
    const person = !path.startsWith(METADATA) && request.headers.get('accept')?.includes('text/html')
    if (person) return dress(notFoundPage(), 'browser', request)
    const body = { error: 'not_found', error_description: 'nothing is served at this path' }
    return answerJson(404, body, cors.headers(request.headers.get('origin')))
  }

  function fetch(request: Request, peer: Peer): Response | Promise<Response> {
    const target = peer.target ?? request.url
    const { authority, path, query } = parseTarget(target)
    const host = hostOf(request, peer, authority)
    if (!hosts.isOurs(host)) {
      if (hosts.isNews(host)) emit({ type: 'host.refused', host, expected: settings.resourceUrl })
      return dress(misdirectedPage(host, settings.resourceUrl), 'browser', request)
    }

    const found = find(path)
    if (target.length > LONGEST_TARGET) {
      const error = new OAuthError('invalid_request', 'the URL is too long', { status: 414 })
      return refuse(error, found?.place.surface ?? 'api', request)
    }
    if (!found) return nothingThere(request, path)
    const { place, parameter } = found
    if (request.method === 'OPTIONS') return preflight(request, place.surface, place.allow)
    const route = routeFor(place, request.method)
    if (!route) {
      const more = { status: 405, headers: { allow: place.allow } }
      const error = new OAuthError('invalid_request', `the method has to be one of ${place.allow}`, more)
      return refuse(error, place.surface, request)
    }

    const { surface } = route
    const finish = (result: Response | OAuthError): Response => {
      if (result instanceof OAuthError) return refuse(result, surface, request)
      const response = route.fixed ? result : dress(result, surface, request)
      return request.method === 'HEAD' ? withoutBody(response) : response
    }
    try {
      const address = clientAddress(request.headers, peer.address)
      const result = route.handler(request, { address, path, query, parameter })
      if (!(result instanceof Promise)) return finish(result)
      return result.then(finish).catch((fault: unknown) => fail(fault, surface, request, path))
    } catch (fault) {
      return fail(fault, surface, request, path)
    }
  }
  return { fetch }
}

/**
 * RFC 9112 §3.2.2: for a target in absolute form a server "MUST ignore the received Host header field (if any) and
 * instead use the host information of the request-target". A `Request.url` is always absolute and says nothing of that.
 */
function hostOf(request: Request, peer: Peer, authority: string | undefined): string {
  if (peer.target !== undefined && authority !== undefined) return authority
  return peer.host ?? request.headers.get('host') ?? authority ?? ''
}

/** `headers` where the response has no such ones yet. */
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

function withoutBody(response: Response): Response {
  response.body?.cancel().catch(() => {})
  return new Response(null, { status: response.status, headers: response.headers })
}
