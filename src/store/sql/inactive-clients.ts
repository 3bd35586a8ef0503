import type { Connection } from '../drivers/sqlite.ts'

/** Dynamic clients that were authorized once and that nobody uses any more, found on a walk through all clients. */
export type InactiveClients = {
  /** For use inside a verb: of the next `limit` clients those not used since `before` and without a grant. */
  next(before: number, limit: number): string[]
}

export function createInactiveClients(connection: Connection): InactiveClients {
  const from = connection.all<{ id: number; client_id: string; last: number; inactive: number }>(
    `SELECT rowid AS id, client_id, max(authorized_at, coalesce(last_used_at, 0)) AS last,
        authorized_at > 0 AND source IS NULL AND approval IS NULL AS inactive
      FROM clients WHERE rowid > ? ORDER BY rowid LIMIT ?`,
  )
  const hasGrant = connection.get<{ grant_id: string }>(
    'SELECT grant_id FROM grants WHERE client_id = ? LIMIT 1',
  )
  /** Where the walk stands. A verb that runs twice leaves some for the next round. */
  let looked = 0

  return {
    next(before, limit) {
      const rows = from(looked, limit)
      looked = rows.length < limit ? 0 : (rows.at(-1)?.id ?? 0)
      return rows
        .filter(({ client_id, last, inactive }) => inactive && last <= before && !hasGrant(client_id))
        .map(({ client_id }) => client_id)
    },
  }
}
