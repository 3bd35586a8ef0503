import type { DatabaseSync, StatementSync } from 'node:sqlite'

/**
 * A statement that writes. Writing words moves SQLite's last row id beyond JavaScript's whole numbers, which `run` would
 * fail to report.
 */
export function writing(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql)
  statement.setReadBigInts(true)
  return statement
}
