import type { Client } from '../oauth/client.ts'
import { parseClientMetadata, registeredScope } from '../oauth/client-metadata.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { JsonObject } from '../oauth/json.ts'
import { hasEnded } from '../ops/client-secret.ts'
import type { Random } from '../ops/random.ts'
import type { Settings } from '../ops/settings.ts'
import { type Issuance, withoutSecret, withRotatedSecret, withSecret } from './credentials.ts'
import { newClient } from './new-client.ts'

/** What clients of the operator's hand are made by: the same table of metadata, and no policy, which is the operator's own. */
export type Workshop = {
  readonly settings: Pick<
    Settings,
    'resourceUrl' | 'clientSecretTtl' | 'clientSecretHash' | 'clientSecretOverlap'
  >
  readonly now: number
  readonly random: Random
}

/** A client that the operator registers. It gets no registration access token: the operator manages it. */
export async function operatedClient(
  body: JsonObject,
  { settings, now, random }: Workshop,
): Promise<Issuance | OAuthError> {
  const metadata = parseClientMetadata(body, { origin: settings.resourceUrl })
  if (metadata instanceof OAuthError) return metadata
  const registration = { metadata, ...registeredScope(body, metadata) }
  const { client, issued } = await newClient(registration, settings, now, random)
  return { client: { ...client, source: 'operator' }, issued }
}

/**
 * The client with other metadata. One that needs a secret and holds none that is good gets one, one that needs none
 * loses it; its registration access token stays.
 */
export async function editedClient(
  before: Client,
  body: JsonObject,
  { settings, now, random }: Workshop,
): Promise<Issuance | OAuthError> {
  const metadata = parseClientMetadata(body, { origin: settings.resourceUrl })
  if (metadata instanceof OAuthError) return metadata
  const { metadata: _, registered_scope, scope_limit, ...kept } = before
  const sameScope = metadata.scope === before.metadata.scope
  const client: Client = {
    ...kept,
    metadata,
    ...(sameScope
      ? {
          ...(registered_scope !== undefined && { registered_scope }),
          ...(scope_limit !== undefined && { scope_limit }),
        }
      : registeredScope(body, metadata)),
  }
  if (metadata.token_endpoint_auth_method === 'none') return { client: withoutSecret(client), issued: {} }
  const { client_secret_hash, client_secret_expires_at } = client
  if (client_secret_hash !== undefined && !hasEnded(client_secret_expires_at, now))
    return { client, issued: {} }
  return withSecret(client, settings, now, random)
}

/** The client with a new secret, the one before it good for the overlap of the settings; undefined where it holds none. */
export async function rotatedClient(
  client: Client,
  { settings, now, random }: Workshop,
): Promise<Issuance | undefined> {
  if (client.client_secret_hash === undefined) return undefined
  return withRotatedSecret(client, settings, now + settings.clientSecretOverlap, now, random)
}
