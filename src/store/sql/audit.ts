import { createLazyWrites } from '../drivers/lazy-writes.ts'
import type { Connection } from '../drivers/sqlite.ts'
import type { AuditRecord, AuditStore } from '../ports.ts'

/** Refused attempts kept; the oldest go. */
const REFUSALS_KEPT = 100_000
/** Accepted ones kept: at 130 bytes a row, a flood of registrations fills 130 MB and no more. */
const ACCEPTED_KEPT = 1_000_000
const DETAIL = 500
const NAME = 200

/** Writes an audit record; for use inside a verb. */
export type Record = (record: AuditRecord) => void

export type Audit = {
  readonly store: AuditStore
  readonly record: Record
  /** Removes what is beyond the bound, for use inside a verb; returns how many rows went. */
  sweep(limit: number): number
  /** Writes the refusals that wait. */
  close(): Promise<void>
}

type Row = {
  at: number
  type: string
  address: string | null
  client_id: string | null
  account_id: string | null
  detail: string | null
}

export function createAudit(connection: Connection, options: { refusalsKept?: number } = {}): Audit {
  const kept = options.refusalsKept ?? REFUSALS_KEPT
  const columns = 'at, type, address, client_id, account_id, detail'
  const insert = {
    accepted: connection.run(`INSERT INTO audit (${columns}) VALUES (?, ?, ?, ?, ?, ?)`),
    refused: connection.run(`INSERT INTO refusals (${columns}) VALUES (?, ?, ?, ?, ?, ?)`),
  }
  const trim = connection.run('DELETE FROM refusals WHERE id <= (SELECT max(id) FROM refusals) - ?')
  const trimAccepted = connection.run(
    `DELETE FROM audit WHERE id IN
      (SELECT id FROM audit WHERE id <= (SELECT max(id) FROM audit) - ? ORDER BY id LIMIT ?)`,
  )
  const newest = {
    accepted: connection.all<Row>(`SELECT ${columns} FROM audit ORDER BY id DESC LIMIT ?`),
    refused: connection.all<Row>(`SELECT ${columns} FROM refusals ORDER BY id DESC LIMIT ?`),
  }

  const write = (statement: typeof insert.accepted, record: AuditRecord) =>
    statement(
      record.at,
      bounded(record.type, NAME),
      bounded(record.address, NAME),
      bounded(record.client_id, NAME),
      bounded(record.account_id, NAME),
      bounded(record.detail, DETAIL),
    )
  const record: Record = (entry) => void write(insert.accepted, entry)

  const refusals = createLazyWrites<AuditRecord>(connection, (some) => {
    for (const refused of some) write(insert.refused, refused)
    trim(kept)
  })

  return {
    record,
    sweep: (limit) => trimAccepted(ACCEPTED_KEPT, limit),
    close: refusals.close,
    store: {
      refuse: (refused) => refusals.add(refused),
      append: (accepted) => connection.write(() => record(accepted)),
      page: ({ limit, refused }) =>
        connection.read(() => (refused ? newest.refused(limit) : newest.accepted(limit)).map(fromRow)),
    },
  }
}

/** The first `length` characters. */
export function bounded(text: string | undefined, length: number): string | undefined {
  return text !== undefined && text.length > length ? text.slice(0, length) : text
}

function fromRow(row: Row): AuditRecord {
  return {
    at: row.at,
    type: row.type,
    ...(row.address !== null && { address: row.address }),
    ...(row.client_id !== null && { client_id: row.client_id }),
    ...(row.account_id !== null && { account_id: row.account_id }),
    ...(row.detail !== null && { detail: row.detail }),
  }
}
