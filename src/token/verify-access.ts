import { hash } from 'node:crypto'
import { accessTokenKey, judgeClaims } from '../oauth/access-token.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { AccessTokenClaims } from '../oauth/grant.ts'
import { parseJwt } from '../oauth/jwt.ts'
import type { Clock } from '../ops/clock.ts'
import { isEs256Signature } from '../ops/signing.ts'
import type { GrantStore } from '../store/ports.ts'
import { createBoundedCache } from './bounded-cache.ts'
import type { Keyring } from './keyring.ts'

/** What a good access token says, or `invalid_token`: forged, foreign, expired, or its grant has ended. */
export type VerifyAccess = (token: string) => Promise<AccessTokenClaims | OAuthError>

/** Some 7 MB when full. */
const CACHE_SIZE = 10_000

/**
 * Verification of our own access tokens. A signature costs 87 µs and never changes its mind, so a verdict is kept
 * under the token's SHA-256; what can change is asked each time: the clock, and whether the grant is still live.
 */
export function createVerifyAccess({
  issuer,
  resource,
  keyring,
  grants,
  now,
}: {
  issuer: string
  resource: string
  keyring: Keyring
  grants: Pick<GrantStore, 'isLive'>
  now: Clock
}): VerifyAccess {
  const verified = createBoundedCache<AccessTokenClaims>(CACHE_SIZE)

  const verify = async (token: string): Promise<AccessTokenClaims | string> => {
    const jwt = parseJwt(token)
    if (!jwt) return 'not a JWT'
    const kid = accessTokenKey(jwt.header)
    if (kid === undefined) return 'not the header of an access token'
    const key = await keyring.publicKey(kid)
    if (!key) return 'an unknown key'
    if (!isEs256Signature(key, jwt.signed, jwt.signature)) return 'a bad signature'
    return judgeClaims(jwt.payload, { issuer, resource, now: now() })
  }

  return async (token) => {
    const key = hash('sha256', token, 'base64')
    let claims = verified.get(key)
    if (!claims) {
      const verdict = await verify(token)
      if (typeof verdict === 'string') return invalidToken(verdict)
      claims = verdict
      verified.set(key, claims)
    }
    if (claims.exp <= now()) return invalidToken('expired')
    return (await grants.isLive(claims.grant_id)) ? claims : invalidToken('the grant has ended')
  }
}

/** One text for all: what was wrong with a forged token is the log's business. */
function invalidToken(reason: string): OAuthError {
  return new OAuthError('invalid_token', 'the access token is invalid, expired or revoked', { reason })
}
