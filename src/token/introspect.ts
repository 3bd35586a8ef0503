import { invalidClient } from '../oauth/client-authentication.ts'
import { OAuthError } from '../oauth/errors.ts'
import { UNCACHED_JSON } from '../oauth/token-response.ts'
import type { Clock } from '../ops/clock.ts'
import type { Emit } from '../ops/events.ts'
import type { Handler } from '../web/handler.ts'
import { type ReadClientRequest, refused } from './client-request.ts'
import type { FindToken, FoundToken } from './find-token.ts'

export type IntrospectionDependencies = {
  issuer: string
  readClientRequest: ReadClientRequest
  findToken: FindToken
  now: Clock
  emit: Emit
}

/**
 * `POST /introspect`, RFC 7662. For clients that hold a secret, and for their own tokens. RFC 7662 §2.1: "To prevent
 * token scanning attacks, the endpoint MUST also require some form of authorization to access this endpoint", which a
 * public client's id is not.
 */
export function introspectionEndpoint(deps: IntrospectionDependencies): Handler {
  const { issuer, readClientRequest, findToken, now, emit } = deps
  return async (request, context) => {
    const asked = await readClientRequest(request, context)
    if (asked instanceof OAuthError) return asked
    const { client_id } = asked.client
    if (!asked.confidential) {
      const usedHeader = request.headers.get('authorization') !== null
      const fault = invalidClient('introspection needs a client that holds a secret', usedHeader)
      return refused(emit, fault, client_id, context)
    }
    const token = asked.form.get('token')
    if (token === undefined) {
      return refused(emit, new OAuthError('invalid_request', 'token is missing'), client_id, context)
    }
    const found = await findToken(token)
    const answer = (found && describe(found, client_id, issuer, now())) ?? { active: false }
    return new Response(JSON.stringify(answer), { status: 200, headers: UNCACHED_JSON })
  }
}

/**
 * RFC 7662 §2.2; undefined for what is inactive or another client's. A refresh token that was used is spent, although
 * it may be good for a while for a client that lost the answer.
 */
function describe(
  found: FoundToken,
  client_id: string,
  issuer: string,
  now: number,
): Record<string, unknown> | undefined {
  if (found.kind === 'access_token') {
    const { grant_id, ...claims } = found.claims
    return claims.client_id === client_id ? { active: true, token_type: 'Bearer', ...claims } : undefined
  }
  const { grant, expires_at, used_at } = found.token
  if (grant.client_id !== client_id || used_at !== undefined || expires_at <= now) return undefined
  const { account_id: sub, scope, resource: aud } = grant
  return { active: true, client_id, scope, sub, aud, iss: issuer, exp: expires_at }
}
