import { clientInformation } from '../oauth/client-information.ts'
import { isGiven, parseClientMetadata } from '../oauth/client-metadata.ts'
import { claimedName, clientName } from '../oauth/client-name.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { Clock } from '../ops/clock.ts'
import type { Emit } from '../ops/events.ts'
import type { Random } from '../ops/random.ts'
import type { Settings } from '../ops/settings.ts'
import type { AuditStore, ClientStore } from '../store/ports.ts'
import type { Handler, Route } from '../web/handler.ts'
import { addressKey, createRateLimit } from '../web/rate-limit.ts'
import { answerJson } from '../web/refusal.ts'
import { withRegistrationToken } from './credentials.ts'
import { newClient } from './new-client.ts'
import { readRegistration } from './read-registration.ts'

/** All that registration can reach. */
export type RegistrationDependencies = {
  settings: Pick<
    Settings,
    | 'resourceUrl'
    | 'issuer'
    | 'registrationEndpoint'
    | 'allowDynamicClientRegistration'
    | 'registrationRate'
    | 'clientSecretTtl'
    | 'clientSecretHash'
  >
  clients: Pick<ClientStore, 'register'>
  audit: Pick<AuditStore, 'refuse'>
  now: Clock
  random: Random
  emit: Emit
}

/** `POST /register` at the path that the settings name and at the default ones, which some clients invent. */
export function registrationRoutes(deps: RegistrationDependencies): Route[] {
  const handler = registrationEndpoint(deps)
  const { registrationEndpoint: endpoint, issuer } = deps.settings
  const paths = new Set([new URL(endpoint).pathname, new URL(`${issuer}/register`).pathname, '/register'])
  return [...paths].map((path) => ({ method: 'POST', path, surface: 'api', handler }))
}

/**
 * RFC 7591 §3, open registration: an `Authorization` header is not looked at, however it is formed. Every attempt is
 * told (events) and recorded (audit); an accepted one with its client in one transaction, before the answer leaves.
 */
function registrationEndpoint({
  settings,
  clients,
  audit,
  now,
  random,
  emit,
}: RegistrationDependencies): Handler {
  const limit = settings.registrationRate && createRateLimit(settings.registrationRate, now)
  const server = { origin: new URL(settings.resourceUrl).origin }

  return async (request, { address }) => {
    const at = now()
    const refuse = (error: OAuthError, client_name = UNREAD): OAuthError => {
      audit.refuse({
        at,
        type: 'registration.refused',
        address,
        detail: `${error.error}: ${error.reason} (${client_name})`,
      })
      emit({ type: 'registration.refused', error: error.error, reason: error.reason, client_name, address })
      return error
    }
    if (!settings.allowDynamicClientRegistration) return refuse(switchedOff())
    const wait = await limit?.exceeded(addressKey(address))
    if (wait !== undefined) return refuse(tooMany(wait))

    // parse
    const body = await readRegistration(request)
    if (body instanceof OAuthError) return refuse(body)
    const claimed = claimedName(body) ?? UNREAD
    emit({ type: 'registration.received', client_name: claimed, address })

    // validate
    const metadata = parseClientMetadata(body, server)
    if (metadata instanceof OAuthError) return refuse(metadata, claimed)

    // decide: only a scope that was asked for by name restricts
    const registered_scope = isGiven(body.scope) ? metadata.scope : undefined
    const made = await newClient(
      { metadata, ...(registered_scope !== undefined && { registered_scope }) },
      settings,
      at,
      random,
    )
    const { client, issued } = withRegistrationToken(made.client, random)

    // persist
    const { client_id } = client
    const client_name = clientName(metadata)
    await clients.register(client, {
      at,
      type: 'registration.accepted',
      address,
      client_id,
      detail: client_name,
    })
    const { redirect_uris } = metadata
    emit({ type: 'registration.accepted', client_id, client_name, redirect_uris, address })

    // respond
    const registration_client_uri = `${settings.registrationEndpoint}/${client_id}`
    const told = { ...made.issued, ...issued, registration_client_uri }
    return answerJson(201, clientInformation(client, told))
  }
}

/** Who it was where the request was not read so far, or names nobody. */
const UNREAD = 'unnamed client'

function switchedOff(): OAuthError {
  return new OAuthError(
    'access_denied',
    'dynamic client registration is switched off at this server: its operator can switch it on or register the client',
    { reason: 'CORPUSIQ_ALLOW_DYNAMIC_CLIENT_REGISTRATION is false', status: 403 },
  )
}

/** RFC 6585 §4; RFC 7591 §3: "These requests MAY be rate-limited". */
function tooMany(seconds: number): OAuthError {
  return new OAuthError(
    'temporarily_unavailable',
    `too many registrations: try again in ${seconds} seconds`,
    {
      status: 429,
      headers: { 'retry-after': String(seconds) },
    },
  )
}
