import type { Client } from '../../oauth/client.ts'
import type { OAuthError } from '../../oauth/errors.ts'
import type { Grant } from '../../oauth/grant.ts'
import type { Parameters } from '../../oauth/parameters.ts'
import type { Clock } from '../../ops/clock.ts'
import type { Emit } from '../../ops/events.ts'
import type { Random } from '../../ops/random.ts'
import type { Settings } from '../../ops/settings.ts'
import type { CodeStore, RefreshTokenStore } from '../../store/ports.ts'

/** What the shared steps have proved: the client is authenticated and registered this grant type. */
export type TokenRequest = { readonly client: Client; readonly form: Parameters }

/** What a grant proved: the endpoint makes the access token from it, no grant does. */
export type Issuance = {
  readonly grant: Grant
  /** The access token's scope: the grant's, or the part that was asked for. */
  readonly scope: string
  readonly refresh_token?: string
}

/** One row of the table of grant types: judges the request, and spends what has to be spent once. */
export type GrantType = (request: TokenRequest) => Promise<Issuance | OAuthError>

export type GrantDependencies = {
  settings: Pick<Settings, 'resource' | 'resourceUrl' | 'refreshTokenTtl' | 'refreshGrace'>
  codes: Pick<CodeStore, 'find' | 'redeem'>
  refreshTokens: Pick<RefreshTokenStore, 'find' | 'rotate'>
  now: Clock
  random: Random
  emit: Emit
}
