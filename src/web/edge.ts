import { OAuthError } from '../oauth/errors.ts'
import type { Emit } from '../ops/events.ts'
import { type Random, systemRandom } from '../ops/random.ts'
import type { Settings } from '../ops/settings.ts'
import { createClientAddress } from './client-address.ts'
import type { RequestContext, Route } from './handler.ts'
import { createHostCheck } from './host.ts'
import { STYLESHEET_PATH } from './layout.ts'
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

type Admitted = { readonly route: Route; readonly context: RequestContext }

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

  /** The route that the request meets and what its handler is told; or the answer, where it meets none. */
  function admit(request: Request, peer: Peer): Admitted | { refusal: Response } {
    // A fragment is the browser's own: over the wire it never comes (RFC 9110 §7.1), in a `Request` it may.
    const target = peer.target ?? request.url.replace(/#.*$/s, '')
    const { authority, path, query } = parseTarget(target)
    const host = hostOf(request, peer, authority)
    // The page that a foreign host gets loads the stylesheet from that host too; nothing in it is worth a wall.
    if (!hosts.isOurs(host) && path !== STYLESHEET_PATH) {
      if (hosts.isNews(host)) emit({ type: 'host.refused', host, expected: settings.resourceUrl })
      const page = misdirectedPage(host, settings.resourceUrl)
      return { refusal: surfaces.dress(page, 'browser', request) }
    }

    const found = find(path)
    const surface = found?.place.surface ?? 'api'
    if (target.length > LONGEST_TARGET) return { refusal: surfaces.refuse(tooLong(), surface, request) }
    if (request.method === 'OPTIONS') {
      // For an unknown path too: a page of another origin reads its 404 only where the preflight was answered.
      return { refusal: surfaces.options(found?.place.allow ?? 'GET, HEAD', surface, request) }
    }
    if (!found) return { refusal: surfaces.nothing(path, request) }
    const { place, parameter } = found
    const route = routeFor(place, request.method)
    if (!route) return { refusal: surfaces.refuse(notAllowed(place.allow), surface, request) }
    const address = clientAddress(request.headers, peer.address)
    return { route, context: { address, path, query, parameter } }
  }

  return {
    async fetch(request, peer) {
      const admitted = admit(request, peer)
      if ('refusal' in admitted) return admitted.refusal
      const { route, context } = admitted
      const { surface } = route
      try {
        const result = await route.handler(request, context)
        if (result instanceof OAuthError) return surfaces.refuse(result, surface, request)
        const response = route.fixed ? result : surfaces.dress(result, surface, request)
        return request.method === 'HEAD' ? withoutBody(response) : response
      } catch (fault) {
        // The client went away while it was sending: nobody reads the answer, and nothing failed.
        if (request.signal.aborted) return new Response(null, { status: 400 })
        const request_id = random.id('req_')
        emit({ type: 'request.failed', method: request.method, path: context.path, request_id, fault })
        return surfaces.fail(fault, request_id, surface, request)
      }
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
