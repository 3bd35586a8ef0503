import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isBusy } from './drivers/faults.ts'

/**
 * Makes the data directory (0700) and in it an empty file that only its owner reads (0600 from its first moment),
 * where they are missing. An existing file keeps its content and loses what rights others had. Returns its path.
 */
export function privateFile(dataDir: string, name: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, name)
  try {
    // `x`: an existing database must not be opened and closed here. POSIX drops a process's locks on a file as soon
    // as the process closes any descriptor of it.
    closeSync(openSync(path, 'wx', 0o600))
  } catch (fault) {
    if (!(fault instanceof Error && 'code' in fault && fault.code === 'EEXIST')) throw fault
    if (statSync(path).mode & 0o077) chmodSync(path, 0o600)
  }
  return path
}

/** A hold on something that one process alone may have, until `release` or the end of the process, however it ends. */
export type Hold = { release(): void }

/**
 * A server's exclusive hold on its data directory, on a file of its own, so that CLI commands open the database beside
 * it. Undefined where another server holds it. Throws what the file system says where the directory can't be written.
 */
export function lockDataDir(dataDir: string): Hold | undefined {
  return lockFile(dataDir, 'server.lock', 0)
}

/**
 * The lock is the operating system's, on an empty file of that name in the data directory; undefined where another
 * holds it, and still does after `patience` milliseconds, for which this thread waits.
 */
export function lockFile(dataDir: string, name: string, patience: number): Hold | undefined {
  const lock = new DatabaseSync(privateFile(dataDir, name), { timeout: patience })
  try {
    // Nothing is ever written, so no journal has to lie on the disk.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (fault) {
    lock.close()
    if (isBusy(fault)) return undefined
    throw fault
  }
  held.add(lock)
  return {
    release() {
      held.delete(lock)
      lock.close()
    },
  }
}

/** A connection that nobody refers to is closed by the garbage collector, and its lock with it. */
const held = new Set<DatabaseSync>()
