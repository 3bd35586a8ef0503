import type { Client } from '../../oauth/client.ts'
import type { ClientMetadata } from '../../oauth/client-metadata.ts'
import type { Connection, Value } from '../drivers/sqlite.ts'

/** A client's row in the table, in both directions. */
export type ClientRow = {
  client_id: string
  issued_at: number
  secret_hash: string | null
  secret_expires_at: number | null
  registered_scope: string | null
  authorized_at: number
  metadata: string
  revision: number
  registration_token_hash: Uint8Array | null
  last_used_at: number | null
  source: 'operator' | 'declared' | null
  approval: 'pending' | null
  previous_registration_token_hash: Uint8Array | null
  previous_secret_hash: string | null
  previous_secret_expires_at: number | null
  scope_limit: string | null
}

/** What a replacement leaves as it is. */
const KEPT = ['client_id', 'issued_at', 'authorized_at', 'last_used_at', 'source'] as const
/** What a replacement writes. */
const REPLACED = [
  'secret_hash',
  'secret_expires_at',
  'registered_scope',
  'metadata',
  'registration_token_hash',
  'approval',
  'previous_registration_token_hash',
  'previous_secret_hash',
  'previous_secret_expires_at',
  'scope_limit',
] as const

export const CLIENT_COLUMNS = [...KEPT, ...REPLACED, 'revision'].join(', ')

/** For use inside a verb: stores the client as it is; `registered_from` is an address that its unused ones count for. */
export function insertClient(
  connection: Connection,
): (client: Client, registered_from: string | undefined) => void {
  const places = Array(KEPT.length + REPLACED.length + 2).fill('?')
  const insert = connection.run(
    `INSERT INTO clients (${CLIENT_COLUMNS}, registered_from) VALUES (${places.join(', ')})`,
  )
  return (client, registered_from) =>
    void insert(
      client.client_id,
      client.client_id_issued_at,
      client.authorized_at ?? 0,
      client.last_used_at,
      client.source === 'dynamic' ? undefined : client.source,
      ...replaced(client),
      client.revision ?? 0,
      registered_from,
    )
}

/** For use inside a verb: false where no client of that id has that revision. */
export function replaceClient(connection: Connection): (client: Client) => boolean {
  const update = connection.run(
    `UPDATE clients SET ${REPLACED.map((column) => `${column} = ?`).join(', ')}, revision = revision + 1
      WHERE client_id = ? AND revision = ?`,
  )
  return (client) => update(...replaced(client), client.client_id, client.revision ?? 0) === 1
}

/** In the order of `REPLACED`. */
function replaced(client: Client): Value[] {
  return [
    client.client_secret_hash,
    client.client_secret_expires_at,
    client.registered_scope,
    JSON.stringify(client.metadata),
    blob(client.registration_token_hash),
    client.approval,
    blob(client.previous_registration_token_hash),
    client.previous_secret_hash,
    client.previous_secret_expires_at,
    client.scope_limit,
  ]
}

export function toClient(row: ClientRow): Client {
  const {
    secret_hash,
    secret_expires_at,
    registered_scope,
    source,
    approval,
    registration_token_hash,
    previous_registration_token_hash,
    previous_secret_hash,
    previous_secret_expires_at,
    scope_limit,
    authorized_at,
    last_used_at,
    revision,
  } = row
  return {
    client_id: row.client_id,
    client_id_issued_at: row.issued_at,
    ...(secret_hash !== null && { client_secret_hash: secret_hash }),
    ...(secret_expires_at !== null && { client_secret_expires_at: secret_expires_at }),
    ...(registered_scope !== null && { registered_scope }),
    ...(scope_limit !== null && { scope_limit }),
    metadata: JSON.parse(row.metadata) as ClientMetadata,
    ...(source !== null && { source }),
    ...(approval !== null && { approval }),
    ...(registration_token_hash !== null && { registration_token_hash: text(registration_token_hash) }),
    ...(previous_registration_token_hash !== null && {
      previous_registration_token_hash: text(previous_registration_token_hash),
    }),
    ...(previous_secret_hash !== null && { previous_secret_hash }),
    ...(previous_secret_expires_at !== null && { previous_secret_expires_at }),
    ...(authorized_at !== 0 && { authorized_at }),
    ...(last_used_at !== null && { last_used_at }),
    ...(revision !== 0 && { revision }),
  }
}

/** A hash takes 32 bytes as it is, 43 as text. */
export function blob(hash: string | undefined): Buffer | undefined {
  return hash === undefined ? undefined : Buffer.from(hash, 'base64url')
}

function text(hash: Uint8Array): string {
  return Buffer.from(hash).toString('base64url')
}
