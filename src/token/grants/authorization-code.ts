import { OAuthError } from '../../oauth/errors.ts'
import type { Grant } from '../../oauth/grant.ts'
import type { Parameters } from '../../oauth/parameters.ts'
import { verifyChallenge } from '../../oauth/pkce.ts'
import { CODE_PREFIX, REFRESH_TOKEN_PREFIX } from '../../oauth/prefix.ts'
import { matchRedirectUri } from '../../oauth/redirect-uri.ts'
import { storageKey } from '../../ops/digest.ts'
import { newStoredToken } from '../../ops/stored-token.ts'
import type { AuthorizationCode } from '../../store/ports.ts'
import type { GrantDependencies, GrantType } from './grant-type.ts'
import { otherResource } from './granted-resource.ts'

/**
 * RFC 6749 §4.1.3. Everything is judged before the code is spent, so that a stranger's try spends nothing; whether it
 * is still there to be spent, only the store can say. RFC 6749 §4.1.2: "If an authorization code is used more than
 * once, the authorization server MUST deny the request and SHOULD revoke (when possible) all tokens previously issued
 * based on that authorization code."
 */
export function authorizationCode(deps: GrantDependencies): GrantType {
  const { settings, codes, now, random, emit } = deps
  return async ({ client, form }) => {
    const presented = form.get('code')
    if (presented === undefined) return new OAuthError('invalid_request', 'code is missing')
    const key = storageKey(CODE_PREFIX, presented)
    const code = key && (await codes.find(key))
    if (!code) return invalidCode('unknown code')
    if (code.client_id !== client.client_id) return invalidCode(`a code of ${code.client_id}`)
    const fault = judge(code, form, settings)
    if (fault) return fault
    // RFC 7592 §2.2: what the client took out of its registration meanwhile receives nothing any more.
    if (matchRedirectUri(client.metadata.redirect_uris, code.redirect_uri) === undefined) {
      return invalidCode('its redirect URI is no longer registered')
    }

    const grant: Grant = {
      grant_id: random.id('grant_'),
      client_id: client.client_id,
      account_id: code.account_id,
      scope: code.scope,
      resource: code.resource,
      created_at: now(),
    }
    // Asked for by offline_access or not: known clients that get none sign in again every hour.
    const refresh = client.metadata.grant_types.includes('refresh_token')
      ? newStoredToken(random, REFRESH_TOKEN_PREFIX)
      : undefined
    const redeemed = await codes.redeem(
      code.key,
      now(),
      grant,
      refresh && { key: refresh.key, expires_at: now() + settings.refreshTokenTtl },
    )
    switch (redeemed.outcome) {
      case 'redeemed':
        return { grant, scope: grant.scope, ...(refresh && { refresh_token: refresh.token }) }
      case 'replayed':
        emit({ type: 'token.reuse_detected', client_id: client.client_id, grant_id: redeemed.grant_id })
        return invalidCode('replayed: the grant of its first use is ended')
      case 'gone':
        return invalidCode('expired')
    }
  }
}

/** The request against what was decided when the code was issued; undefined where they agree. */
function judge(
  code: AuthorizationCode,
  form: Parameters,
  settings: GrantDependencies['settings'],
): OAuthError | undefined {
  // RFC 6749 §4.1.3: "REQUIRED, if the "redirect_uri" parameter was included in the authorization request […] and
  // their values MUST be identical."
  const redirect_uri = form.get('redirect_uri')
  if (redirect_uri === undefined ? code.redirect_uri_given : redirect_uri !== code.redirect_uri) {
    return new OAuthError('invalid_grant', 'redirect_uri is not that of the authorization request')
  }
  const code_verifier = form.get('code_verifier')
  if (code_verifier === undefined) return new OAuthError('invalid_request', 'code_verifier is missing')
  // RFC 7636 §4.6: "If the values are not equal, an error response indicating "invalid_grant" […] MUST be returned."
  if (!verifyChallenge(code_verifier, code.code_challenge)) {
    return new OAuthError('invalid_grant', 'code_verifier does not match the code_challenge')
  }
  return otherResource(form, code.resource, settings)
}

/** One text for all: what became of a code is nobody's business but its client's, and the log's. */
function invalidCode(reason: string): OAuthError {
  return new OAuthError('invalid_grant', 'the code is unknown, expired, used before or of another client', {
    reason,
  })
}
