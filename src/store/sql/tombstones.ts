import type { Client, RemovalCause, Tombstone } from '../../oauth/client.ts'
import type { Connection } from '../drivers/sqlite.ts'

/** Tombstones kept, the newest: only what a person once authorized leaves one, so this is a bound in name alone. */
const KEPT = 10_000

type Row = { removed_at: number; cause: RemovalCause; held_secret: number; client: string }

export type Tombstones = {
  find(client_id: string): Tombstone | undefined
  /** For use inside a verb: what is left of the client. */
  lay(client: Client, removed_at: number, cause: RemovalCause): void
  /** For use inside a verb. */
  lift(client_id: string): void
}

export function createTombstones(connection: Connection): Tombstones {
  const find = connection.get<Row>(
    'SELECT removed_at, cause, held_secret, client FROM tombstones WHERE client_id = ?',
  )
  const lay = connection.run(
    'INSERT OR REPLACE INTO tombstones (client_id, removed_at, cause, held_secret, client) VALUES (?, ?, ?, ?, ?)',
  )
  const trim = connection.run('DELETE FROM tombstones WHERE id <= (SELECT max(id) FROM tombstones) - ?')
  const lift = connection.run('DELETE FROM tombstones WHERE client_id = ?')

  return {
    find(client_id) {
      const row = find(client_id)
      if (!row) return undefined
      const { removed_at, cause, held_secret, client } = row
      return { client: JSON.parse(client) as Client, removed_at, cause, held_secret: held_secret === 1 }
    },
    lay(client, removed_at, cause) {
      const { client_secret_hash } = client
      const held_secret = client_secret_hash === undefined ? 0 : 1
      lay(client.client_id, removed_at, cause, held_secret, JSON.stringify(withoutCredentials(client)))
      trim(KEPT)
    },
    lift: (client_id) => void lift(client_id),
  }
}

/** Nothing that could prove anything, nor what only lived with it. */
function withoutCredentials({
  client_secret_hash,
  client_secret_expires_at,
  registration_token_hash,
  previous_registration_token_hash,
  previous_secret_hash,
  previous_secret_expires_at,
  approval,
  ...client
}: Client): Client {
  return client
}
