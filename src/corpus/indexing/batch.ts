import type { Catalogue } from '../index/catalogue.ts'
import type { Stamp } from '../sources/stamp.ts'

/** What one transaction holds at most: short enough that searches see new files soon. `age` in milliseconds. */
const FULL = { files: 2000, bytes: 8 * 1024 * 1024, age: 500 }

export type Batch = {
  /** `next` is what will be known of the file once `write` is committed; undefined: nothing. */
  add(path: string, next: Stamp | undefined, bytes: number, write: () => void): void
  /** Whether it is time to commit: it holds enough, or has held something for long enough. */
  isDue(): boolean
  /** Writes all that was added in one transaction. Where that fails all of it is dropped: the next scan finds it. */
  commit(): void
  /** Files written since the beginning. */
  written(): number
}

/** Changes that go into the index together; `known` learns of them once they are in. */
export function createBatch(catalogue: Pick<Catalogue, 'commit'>, known: () => Map<string, Stamp>): Batch {
  let changes: { path: string; next: Stamp | undefined; write: () => void }[] = []
  let bytes = 0
  let began = 0
  let written = 0
  return {
    add(path, next, size, write) {
      if (changes.length === 0) began = performance.now()
      changes.push({ path, next, write })
      bytes += size
    },
    isDue: () =>
      changes.length > 0 &&
      (changes.length >= FULL.files || bytes >= FULL.bytes || performance.now() - began >= FULL.age),
    commit() {
      if (changes.length === 0) return
      const all = changes
      changes = []
      bytes = 0
      catalogue.commit(() => {
        for (const { write } of all) write()
      })
      for (const { path, next } of all) {
        if (next !== undefined) known().set(path, next)
        else known().delete(path)
      }
      written += all.length
    },
    written: () => written,
  }
}
