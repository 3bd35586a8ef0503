import type { Connection } from '../drivers/sqlite.ts'
import { DataUnusable } from '../ports.ts'
import { start } from './0001-start.ts'
import { lifeCycle } from './0002-life-cycle.ts'
import { scopeLimit } from './0003-scope-limit.ts'

/** In order; the number of those applied is the schema's version. A published one never changes. */
const MIGRATIONS: readonly string[] = [start, lifeCycle, scopeLimit]

/** Brings the schema up to date in one transaction, so that a start cut short leaves the old one whole. Throws `DataUnusable`. */
export async function migrate(connection: Connection): Promise<void> {
  const version = connection.get<{ user_version: number }>('PRAGMA user_version')
  const current = () => version()?.user_version ?? 0
  if (current() > MIGRATIONS.length) {
    throw new DataUnusable(
      `The data directory was written by a newer CorpusIQ (schema ${current()}, this one knows ${MIGRATIONS.length}): ` +
        'install that version or name another directory, e.g. --data-dir ./other',
    )
  }
  if (current() === MIGRATIONS.length) return
  await connection.write(() => {
    // Asked again: another process may have started at the same time.
    const now = current()
    if (now >= MIGRATIONS.length) return
    for (const sql of MIGRATIONS.slice(now)) connection.exec(sql)
    connection.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
  })
}
