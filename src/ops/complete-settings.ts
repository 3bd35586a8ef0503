import { isLoopbackUrl, listenUrl } from './public-url.ts'
import type { SettingName, Values } from './setting-table.ts'
import { ValueFault } from './setting-values.ts'
import type { EmbeddingsSource, Settings } from './settings.ts'

/** A fault between settings: which one is to be changed, and why. */
export class RuleFault extends ValueFault {
  readonly setting: SettingName
  constructor(setting: SettingName, reason: string) {
    super(reason)
    this.setting = setting
  }
}

/** The defaults that depend on other settings, and the rules between settings. */
export function completeSettings(
  values: Values,
  fallback: { corpus: string; logFormat: 'pretty' | 'json' },
): Settings | RuleFault {
  const resourceUrl =
    values.CORPUSIQ_OAUTH_RESOURCE_URL ?? listenUrl(values.CORPUSIQ_HOST, values.CORPUSIQ_PORT)
  if (!isSafeUrl(resourceUrl) && !values.CORPUSIQ_UNSAFE_ALLOW_HTTP) {
    return new RuleFault(
      'CORPUSIQ_OAUTH_RESOURCE_URL',
      `"${resourceUrl}" is neither https nor a loopback address; name the https URL that people reach it by`,
    )
  }
  const issuer = values.CORPUSIQ_OAUTH_ISSUER ?? resourceUrl
  if (new URL(issuer).origin !== resourceUrl) {
    return new RuleFault(
      'CORPUSIQ_OAUTH_ISSUER',
      `"${issuer}" is not on ${resourceUrl} (CORPUSIQ_OAUTH_RESOURCE_URL), and the tokens of another server are not supported yet`,
    )
  }
  const endpoints = completeEndpoints(values, resourceUrl, issuer)
  if (endpoints instanceof RuleFault) return endpoints
  const { CORPUSIQ_OWNER_USERNAME: ownerUsername, CORPUSIQ_OWNER_PASSWORD: ownerPassword } = values
  if (ownerUsername !== undefined && ownerPassword === undefined) {
    return new RuleFault('CORPUSIQ_OWNER_PASSWORD', 'it is missing, CORPUSIQ_OWNER_USERNAME is set')
  }
  if (ownerPassword !== undefined && ownerUsername === undefined) {
    return new RuleFault('CORPUSIQ_OWNER_USERNAME', 'it is missing, CORPUSIQ_OWNER_PASSWORD is set')
  }
  const embeddings = completeEmbeddings(values)
  if (embeddings instanceof RuleFault) return embeddings
  return Object.freeze({
    resourceUrl,
    resource: `${resourceUrl}/mcp`,
    issuer,
    registrationEndpoint: endpoints.CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT,
    authorizationEndpoint: endpoints.CORPUSIQ_OAUTH_AUTHORIZATION_ENDPOINT,
    tokenEndpoint: endpoints.CORPUSIQ_OAUTH_TOKEN_ENDPOINT,
    jwksUri: endpoints.CORPUSIQ_OAUTH_JWKS_URI,
    revocationEndpoint: `${issuer}/revoke`,
    introspectionEndpoint: `${issuer}/introspect`,
    registrationAccess: values.CORPUSIQ_ALLOW_DYNAMIC_CLIENT_REGISTRATION
      ? values.CORPUSIQ_REGISTRATION_ACCESS
      : 'closed',
    registrationPolicy: values.CORPUSIQ_REGISTRATION_POLICY,
    clientsFile: values.CORPUSIQ_CLIENTS_FILE,
    corsAllowOrigins: values.CORPUSIQ_CORS_ALLOW_ORIGINS_CSV,
    clientSecretTtl: values.CORPUSIQ_CLIENT_SECRET_TTL_DAYS,
    clientSecretHash: values.CORPUSIQ_CLIENT_SECRET_HASH,
    clientSecretRenewOnUse: values.CORPUSIQ_CLIENT_SECRET_RENEW_ON_USE,
    clientSecretOverlap: values.CORPUSIQ_CLIENT_SECRET_OVERLAP_SECONDS,
    rotateOnUpdate: values.CORPUSIQ_ROTATE_ON_UPDATE,
    refreshTokenTtl: values.CORPUSIQ_REFRESH_TOKEN_TTL_DAYS,
    accessTokenTtl: values.CORPUSIQ_ACCESS_TOKEN_TTL_SECONDS,
    refreshGrace: values.CORPUSIQ_REFRESH_GRACE_SECONDS,
    registrationRate: values.CORPUSIQ_REGISTRATION_RATE,
    unusedClientTtl: values.CORPUSIQ_UNUSED_CLIENT_TTL,
    maxUnusedClients: values.CORPUSIQ_MAX_UNUSED_CLIENTS,
    inactiveClientTtl: values.CORPUSIQ_INACTIVE_CLIENT_TTL,
    reviveClients: values.CORPUSIQ_REVIVE_CLIENTS,
    host: values.CORPUSIQ_HOST,
    port: values.CORPUSIQ_PORT,
    dataDir: values.CORPUSIQ_DATA_DIR,
    corpus: values.CORPUSIQ_CORPUS ?? [fallback.corpus],
    webRefresh: values.CORPUSIQ_WEB_REFRESH,
    embeddings,
    corpusIsSample: values.CORPUSIQ_CORPUS === undefined,
    trustProxy: values.CORPUSIQ_TRUST_PROXY,
    logLevel: values.CORPUSIQ_LOG_LEVEL,
    logFormat: values.CORPUSIQ_LOG_FORMAT ?? fallback.logFormat,
    ownerUsername,
    ownerPassword,
  })
}

