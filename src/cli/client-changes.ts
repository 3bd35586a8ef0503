import type { Client } from '../oauth/client.ts'
import { clientName } from '../oauth/client-name.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { JsonObject } from '../oauth/json.ts'
import { systemClock } from '../ops/clock.ts'
import type { Emit } from '../ops/events.ts'
import { OperatorFault } from '../ops/fault.ts'
import { safeText } from '../ops/log-text.ts'
import { systemRandom } from '../ops/random.ts'
import type { Settings } from '../ops/settings.ts'
import { becomesConfidential, type Credentials, type Issuance } from '../registration/credentials.ts'
import {
  editedClient,
  operatedClient,
  rotatedClient,
  type Workshop,
} from '../registration/operated-client.ts'
import type { Store } from '../store/ports.ts'
import { type MetadataOptions, metadataOf } from './client-metadata.ts'
import { type DataOptions, withStore } from './data.ts'
import { moment, show } from './output.ts'

/** By flags alone a client may refresh; a file says all of it, with RFC 7591's defaults for what it leaves out. */
const BY_FLAGS: JsonObject = { grant_types: ['authorization_code', 'refresh_token'] }

/** `corpusiq clients create`: a client that did not register itself. Its secret, if it has one, is shown once. */
export function createClient(options: MetadataOptions): Promise<OperatorFault | undefined> {
  return withStore(options, async (store, settings, tell) => {
    const body = metadataOf(options, BY_FLAGS)
    if (body instanceof OperatorFault) return body
    const workshop = workshopOf(settings)
    const made = await operatedClient(body, workshop)
    if (made instanceof OAuthError) return refused('No client was made', made)
    const { client_id, metadata } = made.client
    const audit = {
      at: workshop.now,
      type: 'registration.accepted',
      client_id,
      detail: 'by corpusiq clients create',
    }
    await store.clients.register(made.client, audit)
    tell({ type: 'registration.accepted', ...told(made.client) })
    showClient(options, made.client, made.issued, `Created ${client_id} (${safeText(clientName(metadata))}).`)
    return undefined
  })
}

/** `corpusiq clients edit`: other metadata, from a file whole, or the members that flags name. */
export function editClient(client_id: string, options: MetadataOptions): Promise<OperatorFault | undefined> {
  return withStore(options, (store, settings, tell) =>
    change(store, client_id, tell, async (before) => {
      const body = metadataOf(options, before.metadata as unknown as JsonObject)
      if (body instanceof OperatorFault) return body
      const edited = await editedClient(before, body, workshopOf(settings))
      if (edited instanceof OAuthError) return refused('The client stays as it is', edited)
      return {
        ...edited,
        detail: 'by corpusiq clients edit',
        done: (client) => showClient(options, client, edited.issued, `Changed ${client_id}.`),
      }
    }),
  )
}

/** `corpusiq clients rotate-secret`: a new secret, shown once; the old one goes on for the overlap of the settings. */
export function rotateSecret(client_id: string, options: DataOptions): Promise<OperatorFault | undefined> {
  return withStore(options, (store, settings, tell) =>
    change(store, client_id, tell, async (before) => {
      const rotated = await rotatedClient(before, workshopOf(settings))
      if (!rotated)
        return new OperatorFault(`${client_id} holds no secret: its token_endpoint_auth_method is none`)
      const { previous_secret_expires_at } = rotated.client
      const overlap =
        previous_secret_expires_at === undefined
          ? 'The one before had expired.'
          : `The one before is good until ${moment(previous_secret_expires_at)} (UTC).`
      return {
        ...rotated,
        detail: 'secret rotated by corpusiq clients rotate-secret',
        done: (client) =>
          showClient(options, client, rotated.issued, `${client_id} has a new secret. ${overlap}`),
      }
    }),
  )
}

type Change = Issuance & { readonly detail: string; done(client: Client): void }

/** Reads, changes and replaces; anew where another change came between. */
async function change(
  { clients }: Store,
  client_id: string,
  tell: Emit,
  make: (before: Client) => Promise<Change | OperatorFault>,
): Promise<OperatorFault | undefined> {
  for (;;) {
    const before = await clients.find(client_id)
    if (!before)
      return new OperatorFault(`There is no client ${safeText(client_id)}. See: corpusiq clients list`)
    if (before.source === 'declared') {
      return new OperatorFault(
        `${client_id} is declared in the clients file: change it there, and start the server again`,
      )
    }
    const changed = await make(before)
    if (changed instanceof OperatorFault) return changed
    const { client, detail } = changed
    const audit = { at: systemClock(), type: 'client.updated', client_id, detail }
    const forgetConsents = becomesConfidential(before, client)
    const outcome = await clients.replace(client, audit, { forgetConsents })
    if (outcome !== 'replaced') continue
    tell({ type: 'client.updated', ...told(client) })
    changed.done(client)
    return undefined
  }
}

function workshopOf(settings: Settings): Workshop {
  return { settings, now: systemClock(), random: systemRandom }
}

function told({ client_id, metadata }: Client) {
  return { client_id, client_name: clientName(metadata), redirect_uris: metadata.redirect_uris, address: '' }
}

function refused(what: string, { error, error_description }: OAuthError): OperatorFault {
  return new OperatorFault(`${what}: ${error_description} (${error})`)
}

function showClient(
  options: DataOptions,
  { client_id, client_secret_expires_at, previous_secret_expires_at, metadata }: Client,
  { client_secret }: Credentials,
  text: string,
): void {
  const value = {
    client_id,
    ...(client_secret !== undefined && { client_secret }),
    ...(client_secret_expires_at !== undefined && { client_secret_expires_at }),
    ...(previous_secret_expires_at !== undefined && { previous_secret_expires_at }),
    ...metadata,
  }
  show(options.json, value, () => {
    const lines = [text, `client_id      ${client_id}`]
    if (client_secret !== undefined) {
      const until = client_secret_expires_at
        ? `good until ${moment(client_secret_expires_at)} (UTC)`
        : 'without an end'
      lines.push(`client_secret  ${client_secret}`, `The secret is shown this once; ${until}.`)
    }
    return lines.join('\n')
  })
}
