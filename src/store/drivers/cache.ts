import type { Connection } from './sqlite.ts'

/**
 * Rows kept in memory, at most `limit` (the one kept longest goes first), and never older than the last commit of
 * any process: each look asks whether another process has committed, and then forgets all. Our own commits tell it
 * what they changed, after they are synced.
 */
export type Cache<Value> = {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
  clear(): void
}

export function createCache<Value>(connection: Connection, limit: number): Cache<Value> {
  const entries = new Map<string, Value>()
  let seen = connection.dataVersion()
  return {
    get(key) {
      const version = connection.dataVersion()
      if (version !== seen) {
        seen = version
        entries.clear()
      }
      return entries.get(key)
    },
    set(key, value) {
      if (entries.size >= limit && !entries.has(key)) {
        for (const oldest of entries.keys()) {
          entries.delete(oldest)
          break
        }
      }
      entries.set(key, value)
    },
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
  }
}
