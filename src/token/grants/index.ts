import type { GRANT_TYPES_SUPPORTED } from '../../oauth/client-metadata.ts'
import { authorizationCode } from './authorization-code.ts'
import type { GrantDependencies, GrantType } from './grant-type.ts'
import { refreshToken } from './refresh-token.ts'

/**
 * The table of grant types by their wire names. A new one is a file and a row, and a word in `GRANT_TYPES_SUPPORTED`, by
 * which clients register it and metadata tells it: the compiler holds the two together.
 */
export function createGrantTypes(deps: GrantDependencies): ReadonlyMap<string, GrantType> {
  const rows: Record<(typeof GRANT_TYPES_SUPPORTED)[number], GrantType> = {
    authorization_code: authorizationCode(deps),
    refresh_token: refreshToken(deps),
  }
  return new Map(Object.entries(rows))
}
