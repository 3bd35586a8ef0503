import type { DatabaseSync } from 'node:sqlite'
import { compareBytes, type Entry } from '../segments/dictionary.ts'
import { createPostingsRoom, isDeleted, type PostingsRoom, readPostings } from '../segments/postings.ts'
import type { Segment, Term } from '../segments/segment.ts'
import type { WrittenSegment } from '../segments/segment-bytes.ts'
import { type Deleted, openSegmentRows } from './segment-rows.ts'

/** Bytes of postings that are kept in memory, by default. */
const BUDGET = 64 * 1024 * 1024
/** Terms of a segment of which is remembered where they stand. */
const REMEMBERED = 4096

/**
 * The reader's side of the index of words. `segments` is to be called at the beginning of a transaction, and what it
 * returns is true as long as that lasts.
 */
export function openSegmentReader(
  database: DatabaseSync,
  budget = BUDGET,
): { segments(): readonly Segment[] } {
  const rows = openSegmentRows(database, budget)
  // What other connections committed, and what this one did.
  const version = [database.prepare('pragma data_version'), database.prepare('select total_changes() as own')]
  const room = createPostingsRoom()
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
          next.set(id, isSame ? before : openSegment(written, deleted.get(id), room))
        }
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

function openSegment(written: WrittenSegment, deleted: Deleted | undefined, room: PostingsRoom): OpenSegment {
  const { documents, lengths, terms } = written
  let live = 0
  let totalLength = 0
  for (let passage = 0; passage < documents.length; passage++) {
    if (deleted && isDeleted(deleted.passages, passage)) continue
    live++
    totalLength += lengths[passage] ?? 0
  }
  const remembered = new Map<string, Term | undefined>()

  function find(term: string): Term | undefined {
    const known = remembered.get(term)
    if (known || remembered.has(term)) return known
    const entry = terms.find(Buffer.from(term))
    const found = entry && termOf(entry)
    if (remembered.size >= REMEMBERED) remembered.clear()
    remembered.set(term, found)
    return found
  }

  function termOf({ offset, size, count }: Entry): Term | undefined {
    const postings = () => readPostings(written.postings(offset, size), count, deleted?.passages, room)
    const left = deleted ? postings().passages.length : count
    return left > 0 ? { count: left, postings } : undefined
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
