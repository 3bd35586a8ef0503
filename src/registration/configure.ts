import { clientInformation } from '../oauth/client-information.ts'
import { parseClientMetadata, registeredScope } from '../oauth/client-metadata.ts'
import { clientName } from '../oauth/client-name.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { JsonObject } from '../oauth/json.ts'
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
import { createAuthenticateManager, type Manager } from './authenticate-manager.ts'
import { becomesConfidential } from './credentials.ts'
import { readRegistration } from './read-registration.ts'
import type { JudgeRegistration } from './registration-judge.ts'
import { judgeIssued } from './update-request.ts'
import { updatedClient } from './updated-client.ts'

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
  const { settings, clients, audit, isSecret, judge, now, random, emit } = deps
  const authenticate = createAuthenticateManager(clients)
  const limit = settings.registrationRate && createRateLimit(settings.registrationRate, now)
  const server = { origin: settings.resourceUrl }

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

  const told = ({ client, token }: Manager) => ({
    registration_access_token: token,
    registration_client_uri: `${settings.registrationEndpoint}/${client.client_id}`,
  })

  const read: Handler = async (request, context) => {
    const manager = await authenticate(request, context)
    if (manager instanceof Response || manager instanceof OAuthError) return refuse(manager, context)
    return answerJson(200, clientInformation(manager.client, told(manager)))
  }

  /** One try to replace the client as it is now; `stale` where another update came between. */
  const replace = async (
    manager: Manager,
    body: JsonObject,
    { address }: RequestContext,
  ): Promise<Response | OAuthError | 'stale' | 'gone'> => {
    const at = now()
    const before = manager.client
    const { client_id } = before
    const fault = await judgeIssued(body, before, isSecret, at)
    if (fault) return fault
    const metadata = parseClientMetadata(body, server)
    if (metadata instanceof OAuthError) return metadata
    // As at registration, only a scope that was asked for by name restricts, which the default read back is not.
    const echoed = before.registered_scope === undefined && metadata.scope === before.metadata.scope
    const proposed = {
      metadata,
      ...(!echoed && registeredScope(body, metadata)),
    }
    const judged = await judge(proposed, { address, client: before })
    if (judged instanceof OAuthError) return judged

    const { client, issued } = await updatedClient(before, judged, manager.answerLost, settings, at, random)
    const client_name = clientName(client.metadata)
    const { redirect_uris } = client.metadata
    const outcome = await clients.replace(
      client,
      { at, type: 'client.updated', address, client_id, detail: client_name },
      { forgetConsents: becomesConfidential(before, client) },
    )
    if (outcome !== 'replaced') return outcome
    const { approval } = client
    emit({
      type: 'client.updated',
      client_id,
      client_name,
      redirect_uris,
      ...(approval && { approval }),
      address,
    })
    return answerJson(200, clientInformation(client, { ...told(manager), ...issued }))
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
