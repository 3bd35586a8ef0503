import { createLazyWrites } from '../drivers/lazy-writes.ts'
import type { Connection } from '../drivers/sqlite.ts'
import type { JournalEntry, JournalStore } from '../ports.ts'
import { bounded } from './audit.ts'

/** Entries kept; the oldest go. */
const KEPT = 20_000
const TEXT = 500
const NAME = 200

type Row = { id: number } & { [Member in keyof JournalEntry]-?: JournalEntry[Member] | null } & {
  at: number
  type: string
}

export type Journal = {
  readonly store: JournalStore
  /** Writes the entries that wait. */
  close(): Promise<void>
}

export function createJournal(connection: Connection, kept = KEPT): Journal {
  const columns = 'at, type, address, client_id, client_name, detail, cause'
  const insert = connection.run(`INSERT INTO journal (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`)
  const trim = connection.run('DELETE FROM journal WHERE id <= (SELECT max(id) FROM journal) - ?')
  const since = connection.all<Row>(
    `SELECT id, ${columns} FROM journal WHERE id > ?1 AND (?2 IS NULL OR client_id = ?2) ORDER BY id LIMIT ?3`,
  )
  const last = connection.all<Row>(
    `SELECT id, ${columns} FROM journal WHERE ?1 IS NULL OR client_id = ?1 ORDER BY id DESC LIMIT ?2`,
  )
  const entries = createLazyWrites<JournalEntry>(connection, (some) => {
    for (const { at, type, address, client_id, client_name, detail, cause } of some)
      insert(
        at,
        bounded(type, NAME),
        bounded(address, NAME),
        bounded(client_id, NAME),
        bounded(client_name, NAME),
        bounded(detail, TEXT),
        bounded(cause, TEXT),
      )
    trim(kept)
  })

  return {
    close: entries.close,
    store: {
      append: (entry) => entries.add(entry),
      page: ({ after, limit, client_id }) =>
        connection.read(() =>
          (after === undefined ? last(client_id, limit).reverse() : since(after, client_id, limit)).map(
            fromRow,
          ),
        ),
    },
  }
}

function fromRow({ id, at, type, address, client_id, client_name, detail, cause }: Row) {
  return {
    id,
    at,
    type,
    ...(address !== null && { address }),
    ...(client_id !== null && { client_id }),
    ...(client_name !== null && { client_name }),
    ...(detail !== null && { detail }),
    ...(cause !== null && { cause }),
  }
}
