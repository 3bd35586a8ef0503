import type { Postings } from '../ranking/segment.ts'

/** Decoded postings of a segment's term without what was deleted at that version; undefined where none is left. */
export type CachedPostings = { readonly version: number; readonly postings: Postings | undefined }

/** The postings that were asked for last, within a budget. */
export type PostingsCache = {
  get(segment: number, term: string): CachedPostings | undefined
  set(segment: number, term: string, cached: CachedPostings): void
  /** Forgets all of a segment. */
  drop(segment: number): void
}

/** Bytes of a posting, and what an entry takes beside them. */
const COST = { posting: 6, entry: 400 }

/** `budget` in bytes. */
export function createPostingsCache(budget: number): PostingsCache {
  // Insertion order is the order of use.
  const entries = new Map<string, CachedPostings>()
  let used = 0
  const cost = ({ postings }: CachedPostings) => COST.entry + COST.posting * (postings?.passages.length ?? 0)
  const remove = (key: string) => {
    const known = entries.get(key)
    if (!known) return
    used -= cost(known)
    entries.delete(key)
  }
  return {
    get(segment, term) {
      const key = `${segment}:${term}`
      const known = entries.get(key)
      if (!known) return undefined
      entries.delete(key)
      entries.set(key, known)
      return known
    },
    set(segment, term, cached) {
      const key = `${segment}:${term}`
      remove(key)
      entries.set(key, cached)
      used += cost(cached)
      for (const oldest of entries.keys()) {
        if (used <= budget || oldest === key) break
        remove(oldest)
      }
    },
    drop(segment) {
      for (const key of [...entries.keys()]) if (key.startsWith(`${segment}:`)) remove(key)
    },
  }
}
