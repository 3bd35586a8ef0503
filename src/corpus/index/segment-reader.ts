import type { DatabaseSync } from 'node:sqlite'
import { compareBytes } from '../ranking/dictionary.ts'
import { readPostings, withoutDeleted } from '../ranking/postings.ts'
import type { Postings, Segment } from '../ranking/segment.ts'
import type { WrittenSegment } from '../ranking/segment-bytes.ts'
import { createPostingsCache, type PostingsCache } from './postings-cache.ts'
import { type Deleted, openSegmentRows } from './segment-rows.ts'

/** Bytes of decoded postings that are kept, by default. */
const BUDGET = 64 * 1024 * 1024

/**
 * The reader's side of the index of words. `segments` is to be called at the beginning of a transaction, and what it
 * returns is true as long as that lasts.
 */
export function openSegmentReader(
  database: DatabaseSync,
  budget = BUDGET,
): { segments(): readonly Segment[] } {
  const rows = openSegmentRows(database)
  // What other connections committed, and what this one did.
  const version = [database.prepare('pragma data_version'), database.prepare('select total_changes() as own')]
  const cache = createPostingsCache(budget)
  let seen: string | undefined
  let open = new Map<number, OpenSegment>()

  return {
    segments() {
      const now = version.map((statement) => Object.values(statement.get() ?? {})).join()
      if (now !== seen) {
        const deleted = rows.deleted()
        const next = new Map<number, OpenSegment>()
        for (const id of rows.ids()) {
          const before = open.get(id)
          const written = before?.written ?? rows.read(id)
          const isSame = before && before.deleted?.version === deleted.get(id)?.version
          next.set(id, isSame ? before : openSegment(id, written, deleted.get(id), cache))
        }
        for (const id of open.keys()) if (!next.has(id)) cache.drop(id)
        open = next
        seen = now
      }
      return [...open.values()].map(({ segment }) => segment)
    },
  }
}

type OpenSegment = {
  readonly written: WrittenSegment
  readonly deleted: Deleted | undefined
  readonly segment: Segment
}

function openSegment(
  id: number,
  written: WrittenSegment,
  deleted: Deleted | undefined,
  cache: PostingsCache,
): OpenSegment {
  const { documents, lengths, terms } = written
  let live = 0
  let totalLength = 0
  for (let passage = 0; passage < documents.length; passage++) {
    if (deleted && (deleted.passages[passage >>> 3] ?? 0) & (1 << (passage & 7))) continue
    live++
    totalLength += lengths[passage] ?? 0
  }
  const version = deleted?.version ?? 0

  function find(term: string): Postings | undefined {
    const known = cache.get(id, term)
    if (known?.version === version) return known.postings
    let postings = known?.postings
    if (!known) {
      const entry = terms.find(Buffer.from(term))
      if (!entry) return undefined
      postings = readPostings(written.postings(entry.offset, entry.size), entry.count)
    }
    const left = postings && deleted ? withoutDeleted(postings, deleted.passages) : postings
    cache.set(id, term, { version, postings: left })
    return left
  }

  function* termsFrom(prefix: string) {
    const start = Buffer.from(prefix)
    const cursor = terms.from(start)
    while (cursor.next()) {
      const term = cursor.term()
      if (compareBytes(term.subarray(0, start.length), start) !== 0) return
      yield { term: Buffer.from(term).toString(), passages: cursor.entry().count }
    }
  }

  const segment = {
    passages: documents.length,
    live,
    totalLength,
    documents,
    lengths,
    find,
    terms: termsFrom,
  }
  return { written, deleted, segment }
}
