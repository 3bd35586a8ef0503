import type { Client } from '../../oauth/client.ts'
import type { ClientMetadata } from '../../oauth/client-metadata.ts'
import { createCache } from '../drivers/cache.ts'
import type { Connection } from '../drivers/sqlite.ts'
import type { ClientStore } from '../ports.ts'
import type { Record } from './audit.ts'

const CACHED = 1000

type Row = {
  client_id: string
  issued_at: number
  secret_hash: string | null
  secret_expires_at: number | null
  registered_scope: string | null
  metadata: string
}

/** `grantsEnded`: told after a commit that ended grants of any client. */
export function createClients(connection: Connection, record: Record, grantsEnded: () => void): ClientStore {
  const columns = 'client_id, issued_at, secret_hash, secret_expires_at, registered_scope, metadata'
  const insert = connection.run(`INSERT INTO clients (${columns}) VALUES (?, ?, ?, ?, ?, ?)`)
  const find = connection.get<Row>(`SELECT ${columns} FROM clients WHERE client_id = ?`)
  const page = connection.all<Row>(
    `SELECT ${columns} FROM clients WHERE client_id > ? ORDER BY client_id LIMIT ?`,
  )
  const count = connection.get<{ count: number }>('SELECT count(*) AS count FROM clients')
  const unused = connection.all<{ client_id: string }>(
    'SELECT client_id FROM clients WHERE used = 0 ORDER BY rowid LIMIT ?',
  )
  const remove = connection.run('DELETE FROM clients WHERE client_id = ?')
  const removeConsents = connection.run('DELETE FROM consents WHERE client_id = ?')
  const removeGrants = connection.run('DELETE FROM grants WHERE client_id = ?')
  const cache = createCache<Client>(connection, CACHED)

  return {
    register: (client, audit) =>
      connection.write(() => {
        insert(
          client.client_id,
          client.client_id_issued_at,
          client.client_secret_hash,
          client.client_secret_expires_at,
          client.registered_scope,
          JSON.stringify(client.metadata),
        )
        record(audit)
      }),

    find: (client_id) =>
      connection.read(() => {
        const cached = cache.get(client_id)
        if (cached) return cached
        const row = find(client_id)
        if (!row) return undefined
        const client = fromRow(row)
        cache.set(client_id, client)
        return client
      }),

    remove: (client_id, audit) =>
      connection.write(
        () => {
          if (remove(client_id) === 0) return false
          // Codes and refresh tokens die with the client's and the grants' rows, which every use of them asks for.
          removeConsents(client_id)
          removeGrants(client_id)
          record(audit)
          return true
        },
        (removed) => {
          if (!removed) return
          cache.delete(client_id)
          grantsEnded()
        },
      ),

    page: ({ after = '', limit }) => connection.read(() => page(after, limit).map(fromRow)),

    count: () => connection.read(() => count()?.count ?? 0),

    removeUnused: ({ keep, limit }) =>
      connection
        .write(
          () => {
            const excess = Math.min((count()?.count ?? 0) - keep, limit)
            if (excess <= 0) return []
            const gone = unused(excess)
            for (const { client_id } of gone) remove(client_id)
            return gone
          },
          (gone) => {
            for (const { client_id } of gone) cache.delete(client_id)
          },
        )
        .then((gone) => gone.length),
  }
}

function fromRow(row: Row): Client {
  return {
    client_id: row.client_id,
    client_id_issued_at: row.issued_at,
    ...(row.secret_hash !== null && { client_secret_hash: row.secret_hash }),
    ...(row.secret_expires_at !== null && { client_secret_expires_at: row.secret_expires_at }),
    ...(row.registered_scope !== null && { registered_scope: row.registered_scope }),
    metadata: JSON.parse(row.metadata) as ClientMetadata,
  }
}
