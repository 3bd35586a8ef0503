import type { OAuthError } from '../oauth/errors.ts'

/** What the edge knows of a request beside the `Request` itself. */
export type RequestContext = {
  /** The client's address, behind as many proxies as the settings trust (IPv6 as it is; limits count it by /64). */
  readonly address: string
  /** The path, as sent: never decoded, never normalised. */
  readonly path: string
  /** The raw query without its question mark; empty where there is none. */
  readonly query: string
  /** The last part of the path where the route ends in `/:name`, undecoded; else empty. */
  readonly parameter: string
}

/** A refusal is returned as a value; the route's surface renders it (JSON, page or challenge). */
export type Handler = (
  request: Request,
  context: RequestContext,
) => Promise<Response | OAuthError> | Response | OAuthError

/**
 * Who speaks at a route, which decides CORS, caching, security headers and how an OAuthError looks:
 * `api` machines, JSON, CORS open without credentials; `browser` pages with a session, CSP, no CORS;
 * `resource` the protected resource: as `api`, and its handler makes its own challenges.
 */
export type Surface = 'api' | 'browser' | 'resource'

export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | '*'
  /** An exact path, or one that ends in `/:name` (one segment). `GET` serves HEAD too. */
  readonly path: string
  readonly surface: Surface
  readonly handler: Handler
  /** The handler's answers carry their CORS headers already, because they were built with them (`fixedDocument`). */
  readonly fixed?: true
}

/** Sends the person to the sign-in page and afterwards back to this very request (path and query). */
export type SignIn = (context: RequestContext) => Response
