import { bearerChallenge, parseBearer } from '../oauth/bearer.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { AccessTokenClaims } from '../oauth/grant.ts'
import { DEFAULT_SCOPE } from '../oauth/scope.ts'
import type { Emit } from '../ops/events.ts'
import type { Settings } from '../ops/settings.ts'
import type { RequestContext } from '../web/handler.ts'

type GuardSettings = Pick<Settings, 'resourceUrl' | 'corsAllowOrigins'>

export type GuardDependencies = {
  settings: GuardSettings
  verifyAccess: (token: string) => Promise<AccessTokenClaims | OAuthError>
  emit: Emit
}

/** The claims of the request's access token, or the refusal to answer with. */
export type Guard = (request: Request, context: RequestContext) => Promise<AccessTokenClaims | Response>

/**
 * Stands before the protected resource. 403 for a page of a foreign origin where origins are restricted, 401 with a
 * challenge without a good token (RFC 6750 §3, RFC 9728 §5.1). The token is taken from the `Authorization` header
 * alone: RFC 6750 §2.3 says of the query, "it SHOULD NOT be used", and MCP forbids it. What the client wants to do is not
 * known yet, so the challenge asks for all that the resource offers.
 */
export function createGuard({ settings, verifyAccess, emit }: GuardDependencies): Guard {
  const refused = (error: OAuthError, context: RequestContext): Response => {
    emit({ type: 'access.refused', error: error.error, reason: error.reason, address: context.address })
    return challenge(settings, DEFAULT_SCOPE, error)
  }
  const isFirst = createFirstCall()
  return async (request, context) => {
    const origin = request.headers.get('origin')
    if (origin !== null && !isOriginAllowed(origin, settings)) {
      emit({ type: 'access.refused', error: 'origin', reason: 'foreign origin', address: context.address })
      return forbiddenOrigin()
    }
    const token = parseBearer(request.headers.get('authorization'))
    if (token === undefined) {
      emit({ type: 'access.challenged', address: context.address })
      return challenge(settings, DEFAULT_SCOPE)
    }
    if (token instanceof OAuthError) return refused(token, context)
    const claims = await verifyAccess(token)
    if (claims instanceof OAuthError) return refused(claims, context)
    const { client_id, grant_id } = claims
    if (isFirst(grant_id)) emit({ type: 'access.granted', client_id, grant_id, address: context.address })
    return claims
  }
}

/** Grants that are remembered for having called; one that comes back after so many others counts as new. */
const CALLERS = 10_000

function createFirstCall(): (grant_id: string) => boolean {
  const callers = new Set<string>()
  return (grant_id) => {
    if (callers.has(grant_id)) return false
    if (callers.size >= CALLERS) callers.clear()
    callers.add(grant_id)
    return true
  }
}

/**
 * 403 for a token that is good but may too little. Its `scope` holds the token's own scopes too, because known clients
 * ask for exactly what the challenge names and would lose the rest. RFC 6750 §3.1: "The resource server SHOULD respond
 * with the HTTP 403 (Forbidden) status code and MAY include the 'scope' attribute".
 */
export function insufficientScope(
  settings: Pick<Settings, 'resourceUrl'>,
  granted: readonly string[],
  missing: readonly string[],
): Response {
  const error = new OAuthError('insufficient_scope', `the access token lacks ${missing.join(' ')}`)
  return challenge(settings, [...new Set([...granted, ...missing])].join(' '), error)
}

function challenge(settings: Pick<Settings, 'resourceUrl'>, scope: string, error?: OAuthError): Response {
  const header = bearerChallenge({
    resource_metadata: `${settings.resourceUrl}/.well-known/oauth-protected-resource/mcp`,
    scope,
    ...(error && { error: error.error, error_description: error.error_description }),
  })
  const body = error ?? {
    error_description: 'an access token is required; WWW-Authenticate says where to get one',
  }
  return Response.json(body, {
    status: error?.status ?? 401,
    headers: { 'www-authenticate': header, 'cache-control': 'no-store' },
  })
}

/** Origins restrict browsers only: a request without one comes from a program (MCP transports, DNS rebinding). */
function isOriginAllowed(origin: string, settings: GuardSettings): boolean {
  const allowed = settings.corsAllowOrigins
  return allowed === '*' || origin === settings.resourceUrl || allowed.includes(origin)
}

function forbiddenOrigin(): Response {
  const body = { error: 'access_denied', error_description: 'this origin is not allowed' }
  return Response.json(body, { status: 403, headers: { 'cache-control': 'no-store' } })
}
