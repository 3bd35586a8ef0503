import { OAuthError } from '../oauth/errors.ts'
import { UNCACHED_JSON } from '../oauth/token-response.ts'
import type { Clock } from '../ops/clock.ts'
import type { Emit } from '../ops/events.ts'
import type { GrantStore } from '../store/ports.ts'
import type { Handler } from '../web/handler.ts'
import { type ReadClientRequest, refused } from './client-request.ts'
import type { FindToken } from './find-token.ts'

export type RevocationDependencies = {
  readClientRequest: ReadClientRequest
  findToken: FindToken
  grants: Pick<GrantStore, 'revoke'>
  now: Clock
  emit: Emit
}

/**
 * `POST /revoke`, RFC 7009. Either kind of token ends its whole grant: a client that gives one back is done, and a
 * token that leaked did not leak alone. Somebody else's token, an expired and an unknown one are answered alike, so
 * that nobody learns which it was. RFC 7009 §2.2: "The authorization server responds with HTTP status code 200 if the
 * token has been revoked successfully or if the client submitted an invalid token."
 */
export function revocationEndpoint(deps: RevocationDependencies): Handler {
  const { readClientRequest, findToken, grants, now, emit } = deps
  return async (request, context) => {
    const asked = await readClientRequest(request, context)
    if (asked instanceof OAuthError) return asked
    const { client_id } = asked.client
    const text = asked.form.get('token')
    if (text === undefined) {
      return refused(emit, new OAuthError('invalid_request', 'token is missing'), client_id, context)
    }
    const found = await findToken(text)
    const owner = found?.kind === 'refresh_token' ? found.token.grant : found?.claims
    if (owner?.client_id === client_id) {
      const { grant_id } = owner
      const audit = {
        at: now(),
        type: 'grant.revoked',
        address: context.address,
        client_id,
        detail: grant_id,
      }
      if (await grants.revoke(grant_id, audit)) emit({ type: 'grant.revoked', grant_id, client_id })
    }
    return new Response('{}', { status: 200, headers: UNCACHED_JSON })
  }
}
