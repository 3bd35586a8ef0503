import { OAuthError } from '../oauth/errors.ts'
import type { Emit } from '../ops/events.ts'
import { type Random, systemRandom } from '../ops/random.ts'
import type { Settings } from '../ops/settings.ts'
import { createClientAddress } from './client-address.ts'
import type { RequestContext, Route } from './handler.ts'
import { createHostCheck } from './host.ts'
import { misdirectedPage } from './refusal.ts'
import { createRouteTable, routeFor } from './route-table.ts'
import { createSurfaces } from './surfaces.ts'
import { parseTarget } from './target.ts'

/** What only the adapter knows: the connection, and the request line that `Request.url` has tidied up. */
export type Peer = {
  /** The connection's other end. */
  readonly address: string
  /** The Host header as sent. */
  readonly host?: string | undefined
  /** The request target as sent; where it is left out, `Request.url` stands for it. */
  readonly target?: string | undefined
}

export type Edge = {
  /** The answer to one request. Never rejects. */
  fetch(request: Request, peer: Peer): Promise<Response>
}

export type EdgeDependencies = {
  settings: Pick<Settings, 'resourceUrl' | 'trustProxy' | 'corsAllowOrigins'>
  routes: readonly Route[]
  emit: Emit
  random?: Random
}

/** No link or redirect of a real client comes near this. RFC 9110 §4.1 recommends to support 8000 octets. */
const LONGEST_TARGET = 16 * 1024

/**
 * HTTP's side of the house, the same for every request: whose host it is for, where it comes from, which handler
 * answers, and how the answer is dressed for its surface. Decides nothing about OAuth.
 */
export function createEdge({ settings, routes, emit, random = systemRandom }: EdgeDependencies): Edge {
  const find = createRouteTable(routes)
  const hosts = createHostCheck(settings.resourceUrl)
  const clientAddress = createClientAddress(settings.trustProxy)
  const surfaces = createSurfaces(settings)

  function misdirected(host: string, request: Request): Response {
    if (hosts.isNews(host)) emit({ type: 'host.refused', host, expected: settings.resourceUrl })
    return surfaces.dress(misdirectedPage(host, settings.resourceUrl), 'browser', request)
  }

  async function answer(request: Request, route: Route, context: RequestContext): Promise<Response> {
    const { surface } = route
    try {
      const result = await route.handler(request, context)
      if (result instanceof OAuthError) return surfaces.refuse(result, surface, request)
      return route.fixed ? result : surfaces.dress(result, surface, request)
    } catch (fault) {
      // The client went away while it was sending: nobody reads the answer, and nothing failed.
      if (request.signal.aborted) return new Response(null, { status: 400 })
      const request_id = random.id('req_')
      emit({ type: 'request.failed', method: request.method, path: context.path, request_id, fault })
      return surfaces.fail(fault, request_id, surface, request)
    }
  }

  return {
    async fetch(request, peer) {
      const target = peer.target ?? request.url
      const { authority, path, query } = parseTarget(target)
      const host = hostOf(request, peer, authority)
      if (!hosts.isOurs(host)) return misdirected(host, request)

      const found = find(path)
      const surface = found?.place.surface ?? 'api'
      if (target.length > LONGEST_TARGET) return surfaces.refuse(tooLong(), surface, request)
      if (!found) {
        // A page of another origin reads a 404 only where its preflight was answered.
        return request.method === 'OPTIONS'
          ? surfaces.options('GET, HEAD', surface, request)
          : surfaces.nothing(path, request)
      }
      const { place, parameter } = found
      if (request.method === 'OPTIONS') return surfaces.options(place.allow, surface, request)
      const route = routeFor(place, request.method)
      if (!route) return surfaces.refuse(notAllowed(place.allow), surface, request)

      const address = clientAddress(request.headers, peer.address)
      const response = await answer(request, route, { address, path, query, parameter })
      return request.method === 'HEAD' ? withoutBody(response) : response
    },
  }
}

/**
 * RFC 9112 §3.2.2: for a target in absolute form a server "MUST ignore the received Host header field (if any) and
 * instead use the host information of the request-target". A `Request.url` is always absolute and says nothing of that.
 */
function hostOf(request: Request, peer: Peer, authority: string | undefined): string {
  if (peer.target !== undefined && authority !== undefined) return authority
  return peer.host ?? request.headers.get('host') ?? authority ?? ''
}

function tooLong(): OAuthError {
  return new OAuthError('invalid_request', 'the URL is too long', { status: 414 })
}

function notAllowed(allow: string): OAuthError {
  return new OAuthError('invalid_request', `the method has to be one of ${allow}`, {
    status: 405,
    headers: { allow },
  })
}

function withoutBody(response: Response): Response {
  response.body?.cancel().catch(() => {})
  return new Response(null, { status: response.status, headers: response.headers })
}
