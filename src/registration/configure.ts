import { clientInformation } from '../oauth/client-information.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { IsSecret } from '../ops/client-secret.ts'
import type { Clock } from '../ops/clock.ts'
import type { Emit } from '../ops/events.ts'
import type { Random } from '../ops/random.ts'
import type { Settings } from '../ops/settings.ts'
import type { AuditStore, ClientStore } from '../store/ports.ts'
import { endpointPaths } from '../web/endpoint-paths.ts'
import type { Handler, RequestContext, Route } from '../web/handler.ts'
import { addressKey, createRateLimit } from '../web/rate-limit.ts'
import { answerJson } from '../web/refusal.ts'
import { createAuthenticateManager, managementOf } from './authenticate-manager.ts'
import { readRegistration } from './read-registration.ts'
import type { JudgeRegistration } from './registration-judge.ts'
import { createReplacement } from './replacement.ts'

/** All that the management of a registration can reach. */
export type ConfigurationDependencies = {
  settings: Pick<
    Settings,
    | 'resourceUrl'
    | 'issuer'
    | 'registrationEndpoint'
    | 'registrationRate'
    | 'clientSecretTtl'
    | 'clientSecretHash'
    | 'rotateOnUpdate'
  >
  clients: Pick<ClientStore, 'find' | 'replace' | 'remove' | 'confirmRegistrationToken'>
  audit: Pick<AuditStore, 'refuse'>
  isSecret: IsSecret
  judge: JudgeRegistration
  now: Clock
  random: Random
  emit: Emit
}

/** Updates of one client that may come between reading and replacing it; a store that is always ahead would be a bug. */
const TRIES = 100

/**
 * RFC 7592 §2, the client configuration endpoint: a client reads, replaces and ends its own registration, by the
 * registration access token in the `Authorization` header and by nothing else. Below the registration endpoint that
 * the settings name and below the default ones.
 */
export function configurationRoutes(deps: ConfigurationDependencies): Route[] {
  const { registrationEndpoint: endpoint, issuer } = deps.settings
  const paths = endpointPaths(endpoint, issuer, '/register')
  const methods = configurationEndpoint(deps)
  return paths.flatMap((path) =>
    methods.map(
      ([method, handler]): Route => ({
        method,
        path: `${path}/:client_id`,
        surface: 'api',
        handler,
      }),
    ),
  )
}

function configurationEndpoint(deps: ConfigurationDependencies): ['GET' | 'PUT' | 'DELETE', Handler][] {
  const { settings, clients, audit, now, emit } = deps
  const authenticate = createAuthenticateManager(clients)
  const replace = createReplacement(deps)
  const limit = settings.registrationRate && createRateLimit(settings.registrationRate, now)

  /** Hands a refusal on, told and recorded. Whose it was is known only where the token was right. */
  const refuse = <Refusal extends Response | OAuthError>(
    refusal: Refusal,
    { address }: RequestContext,
    client_id = '',
  ): Refusal => {
    if (refusal instanceof OAuthError) {
      const { error, reason } = refusal
      const detail = `${error}: ${reason}`
      audit.refuse({ at: now(), type: 'configuration.refused', address, client_id, detail })
      emit({ type: 'configuration.refused', error, reason, client_id, address })
    }
    return refusal
  }

  const read: Handler = async (request, context) => {
    const manager = await authenticate(request, context)
    if (manager instanceof Response || manager instanceof OAuthError) return refuse(manager, context)
    return answerJson(200, clientInformation(manager.client, managementOf(settings, manager)))
  }

  const update: Handler = async (request, context) => {
    let manager = await authenticate(request, context)
    if (manager instanceof Response || manager instanceof OAuthError) return refuse(manager, context)
    const { client_id } = manager.client
    if (manager.client.source === 'declared') return refuse(declared(), context, client_id)
    const wait = await limit?.exceeded(addressKey(context.address))
    if (wait !== undefined) return refuse(tooMany(wait), context, client_id)
    const body = await readRegistration(request)
    if (body instanceof OAuthError) return refuse(body, context, client_id)

    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await replace(manager, body, context)
      if (answer instanceof Response) return answer
      if (answer instanceof OAuthError) return refuse(answer, context, client_id)
      // Another one came first: as if this one had come after it, its token and secret looked at anew.
      manager = await authenticate(request, context)
      if (manager instanceof Response || manager instanceof OAuthError) return refuse(manager, context)
    }
    return refuse(busy(), context, client_id)
  }

  const remove: Handler = async (request, context) => {
    const manager = await authenticate(request, context)
    if (manager instanceof Response || manager instanceof OAuthError) return refuse(manager, context)
    const { client_id, source } = manager.client
    if (source === 'declared') return refuse(declared(), context, client_id)
    const { address } = context
    const detail = 'by itself'
    const audit = { at: now(), type: 'client.deleted', address, client_id, detail }
    // False where another request deleted it a moment ago: it is gone, as was asked.
    if (await clients.remove(client_id, audit, { cause: 'deprovisioned' })) {
      emit({ type: 'client.deleted', client_id })
    }
    return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } })
  }

  return [
    ['GET', read],
    ['PUT', update],
    ['DELETE', remove],
  ]
}

/** RFC 7592 §2.2: "If the client is not allowed to update its records, the server MUST respond with HTTP 403 Forbidden." */
function declared(): OAuthError {
  return new OAuthError(
    'access_denied',
    'this client is declared by the operator of the server and changes there only',
  )
}

/** RFC 6585 §4. */
function tooMany(seconds: number): OAuthError {
  return new OAuthError('temporarily_unavailable', `too many updates: try again in ${seconds} seconds`, {
    reason: 'too many updates',
    status: 429,
    headers: { 'retry-after': String(seconds) },
  })
}

function busy(): OAuthError {
  return new OAuthError('temporarily_unavailable', 'too many updates of this client at once', {
    headers: { 'retry-after': '1' },
  })
}
