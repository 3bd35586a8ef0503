import { clientInformation } from '../oauth/client-information.ts'
import { parseClientMetadata, registeredScope } from '../oauth/client-metadata.ts'
import { claimedName, clientName } from '../oauth/client-name.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { Clock } from '../ops/clock.ts'
import type { Emit } from '../ops/events.ts'
import type { Random } from '../ops/random.ts'
import type { Settings } from '../ops/settings.ts'
import type { AuditStore, ClientStore, RegistrationTokenStore } from '../store/ports.ts'
import { endpointPaths } from '../web/endpoint-paths.ts'
import type { Handler, Route } from '../web/handler.ts'
import { addressKey, createRateLimit } from '../web/rate-limit.ts'
import { answerJson } from '../web/refusal.ts'
import { createAdmission, spentToken } from './admission.ts'
import { withRegistrationToken } from './credentials.ts'
import { newClient } from './new-client.ts'
import { readRegistration } from './read-registration.ts'
import type { JudgeRegistration } from './registration-judge.ts'

/** All that registration can reach. */
export type RegistrationDependencies = {
  settings: Pick<
    Settings,
    | 'resourceUrl'
    | 'issuer'
    | 'registrationEndpoint'
    | 'registrationAccess'
    | 'registrationRate'
    | 'clientSecretTtl'
    | 'clientSecretHash'
  >
  clients: Pick<ClientStore, 'register'>
  registrationTokens: Pick<RegistrationTokenStore, 'find'>
  judge: JudgeRegistration
  /** Clients of one address that nobody authorized, at most; undefined: any number. */
  unusedPerAddress?: number | undefined
  audit: Pick<AuditStore, 'refuse'>
  now: Clock
  random: Random
  emit: Emit
}

/** `POST /register` at the path that the settings name and at the default ones, which some clients invent. */
export function registrationRoutes(deps: RegistrationDependencies): Route[] {
  const handler = registrationEndpoint(deps)
  const { registrationEndpoint: endpoint, issuer } = deps.settings
  const paths = endpointPaths(endpoint, issuer, '/register')
  return paths.map((path) => ({ method: 'POST', path, surface: 'api', handler }))
}

/**
 * RFC 7591 §3. Every attempt is told (events) and recorded (audit); an accepted one with its client in one transaction,
 * before the answer leaves.
 */
function registrationEndpoint({
  settings,
  clients,
  registrationTokens,
  judge,
  unusedPerAddress,
  audit,
  now,
  random,
  emit,
}: RegistrationDependencies): Handler {
  const admit = createAdmission({ access: settings.registrationAccess, registrationTokens, now })
  const limit = settings.registrationRate && createRateLimit(settings.registrationRate, now)
  const server = { origin: settings.resourceUrl }

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
    const counted = addressKey(address)
    const admission = await admit(request.headers.get('authorization'))
    if (admission instanceof OAuthError) return refuse(admission)
    const { token } = admission
    const wait = await limit?.exceeded(counted)
    if (wait !== undefined) return refuse(tooMany(wait))

    // parse
    const body = await readRegistration(request)
    if (body instanceof OAuthError) return refuse(body)
    const claimed = claimedName(body) ?? UNREAD
    emit({ type: 'registration.received', client_name: claimed, address })

    // validate
    const metadata = parseClientMetadata(body, server)
    if (metadata instanceof OAuthError) return refuse(metadata, claimed)

    // decide
    const proposed = { metadata, ...registeredScope(body, metadata) }
    const judged = await judge(proposed, {
      address,
      ...(token?.scope !== undefined && { scope_limit: token.scope }),
    })
    if (judged instanceof OAuthError) return refuse(judged, claimed)
    const made = await newClient(judged, settings, at, random)
    const { client, issued } = withRegistrationToken(made.client, random)

    // persist
    const { client_id } = client
    const client_name = clientName(metadata)
    const outcome = await clients.register(
      client,
      { at, type: 'registration.accepted', address, client_id, detail: client_name },
      {
        ...(token && { registrationToken: token.key }),
        ...(unusedPerAddress !== undefined && {
          unusedPerAddress: { address: counted, max: unusedPerAddress },
        }),
      },
    )
    if (outcome === 'token_spent') return refuse(spentToken(), claimed)
    if (outcome === 'too_many_unused') return refuse(tooManyUnused(), claimed)
    const { redirect_uris } = metadata
    const { approval } = client
    emit({
      type: 'registration.accepted',
      client_id,
      client_name,
      redirect_uris,
      ...(approval && { approval }),
      address,
    })

    // respond
    const told = {
      ...made.issued,
      ...issued,
      registration_client_uri: `${settings.registrationEndpoint}/${client_id}`,
    }
    return answerJson(201, clientInformation(client, told))
  }
}

/** Who it was where the request was not read so far, or names nobody. */
const UNREAD = 'unnamed client'

/** Not 429: no waiting alone helps, somebody has to sign in or to delete one (RFC 7592 §2.3). */
function tooManyUnused(): OAuthError {
  return new OAuthError(
    'access_denied',
    'too many clients of this address wait for somebody to sign in with them: use or delete one of them, or come back when the oldest have expired',
    { reason: 'unused_clients_per_address is reached' },
  )
}

/** RFC 6585 §4; RFC 7591 §3: "These requests MAY be rate-limited". */
function tooMany(seconds: number): OAuthError {
  return new OAuthError(
    'temporarily_unavailable',
    `too many registrations: try again in ${seconds} seconds`,
    {
      reason: 'too many registrations',
      status: 429,
      headers: { 'retry-after': String(seconds) },
    },
  )
}