function completeEmbeddings(values: Values): EmbeddingsSource | undefined | RuleFault {
  const {
    CORPUSIQ_EMBEDDINGS_URL: url,
    CORPUSIQ_EMBEDDINGS_MODEL: model,
    CORPUSIQ_EMBEDDINGS_KEY: key,
  } = values
  if (url !== undefined) {
    if (model) return { url, model: model.name, key }
    return new RuleFault('CORPUSIQ_EMBEDDINGS_MODEL', 'it is missing, CORPUSIQ_EMBEDDINGS_URL is set')
  }
  if (key !== undefined) {
    return new RuleFault('CORPUSIQ_EMBEDDINGS_URL', 'it is missing, CORPUSIQ_EMBEDDINGS_KEY is set')
  }
  return model && { folder: model.folder }
}

/** Whether what is sent to `url` is encrypted or stays on the machine. */
export function isSafeUrl(url: string): boolean {
  return url.startsWith('https:') || isLoopbackUrl(url)
}

type EndpointName =
  | 'CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT'
  | 'CORPUSIQ_OAUTH_AUTHORIZATION_ENDPOINT'
  | 'CORPUSIQ_OAUTH_TOKEN_ENDPOINT'
  | 'CORPUSIQ_OAUTH_JWKS_URI'

/** Paths of the server that are no endpoints of OAuth; what begins with one of the latter is taken too. */
const OWN_PATHS = ['/', '/mcp', '/login', '/logout', '/setup', '/connections', '/favicon.ico']
const OWN_FOLDERS = [
  '/mcp/',
  '/authorize/',
  '/assets/',
  '/documents/',
  '/.well-known/oauth-',
  '/.well-known/openid-',
]

/** Each endpoint has a path of its own on our origin; the default ones stay served, so none may take another's. */
function completeEndpoints(
  values: Values,
  resourceUrl: string,
  issuer: string,
): Record<EndpointName, string> | RuleFault {
  const defaults: Record<EndpointName, string> = {
    CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT: '/register',
    CORPUSIQ_OAUTH_AUTHORIZATION_ENDPOINT: '/authorize',
    CORPUSIQ_OAUTH_TOKEN_ENDPOINT: '/token',
    CORPUSIQ_OAUTH_JWKS_URI: '/.well-known/jwks.json',
  }
  const holders = new Map<string, string>()
  const hold = (holder: string, path: string) => {
    // Some clients guess a default path at the issuer, some at the origin.
    for (const base of [resourceUrl, issuer]) holders.set(new URL(base + path).pathname, holder)
  }
  for (const path of OWN_PATHS) hold('the server itself', path)
  hold('the revocation endpoint', '/revoke')
  hold('the introspection endpoint', '/introspect')
  const names = Object.keys(defaults) as EndpointName[]
  for (const name of names) hold(name, defaults[name])

  const endpoints = { ...defaults }
  for (const name of names) {
    const url = values[name] ?? issuer + defaults[name]
    const { origin, pathname } = new URL(url)
    if (origin !== resourceUrl) {
      return new RuleFault(name, `"${url}" is not on ${resourceUrl} (CORPUSIQ_OAUTH_RESOURCE_URL)`)
    }
    // Below the registration endpoint is that of each client (RFC 7592 §2).
    const path = name === 'CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT' ? `${pathname}/` : pathname
    const ours = OWN_FOLDERS.some((folder) => path.startsWith(folder))
    const holder = ours ? 'the server itself' : holders.get(pathname)
    if (holder !== undefined && holder !== name) {
      return new RuleFault(name, `"${url}" is taken by ${holder}`)
    }
    holders.set(pathname, name)
    endpoints[name] = url
  }
  return endpoints
}
