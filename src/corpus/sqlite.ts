import { chmodSync, closeSync, openSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'

/** Runs `work` in one transaction: all of it is written, or nothing. */
export function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('begin immediate')
  try {
    work()
    database.exec('commit')
  } catch (fault) {
    if (database.isTransaction) database.exec('rollback')
    throw fault
  }
}

/** What SQLite says of a file that is broken, no database at all, or shorter than it says itself. */
const DAMAGED: ReadonlySet<number> = new Set([11, 26])
const SHORT_READ = 522

/**
 * Whether the fault says that a file is damaged. SQLite's more exact codes hold the plain one in their lowest byte; they
 * come along where a fault passes from one thread to another.
 */
export function isDamaged(fault: unknown): boolean {
  if (!(fault instanceof Error && 'errcode' in fault && typeof fault.errcode === 'number')) return false
  return DAMAGED.has(fault.errcode & 0xff) || fault.errcode === SHORT_READ
}

/** Makes a database's file where it is missing, readable by the owner alone: its -wal and -shm get the same mode. */
export function makePrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
}

/** Removes a database with all that SQLite keeps beside it. */
export function removeDatabase(file: string): void {
  for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(file + ending, { force: true })
}

/** The version that the file's maker gave it; 0 where none did. */
export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('pragma user_version').get()?.user_version)
}
