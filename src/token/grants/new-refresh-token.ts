import { REFRESH_TOKEN_PREFIX } from '../../oauth/prefix.ts'
import { storageKey } from '../../ops/digest.ts'
import type { Random } from '../../ops/random.ts'

/** A refresh token and the key it is stored under. */
export function newRefreshToken(random: Random): { refresh_token: string; key: Buffer } {
  const refresh_token = random.secret(REFRESH_TOKEN_PREFIX)
  const key = storageKey(REFRESH_TOKEN_PREFIX, refresh_token)
  if (!key) throw new Error('random.secret made what ops/digest does not know')
  return { refresh_token, key }
}
