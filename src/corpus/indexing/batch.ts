import type { Catalogue, Known } from '../index/catalogue.ts'

/** What one transaction holds at most: short enough that searches see new files soon. */
const FULL = { files: 200, bytes: 4 * 1024 * 1024 }

export type Batch = {
  /** `next` is what will be known of the file once `write` is committed; undefined: nothing. */
  add(path: string, next: Known | undefined, bytes: number, write: () => void): void
  isFull(): boolean
  /** Writes all that was added in one transaction; returns how many files were written since the batch began. */
  commit(): number
}

/** Changes that go into the index together; `known` learns of them once they are in. */
export function createBatch(catalogue: Pick<Catalogue, 'commit'>, known: Map<string, Known>): Batch {
  let changes: { path: string; next: Known | undefined; write: () => void }[] = []
  let bytes = 0
  let written = 0
  return {
    add(path, next, size, write) {
      changes.push({ path, next, write })
      bytes += size
    },
    isFull: () => changes.length >= FULL.files || bytes >= FULL.bytes,
    commit() {
      if (changes.length === 0) return written
      const all = changes
      changes = []
      bytes = 0
      catalogue.commit(() => {
        for (const { write } of all) write()
      })
      for (const { path, next } of all) {
        if (next) known.set(path, next)
        else known.delete(path)
      }
      written += all.length
      return written
    },
  }
}
