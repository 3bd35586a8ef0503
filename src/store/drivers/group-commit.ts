import type { DatabaseSync } from 'node:sqlite'
import { StoreUnavailable } from '../ports.ts'
import { isBusy, isUnavailable, named } from './faults.ts'

/** Verbs in one transaction at most: bounds how long one commit holds the event loop. */
const BATCH = 512
/** Milliseconds between two tries while another process writes. */
const PAUSE = 10

type Entry = {
  /** Runs inside the transaction; may run twice, so it changes nothing but the database. */
  run(): void
  /** After the commit is synced. */
  settle(): void
  reject(fault: unknown): void
}

export type GroupCommit = {
  /**
   * Queues `verb`, a synchronous function of the open transaction. All that is queued when the event loop next
   * comes round runs in one transaction, in order; promises are settled only after its commit is synced. A verb
   * that throws is rolled back and rejected alone; a commit that fails rejects all, and nothing of them stays.
   * A verb may run twice. `afterCommit` runs once, after the commit and before the promise is settled.
   */
  write<T>(verb: () => T, afterCommit?: (result: T) => void): Promise<T>
  /** Resolves when nothing is queued; later writes are rejected. */
  end(): Promise<void>
}

/** `patience`: milliseconds after which a write that another process keeps waiting is given up. */
export function createGroupCommit(database: DatabaseSync, patience: number): GroupCommit {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const savepoint = database.prepare('SAVEPOINT verb')
  const release = database.prepare('RELEASE verb')
  let queue: Entry[] = []
  let scheduled = false
  let busySince: number | undefined
  let ended: (() => void) | undefined
  let open = true

  function flush(): void {
    scheduled = false
    const batch = queue.length <= BATCH ? queue : queue.slice(0, BATCH)
    queue = queue.length <= BATCH ? [] : queue.slice(BATCH)
    try {
      runAll(batch)
    } catch (fault) {
      rollback()
      if (isBusy(fault) && mayRetry()) {
        queue = batch.concat(queue)
        schedule(PAUSE)
        return
      }
      for (const entry of batch) entry.reject(named(fault))
    }
    busySince = undefined
    if (queue.length > 0) schedule(0)
    else ended?.()
  }

  /** Hopefully: without savepoints, which cost. Only where a verb threw, once more and each in one of its own. */
  function runAll(batch: readonly Entry[]): void {
    if (database.isTransaction) rollback()
    begin.run()
    try {
      for (const entry of batch) entry.run()
    } catch (fault) {
      if (isUnavailable(fault)) throw fault
      rollback()
      runEach(batch)
      return
    }
    commit.run()
    for (const entry of batch) entry.settle()
  }

  function runEach(batch: readonly Entry[]): void {
    begin.run()
    const good: Entry[] = []
    const faults = new Map<Entry, unknown>()
    for (const entry of batch) {
      savepoint.run()
      try {
        entry.run()
        good.push(entry)
      } catch (fault) {
        if (isUnavailable(fault)) throw fault
        database.exec('ROLLBACK TO verb')
        faults.set(entry, fault)
      }
      release.run()
    }
    commit.run()
    for (const entry of good) entry.settle()
    for (const [entry, fault] of faults) entry.reject(fault)
  }

  function rollback(): void {
    try {
      if (database.isTransaction) database.exec('ROLLBACK')
    } catch {
      // The fault that led here is the one to tell; the next flush tries the rollback again.
    }
  }

  function mayRetry(): boolean {
    busySince ??= performance.now()
    return performance.now() - busySince < patience
  }

  function schedule(pause: number): void {
    if (scheduled) return
    scheduled = true
    if (pause === 0) setImmediate(flush)
    else setTimeout(flush, pause)
  }

  return {
    write<T>(verb: () => T, afterCommit?: (result: T) => void): Promise<T> {
      if (!open) return Promise.reject(new StoreUnavailable('the store is closed'))
      return new Promise<T>((resolve, reject) => {
        let result: T
        queue.push({
          run: () => {
            result = verb()
          },
          settle: () => {
            afterCommit?.(result)
            resolve(result)
          },
          reject,
        })
        schedule(0)
      })
    },
    end() {
      open = false
      if (queue.length === 0) return Promise.resolve()
      return new Promise((resolve) => {
        ended = resolve
      })
    },
  }
}
