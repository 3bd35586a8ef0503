import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { DataUnusable } from '../ports.ts'
import { isNoDatabase, named } from './faults.ts'
import { createGroupCommit } from './group-commit.ts'

/** A value for a `?`; undefined is stored as NULL. */
export type Value = SQLInputValue | undefined

/** One connection and the statements made on it. Statements are made once, when the store is, never in a verb. */
export type Connection = {
  /** A statement that changes rows: returns how many. */
  run(sql: string): (...values: Value[]) => number
  /** A query's first row. NULL is null. */
  get<Row>(sql: string): (...values: Value[]) => Row | undefined
  /** All rows of a query. */
  all<Row>(sql: string): (...values: Value[]) => Row[]
  /** Any statements, without values. */
  exec(sql: string): void
  /** Reads, outside of any transaction: what was committed by any process. */
  read<T>(query: () => T): Promise<T>
  /** Queues a verb for the next commit: see `GroupCommit.write`. */
  write<T>(verb: () => T, afterCommit?: (result: T) => void): Promise<T>
  /** Changes when another connection, of any process, has committed (`PRAGMA data_version`); not by our own commits. */
  dataVersion(): number
  close(): Promise<void>
}

/**
 * Opens the file at `path`. Throws `DataUnusable` where it is no database, `StoreUnavailable` where it can't be reached.
 *
 * - WAL with `synchronous=FULL`: readers never wait for a writer, and a commit is synced before it returns.
 * - The checkpoint stays SQLite's own, every 1000 pages (4 MB): few enough that it takes a few milliseconds, and the
 *   log stays small beside the data. `journal_size_limit` cuts it back after a burst.
 * - `timeout`: how long SQLite itself may hold the event loop for another process's lock. Writes then wait without
 *   holding it, `patience` milliseconds at the most (`GroupCommit`).
 */
export function connect(path: string, options: { patience?: number } = {}): Connection {
  const database = new DatabaseSync(path, { timeout: 20, enableForeignKeyConstraints: false })
  try {
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000;' +
        'PRAGMA journal_size_limit = 8388608; PRAGMA trusted_schema = OFF;' +
        'PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON',
    )
  } catch (fault) {
    database.close()
    if (!isNoDatabase(fault)) throw named(fault)
    throw new DataUnusable(
      `${path} is not a database: move it away or name another directory, e.g. --data-dir ./other`,
    )
  }
  const group = createGroupCommit(database, options.patience ?? 5000)
  const version = database.prepare('PRAGMA data_version')
  version.setReturnArrays(true)
  /** Asked once for all that runs before Node turns to the next event: asking takes a lock, and nothing comes between. */
  let latest: number | undefined
  const ask = () => {
    latest = undefined
  }
  const nullable = (values: Value[]): SQLInputValue[] => {
    for (let index = 0; index < values.length; index++) values[index] ??= null
    return values as SQLInputValue[]
  }

  return {
    run(sql) {
      const statement = database.prepare(sql)
      return (...values) => Number(statement.run(...nullable(values)).changes)
    },
    get<Row>(sql: string) {
      const statement = database.prepare(sql)
      return (...values: Value[]) => statement.get(...nullable(values)) as Row | undefined
    },
    all<Row>(sql: string) {
      const statement = database.prepare(sql)
      return (...values: Value[]) => statement.all(...nullable(values)) as Row[]
    },
    exec: (sql) => database.exec(sql),
    async read(query) {
      try {
        return query()
      } catch (fault) {
        throw named(fault)
      }
    },
    write: group.write,
    dataVersion() {
      if (latest === undefined) {
        const row: unknown = version.get()
        latest = Array.isArray(row) ? Number(row[0]) : Number.NaN
        process.nextTick(ask)
      }
      return latest
    },
    async close() {
      await group.end()
      database.close()
    },
  }
}
