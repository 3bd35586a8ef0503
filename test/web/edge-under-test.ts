import { metadataRoutes } from '../../src/metadata/metadata.ts'
import type { Event } from '../../src/ops/events.ts'
import type { Settings } from '../../src/ops/settings.ts'
import { edgeRoutes } from '../../src/web/assets.ts'
import { createEdge, type Edge } from '../../src/web/edge.ts'
import type { Route } from '../../src/web/handler.ts'

export type EdgeUnderTest = {
  readonly edge: Edge
  readonly events: Event[]
  readonly settings: Settings
  /** A request for the public URL from this machine; a path, or a whole URL. */
  get(path: string, init?: RequestInit): Promise<Response>
}

/** The edge with its own routes, the metadata and `routes`. */
export function edgeUnderTest(
  overrides: Partial<Settings> = {},
  routes: readonly Route[] = [],
): EdgeUnderTest {
  const settings = settingsFor(overrides)
  const events: Event[] = []
  const edge = createEdge({
    settings,
    emit: (event) => events.push(event),
    routes: [...edgeRoutes({ settings }), ...metadataRoutes({ settings }), ...routes],
  })
  return {
    edge,
    events,
    settings,
    get: (path, init) =>
      edge.fetch(new Request(new URL(path, settings.resourceUrl), init), { address: '127.0.0.1' }),
  }
}

/** Settings whose endpoints follow from the public URL and the issuer, as the configuration makes them. */
export function settingsFor(overrides: Partial<Settings> = {}): Settings {
  const resourceUrl = overrides.resourceUrl ?? 'https://notes.example.com'
  const issuer = overrides.issuer ?? resourceUrl
  return {
    resourceUrl,
    resource: `${resourceUrl}/mcp`,
    issuer,
    registrationEndpoint: `${issuer}/register`,
    authorizationEndpoint: `${issuer}/authorize`,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    revocationEndpoint: `${issuer}/revoke`,
    introspectionEndpoint: `${issuer}/introspect`,
    corpusIsSample: false,
    registrationAccess: 'open',
    registrationPolicy: undefined,
    reviveClients: true,
    clientsFile: undefined,
    corsAllowOrigins: '*',
    clientSecretTtl: 0,
    clientSecretHash: 'sha256',
    clientSecretRenewOnUse: true,
    clientSecretOverlap: 86_400,
    rotateOnUpdate: false,
    refreshTokenTtl: 86_400,
    accessTokenTtl: 3600,
    refreshGrace: 60,
    registrationRate: undefined,
    unusedClientTtl: 86_400,
    maxUnusedClients: 10_000,
    inactiveClientTtl: 365 * 86_400,
    host: '127.0.0.1',
    port: 0,
    dataDir: '',
    corpus: [],
    webRefresh: 86_400,
    embeddings: undefined,
    trustProxy: 'loopback',
    logLevel: 'silent',
    logFormat: 'json',
    ownerUsername: undefined,
    ownerPassword: undefined,
    ...overrides,
  }
}
