import { endpointPaths } from '../web/endpoint-paths.ts'
import type { Route } from '../web/handler.ts'
import { approvalEndpoint } from './approval.ts'
import { authorizeEndpoint } from './authorize.ts'
import { decisionEndpoint } from './decision.ts'
import type { AuthorizationDependencies } from './dependencies.ts'
import { DECISION_PATH } from './pages.ts'
import { APPROVAL_PATH } from './waiting-page.ts'

/** The authorization endpoint, consent, and the code (RFC 6749 §4.1). */
export function createAuthorization(deps: AuthorizationDependencies): { routes: readonly Route[] } {
  const authorize = authorizeEndpoint(deps)
  const { authorizationEndpoint, issuer } = deps.settings
  const paths = endpointPaths(authorizationEndpoint, issuer, '/authorize')
  return {
    routes: [
      // RFC 6749 §3.1: "The authorization server MUST support the use of the HTTP 'GET' method", POST is optional.
      ...paths.map((path): Route => ({ method: 'GET', path, surface: 'browser', handler: authorize })),
      { method: 'POST', path: DECISION_PATH, surface: 'browser', handler: decisionEndpoint(deps) },
      { method: 'POST', path: APPROVAL_PATH, surface: 'browser', handler: approvalEndpoint(deps) },
    ],
  }
}
