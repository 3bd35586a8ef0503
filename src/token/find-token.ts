import { OAuthError } from '../oauth/errors.ts'
import type { AccessTokenClaims } from '../oauth/grant.ts'
import { REFRESH_TOKEN_PREFIX } from '../oauth/prefix.ts'
import { storageKey } from '../ops/digest.ts'
import type { RefreshToken, RefreshTokenStore } from '../store/ports.ts'
import type { VerifyAccess } from './verify-access.ts'

/** A token of ours that lives, of either kind; a refresh token may be used or expired. */
export type FoundToken =
  | { readonly kind: 'access_token'; readonly claims: AccessTokenClaims }
  | { readonly kind: 'refresh_token'; readonly token: RefreshToken }

export type FindToken = (token: string) => Promise<FoundToken | undefined>

/**
 * What a token is, for those who are told "a token" (RFC 7009, RFC 7662). The two kinds look different, so that
 * `token_type_hint` has nothing to add and a wrong one does no harm.
 */
export function createFindToken(
  verifyAccess: VerifyAccess,
  refreshTokens: Pick<RefreshTokenStore, 'find'>,
): FindToken {
  return async (text) => {
    const key = storageKey(REFRESH_TOKEN_PREFIX, text)
    if (key) {
      const token = await refreshTokens.find(key)
      return token && { kind: 'refresh_token', token }
    }
    const claims = await verifyAccess(text)
    return claims instanceof OAuthError ? undefined : { kind: 'access_token', claims }
  }
}
