import { StoreUnavailable } from '../ports.ts'

const BUSY = 5
const LOCKED = 6

/** SQLite's primary result codes that blame the surroundings, not the statement (https://www.sqlite.org/rescode.html). */
const SURROUNDINGS = new Map([
  [BUSY, 'the database is busy'],
  [LOCKED, 'the database is locked'],
  [7, 'out of memory'],
  [8, 'the database is read-only'],
  [10, 'the disk failed to read or write'],
  [13, 'the disk is full'],
  [14, 'the database file cannot be opened'],
  [15, 'the database lock protocol failed'],
])

/** Another connection holds the lock: worth another try. */
export function isBusy(fault: unknown): boolean {
  const code = resultCode(fault instanceof StoreUnavailable ? fault.cause : fault)
  return code === BUSY || code === LOCKED
}

/** Whether the surroundings are at fault, so that the whole transaction is. */
export function isUnavailable(fault: unknown): boolean {
  return fault instanceof StoreUnavailable || SURROUNDINGS.has(resultCode(fault))
}

/** `StoreUnavailable` for a fault of the surroundings; every other fault as it is. */
export function named(fault: unknown): unknown {
  const description = SURROUNDINGS.get(resultCode(fault))
  return description === undefined ? fault : new StoreUnavailable(description, { cause: fault })
}

/** The file is something else than a database. */
export function isNoDatabase(fault: unknown): boolean {
  return resultCode(fault) === 26
}

/** The low byte of SQLite's extended result code; 0 for what SQLite didn't throw. */
function resultCode(fault: unknown): number {
  return fault instanceof Error && 'errcode' in fault && typeof fault.errcode === 'number'
    ? fault.errcode & 0xff
    : 0
}
