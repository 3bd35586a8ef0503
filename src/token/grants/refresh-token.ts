import { OAuthError } from '../../oauth/errors.ts'
import { REFRESH_TOKEN_PREFIX } from '../../oauth/prefix.ts'
import { scopeForRefresh } from '../../oauth/scope.ts'
import { storageKey } from '../../ops/digest.ts'
import { newStoredToken } from '../../ops/stored-token.ts'
import type { GrantDependencies, GrantType } from './grant-type.ts'
import { otherResource } from './granted-resource.ts'

/** Live tokens of one grant: as many as honest races make, and an end to it. */
const BRANCHES = 10

/**
 * RFC 6749 §6, with rotation at each use (OAuth 2.1 §4.3.1) and the patience that real clients need: they race, run as
 * several processes and lose answers. The table of outcomes is the store's, because it has to be atomic. Less scope is
 * given to this access token only: RFC 6749 §6: "If a new refresh token is issued, the refresh token scope MUST be
 * identical to that of the refresh token included by the client in the request."
 */
export function refreshToken(deps: GrantDependencies): GrantType {
  const { settings, refreshTokens, now, random, emit } = deps
  return async ({ client, form }) => {
    const presented = form.get('refresh_token')
    if (presented === undefined) return new OAuthError('invalid_request', 'refresh_token is missing')
    const key = storageKey(REFRESH_TOKEN_PREFIX, presented)
    const found = key && (await refreshTokens.find(key))
    if (!found) return invalidToken('is unknown or revoked')
    const { grant } = found
    if (grant.client_id !== client.client_id) return invalidToken(`is one of ${grant.client_id}`)
    const scope = scopeForRefresh(form.get('scope'), grant.scope)
    if (scope instanceof OAuthError) return scope
    const fault = otherResource(form, grant.resource, settings)
    if (fault) return fault

    const next = newStoredToken(random, REFRESH_TOKEN_PREFIX)
    const outcome = await refreshTokens.rotate(
      found.key,
      { key: next.key, expires_at: now() + settings.refreshTokenTtl },
      now(),
      { grace: settings.refreshGrace, branches: BRANCHES },
    )
    switch (outcome) {
      case 'rotated':
        return { grant, scope, refresh_token: next.token }
      case 'refused':
        return invalidToken(`was used before, and ${BRANCHES} tokens of its grant are live`)
      case 'reused':
        emit({ type: 'token.reuse_detected', client_id: client.client_id, grant_id: grant.grant_id })
        return invalidToken('was used before, and a later one after it: the grant is ended')
      case 'gone':
        return invalidToken('is expired or revoked')
    }
  }
}

/** One text for all: which of them it was is the log's business. */
function invalidToken(reason: string): OAuthError {
  return new OAuthError('invalid_grant', 'the refresh token is unknown, expired, revoked or used before', {
    reason: `the refresh token ${reason}`,
  })
}
