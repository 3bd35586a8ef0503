import { setTimeout as pause } from 'node:timers/promises'
import { privateFile } from './data-directory.ts'
import { isBusy } from './drivers/faults.ts'
import { type Connection, connect } from './drivers/sqlite.ts'
import { migrate } from './migrations/migrate.ts'
import type { Store } from './ports.ts'
import { createStore, type StoreOptions } from './sql/store.ts'

/** The database's file in the data directory. */
export const DATABASE = 'corpusiq.db'

/**
 * Opens the store in `dataDir`, which is made (0700, its files 0600) where it is missing, and brings its schema up to
 * date. Any number of processes may have it open. Throws `DataUnusable`, `StoreUnavailable`, or what the file system
 * says.
 */
export async function openStore({ dataDir, ...options }: { dataDir: string } & StoreOptions): Promise<Store> {
  const connection = await connectPatiently(privateFile(dataDir, DATABASE))
  try {
    await migrate(connection)
    return createStore(connection, options)
  } catch (fault) {
    await connection.close()
    throw fault
  }
}

/** Another process that opens or closes the same file holds it for a moment. */
async function connectPatiently(path: string): Promise<Connection> {
  for (let attempt = 1; ; attempt++) {
    try {
      return connect(path)
    } catch (fault) {
      if (attempt === 50 || !isBusy(fault)) throw fault
      await pause(50)
    }
  }
}
