import { authorizationCode } from './authorization-code.ts'
import type { GrantDependencies, GrantType } from './grant-type.ts'
import { refreshToken } from './refresh-token.ts'

/** The table of grant types by their wire names. A new one is a file and a row. */
export function createGrantTypes(deps: GrantDependencies): ReadonlyMap<string, GrantType> {
  return new Map([
    ['authorization_code', authorizationCode(deps)],
    ['refresh_token', refreshToken(deps)],
  ])
}
