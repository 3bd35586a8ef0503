import { messageOf } from '../ops/fault.ts'
import { isDamaged } from './sqlite.ts'

export const DAMAGED = 'the index is damaged and is made anew'

/** Milliseconds between two times that an index is made anew: a disk that fails is not written to all the time. */
const PAUSE = 60_000

export type Mending<Threads> = {
  /** Those that run now; while the index is made anew, once it is. */
  threads(): Promise<Threads>
  /** Whether the index is being made anew. */
  isUnderWay(): boolean
  close(): Promise<void>
}

/**
 * Threads that work on an index which holds nothing that cannot be made again. Where one of them fails since the index
 * is damaged, all are ended, the index is made anew, and they are started again, so that damage is neither served nor
 * run into again and again.
 */
export function startMending<Threads>(options: {
  /** Starts the threads; `failed` is to be told why one failed. */
  start: (failed: (fault: unknown) => void) => Threads
  end: (threads: Threads) => Promise<unknown>
  /** No thread has the index open while this runs. */
  makeAnew: () => void
  tell: (reason: string) => void
  elapsed: () => number
}): Mending<Threads> {
  const { start, end, makeAnew, tell, elapsed } = options
  let threads = start(failed)
  let mending: Promise<void> | undefined
  let mendedAt = Number.NEGATIVE_INFINITY
  let isWhole = true
  let isClosed = false

  function failed(fault: unknown): void {
    if (isClosed || mending || elapsed() - mendedAt < PAUSE) return
    if (isDamaged(fault) || !isWhole) mending = mend()
  }

  async function mend(): Promise<void> {
    tell(DAMAGED)
    await end(threads)
    mendedAt = elapsed()
    try {
      makeAnew()
      isWhole = true
    } catch (fault) {
      isWhole = false
      tell(`the index could not be made anew: ${messageOf(fault)}`)
    }
    threads = start(failed)
    mending = undefined
  }

  return {
    async threads() {
      await mending
      return threads
    },
    isUnderWay: () => mending !== undefined,
    async close() {
      isClosed = true
      await mending
      await end(threads)
    },
  }
}
