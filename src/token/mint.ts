import type { Grant } from '../oauth/grant.ts'
import type { Clock } from '../ops/clock.ts'
import type { Random } from '../ops/random.ts'
import type { Keyring } from './keyring.ts'

/** Makes the access token of a grant, for `scope`: the grant's or a part of it. `expires_in` in seconds. */
export type Mint = (grant: Grant, scope: string) => Promise<{ access_token: string; expires_in: number }>

/** RFC 9068 §2.2. `grant_id` is a claim of our own: by it a revoked grant ends tokens that would be valid still. */
export function createMint({
  issuer,
  accessTokenTtl,
  keyring,
  now,
  random,
}: {
  issuer: string
  accessTokenTtl: number
  keyring: Keyring
  now: Clock
  random: Random
}): Mint {
  return async (grant, scope) => {
    const iat = now()
    const access_token = await keyring.sign({
      iss: issuer,
      aud: grant.resource,
      sub: grant.account_id,
      client_id: grant.client_id,
      scope,
      jti: random.id('at_'),
      iat,
      exp: iat + accessTokenTtl,
      grant_id: grant.grant_id,
    })
    return { access_token, expires_in: accessTokenTtl }
  }
}
