import type { Client } from '../oauth/client.ts'
import type { IsSecret } from '../ops/client-secret.ts'
import type { Clock } from '../ops/clock.ts'
import type { Emit } from '../ops/events.ts'
import type { Random } from '../ops/random.ts'
import type { Sealing } from '../ops/sealing.ts'
import type { Settings } from '../ops/settings.ts'
import type { ClientStore, CodeStore, GrantStore, KeyStore, RefreshTokenStore } from '../store/ports.ts'
import { endpointPaths } from '../web/endpoint-paths.ts'
import type { Handler, Route } from '../web/handler.ts'
import { createAuthenticateClient } from './authenticate-client.ts'
import { createReadClientRequest } from './client-request.ts'
import { createFindToken } from './find-token.ts'
import { createGrantTypes } from './grants/index.ts'
import { introspectionEndpoint } from './introspect.ts'
import { jwksEndpoint } from './jwks.ts'
import { createKeyring } from './keyring.ts'
import { createMint } from './mint.ts'
import { revocationEndpoint } from './revoke.ts'
import { tokenEndpoint } from './token-endpoint.ts'
import { createVerifyAccess, type VerifyAccess } from './verify-access.ts'

export type TokenDependencies = {
  settings: Settings
  clients: Pick<ClientStore, 'find' | 'confirmSecret' | 'touch'>
  codes: Pick<CodeStore, 'find' | 'redeem'>
  grants: Pick<GrantStore, 'isLive' | 'revoke'>
  refreshTokens: Pick<RefreshTokenStore, 'find' | 'rotate'>
  keys: KeyStore
  isSecret: IsSecret
  sealing: Sealing
  now: Clock
  random: Random
  emit: Emit
}

export type Token = {
  readonly routes: readonly Route[]
  /** For the protected resource: what a good access token says, else `invalid_token`. */
  readonly verifyAccess: VerifyAccess
  /** Before the first request: makes the first signing key. Throws where the one there cannot be opened. */
  prepare(): Promise<void>
}

/** Tokens: made for a grant, verified, revoked, looked up, and the keys behind them. */
export function createToken(deps: TokenDependencies): Token {
  const { settings, clients, grants, refreshTokens, keys, isSecret, sealing, now, random, emit } = deps
  const { issuer, resource, accessTokenTtl } = settings
  const keyring = createKeyring({ keys, sealing, now, random, accessTokenTtl })
  const mint = createMint({ issuer, accessTokenTtl, keyring, now, random })
  const verifyAccess = createVerifyAccess({ issuer, resource, keyring, grants, now })
  const authenticate = createAuthenticateClient({ settings, clients, isSecret, now })
  const readClientRequest = createReadClientRequest(authenticate, emit)
  const findToken = createFindToken(verifyAccess, refreshTokens)
  const grantTypes = createGrantTypes(deps)
  const used = (client: Client): void => {
    const renews = settings.clientSecretRenewOnUse && settings.clientSecretTtl > 0
    clients.touch(client, now(), renews ? { renewSecretUntil: now() + settings.clientSecretTtl } : {})
  }

  const {
    tokenEndpoint: token,
    revocationEndpoint: revocation,
    introspectionEndpoint: introspection,
  } = settings
  const routes = [
    ...served('POST', token, '/token', tokenEndpoint({ readClientRequest, grantTypes, mint, used, emit })),
    ...served(
      'POST',
      revocation,
      '/revoke',
      revocationEndpoint({ readClientRequest, findToken, grants, now, emit }),
    ),
    ...served(
      'POST',
      introspection,
      '/introspect',
      introspectionEndpoint({ issuer, readClientRequest, findToken, now, emit }),
    ),
    ...served('GET', settings.jwksUri, '/.well-known/jwks.json', jwksEndpoint(keyring)),
  ]
  return { routes, verifyAccess, prepare: keyring.prepare }

  function served(method: 'GET' | 'POST', endpoint: string, path: string, handler: Handler): Route[] {
    return endpointPaths(endpoint, issuer, path).map((each) => ({
      method,
      path: each,
      surface: 'api',
      handler,
    }))
  }
}
