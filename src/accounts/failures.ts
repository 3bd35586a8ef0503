import type { Clock } from '../ops/clock.ts'

/** So many failures cost nothing: people mistype. */
const FREE = 5
/** Seconds to wait after the first failure beyond; doubled by each further one, up to the longest wait. */
const FIRST_WAIT = 5
const LONGEST_WAIT = 15 * 60
/** After so many seconds without a failure, all is forgotten. */
const MEMORY = 60 * 60
/** So many keys are remembered; the ones that failed longest ago go first. */
const CAPACITY = 10_000

/** Failures by key (an address, an account), in memory and bounded. Times are whole seconds. */
export type Failures = {
  /** Seconds until `key` may try again; 0: now. */
  wait(key: string): number
  /** Whether `key` failed lately at all. */
  has(key: string): boolean
  add(key: string): void
  forget(key: string): void
}

export function createFailures(now: Clock): Failures {
  const entries = new Map<string, { count: number; last: number }>()
  const find = (key: string) => {
    const entry = entries.get(key)
    if (entry && now() - entry.last >= MEMORY) {
      entries.delete(key)
      return undefined
    }
    return entry
  }
  return {
    wait(key) {
      const entry = find(key)
      if (!entry || entry.count < FREE) return 0
      const penalty = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (entry.count - FREE))
      return Math.max(0, entry.last + penalty - now())
    },
    has: (key) => find(key) !== undefined,
    add(key) {
      const count = (find(key)?.count ?? 0) + 1
      entries.delete(key)
      entries.set(key, { count, last: now() })
      if (entries.size > CAPACITY) entries.delete(entries.keys().next().value ?? '')
    },
    forget: (key) => void entries.delete(key),
  }
}
