import type { Connection } from '../drivers/sqlite.ts'

/** Seconds that a client is kept after it came to `/authorize`: with anybody, and with a person who was signed in. */
export const KEPT_SEEN = 3600
export const KEPT_SIGNED_IN = 86_400
/** Clients that one registration removes at most: after the bound was lowered they go in many steps. */
const STEP = 256

/**
 * Dynamic clients that nobody ever authorized, in the order in which they have to go: those that nobody came back
 * with, the oldest first; then those that came to `/authorize`, the longest ago first.
 */
export type UnusedClients = {
  /** For use inside a verb that is about to store one more: removes as many as the bound asks for; their ids. */
  makeRoom(): string[]
  /** For use inside a verb: those registered at or before `before`, then those beyond the bound; the ids that went. */
  sweep(query: { before: number; now: number; limit: number }): string[]
  /** For use inside a verb: it came to `/authorize`. */
  keep(client_id: string, until: number): void
  /** How many that address registered. */
  countOf(address: string): number
}

const UNUSED = 'authorized_at = 0 AND source IS NULL'

/** At most `max` exist. */
export function createUnusedClients(connection: Connection, max: number): UnusedClients {
  type Id = { client_id: string }
  const count = connection.get<{ all: number; kept: number }>(
    `SELECT count(*) AS "all", count(kept_until) AS kept FROM clients WHERE ${UNUSED}`,
  )
  const countOf = connection.get<{ count: number }>(
    'SELECT count(*) AS count FROM clients WHERE registered_from = ? AND authorized_at = 0',
  )
  // Rows are numbered in the order of registration.
  const oldest = connection.all<Id & { issued_at: number }>(
    `SELECT client_id, issued_at FROM clients WHERE ${UNUSED} AND kept_until IS NULL ORDER BY rowid LIMIT ?`,
  )
  const oldestKept = connection.all<Id>(
    `SELECT client_id FROM clients WHERE ${UNUSED} AND kept_until IS NOT NULL
      ORDER BY kept_until, rowid LIMIT ?`,
  )
  const letGo = connection.run(
    `UPDATE clients SET kept_until = NULL WHERE rowid IN
      (SELECT rowid FROM clients WHERE ${UNUSED} AND kept_until <= ? LIMIT ?)`,
  )
  const keep = connection.run(
    `UPDATE clients SET kept_until = ?1
      WHERE client_id = ?2 AND ${UNUSED} AND (kept_until IS NULL OR kept_until < ?1)`,
  )
  const remove = connection.run('DELETE FROM clients WHERE client_id = ?')

  /** Those kept take half of the room at most, so that a flood that comes back can't push out every newcomer. */
  const evict = (many: number, kept: number): string[] => {
    const fromKept = Math.min(many, Math.max(0, kept - (max >> 1)))
    const ids = [...oldestKept(fromKept), ...oldest(many - fromKept)]
    if (ids.length < many) {
      const known = new Set(ids.map(({ client_id }) => client_id))
      ids.push(...oldestKept(many).filter(({ client_id }) => !known.has(client_id)))
      ids.length = Math.min(ids.length, many)
    }
    for (const { client_id } of ids) remove(client_id)
    return ids.map(({ client_id }) => client_id)
  }

  /** Counting costs, so it is done once for many: whoever makes room makes some in advance. */
  const advance = Math.max(1, Math.floor(max / 100))
  let room = 0

  return {
    makeRoom() {
      if (room > 0) {
        room--
        return []
      }
      const { all, kept } = count() ?? { all: 0, kept: 0 }
      const excess = all + 1 - max
      if (excess <= 0) {
        room = Math.min(-excess, advance)
        return []
      }
      const gone = evict(Math.min(excess + advance - 1, STEP), kept)
      room = Math.max(0, gone.length - excess)
      return gone
    },
    sweep({ before, now, limit }) {
      letGo(now, limit)
      const gone = oldest(limit)
        .filter(({ issued_at }) => issued_at <= before)
        .map(({ client_id }) => client_id)
      for (const client_id of gone) remove(client_id)
      const { all, kept } = count() ?? { all: 0, kept: 0 }
      return [...gone, ...evict(Math.max(0, Math.min(all - max, limit - gone.length)), kept)]
    },
    keep: (client_id, until) => void keep(until, client_id),
    countOf: (address) => countOf(address)?.count ?? 0,
  }
}
