import type { Connection } from './sqlite.ts'

/** Entries waiting in memory; under a flood the oldest go unwritten. */
const PENDING = 2000
/** Entries a step, and the milliseconds between two: some 2 ms of work, five times a second at the most. */
const STEP = 500
const PAUSE = 200

/** Writes that nobody waits for: they ride on the commit of whatever else is written, a moment later. */
export type LazyWrites<Entry> = {
  /** An entry with a key takes the place of an earlier one that has it and still waits. */
  add(entry: Entry, key?: string): void
  /** Writes all that waits. */
  close(): Promise<void>
}

/** `write` runs inside the transaction, `afterCommit` after it. Where the disk refuses, the step is lost. */
export function createLazyWrites<Entry>(
  connection: Connection,
  write: (entries: readonly Entry[]) => void,
  afterCommit?: (entries: readonly Entry[]) => void,
): LazyWrites<Entry> {
  const pending = new Map<string | number, Entry>()
  let count = 0
  let timer: NodeJS.Timeout | undefined

  async function step(): Promise<void> {
    timer = undefined
    const entries: Entry[] = []
    for (const [key, entry] of pending) {
      if (entries.length === STEP) break
      entries.push(entry)
      pending.delete(key)
    }
    try {
      await connection.write(
        () => write(entries),
        () => afterCommit?.(entries),
      )
    } catch {
      // Nobody waits for these, and the writes that somebody waits for tell of the same fault.
    }
    schedule()
  }

  function schedule(): void {
    if (timer || pending.size === 0) return
    timer = setTimeout(step, PAUSE)
    timer.unref()
  }

  return {
    add(entry, key) {
      if (pending.size >= PENDING) {
        for (const oldest of pending.keys()) {
          pending.delete(oldest)
          break
        }
      }
      pending.set(key ?? count++, entry)
      schedule()
    },
    async close() {
      while (pending.size > 0) {
        clearTimeout(timer)
        await step()
      }
      clearTimeout(timer)
    },
  }
}
