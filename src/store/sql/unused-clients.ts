import type { Connection } from '../drivers/sqlite.ts'

/** Seconds that a client is kept after it came to `/authorize`: with anybody, and with a person who was signed in. */
export const KEPT_SEEN = 3600
export const KEPT_SIGNED_IN = 86_400
/** Clients that one registration removes at most: after the bound was lowered they go in many steps. */
const STEP = 256
/** Registrations after which is counted anew: what another process did is not told here. */
const TRUST = 1000

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
  /** A client was removed, let in or brought otherwise: the next look counts. */
  changed(): void
}

const UNUSED = 'authorized_at = 0 AND source IS NULL'

/**
 * At most `max` exist. Counting them takes a millisecond, so the number is remembered and followed; what is missed
 * (a removal by another process, a commit that failed) is made good at the next count.
 */
export function createUnusedClients(connection: Connection, max: number): UnusedClients {
  type Id = { client_id: string }
  const countAll = connection.get<{ count: number }>(`SELECT count(*) AS count FROM clients WHERE ${UNUSED}`)
  const countKept = connection.get<{ count: number }>(
    `SELECT count(*) AS count FROM clients WHERE ${UNUSED} AND kept_until IS NOT NULL`,
  )
  const countOf = connection.get<{ count: number }>(
    'SELECT count(*) AS count FROM clients WHERE registered_from = ? AND authorized_at = 0',
  )
  // Rows are numbered in the order of registration.
  const removeFirst = (which: string, order: string) =>
    connection.all<Id>(
      `DELETE FROM clients WHERE rowid IN
        (SELECT rowid FROM clients WHERE ${UNUSED} AND ${which} ORDER BY ${order} LIMIT ?) RETURNING client_id`,
    )
  const removeOldest = removeFirst('kept_until IS NULL', 'rowid')
  const removeOldestKept = removeFirst('kept_until IS NOT NULL', 'kept_until, rowid')
  const oldest = connection.all<{ issued_at: number }>(
    `SELECT issued_at FROM clients WHERE ${UNUSED} AND kept_until IS NULL ORDER BY rowid LIMIT ?`,
  )
  const letGo = connection.run(
    `UPDATE clients SET kept_until = NULL WHERE rowid IN
      (SELECT rowid FROM clients WHERE ${UNUSED} AND kept_until <= ? LIMIT ?)`,
  )
  const keep = connection.run(
    `UPDATE clients SET kept_until = ?1
      WHERE client_id = ?2 AND ${UNUSED} AND (kept_until IS NULL OR kept_until < ?1)`,
  )

  /** Many at once cost a tenth of as many one by one, so room is made for a hundredth in advance. */
  const advance = Math.max(1, Math.floor(max / 100))
  let all: number | undefined
  let kept: number | undefined
  let trusted = 0

  /** Those kept take half of the room at most, so that a flood that comes back can't push out every newcomer. */
  const evict = (many: number): string[] => {
    kept ??= countKept()?.count ?? 0
    const gone = removeOldestKept(Math.min(many, Math.max(0, kept - (max >> 1))))
    const ofKept = gone.length
    gone.push(...removeOldest(many - gone.length))
    kept -= ofKept
    if (gone.length < many) {
      gone.push(...removeOldestKept(many - gone.length))
      kept = undefined
    }
    return gone.map(({ client_id }) => client_id)
  }

  return {
    makeRoom() {
      if (all === undefined || trusted-- === 0) {
        all = countAll()?.count ?? 0
        trusted = TRUST
      }
      const excess = all + 1 - max
      const gone = excess > 0 ? evict(Math.min(excess + advance - 1, STEP)) : []
      all += 1 - gone.length
      return gone
    },
    sweep({ before, now, limit }) {
      letGo(now, limit)
      const over = oldest(limit).filter(({ issued_at }) => issued_at <= before).length
      const gone = removeOldest(over).map(({ client_id }) => client_id)
      const excess = (countAll()?.count ?? 0) - max
      kept = undefined
      if (excess > 0) gone.push(...evict(Math.min(excess, limit - gone.length)))
      all = undefined
      return gone
    },
    keep(client_id, until) {
      kept = undefined
      keep(until, client_id)
    },
    countOf: (address) => countOf(address)?.count ?? 0,
    changed() {
      all = undefined
      kept = undefined
    },
  }
}
