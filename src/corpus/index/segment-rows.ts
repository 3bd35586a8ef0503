import type { DatabaseSync } from 'node:sqlite'
import { readSegment, type SegmentBytes, type WrittenSegment } from '../segments/segment-bytes.ts'
import { createChunkCache } from './chunk-cache.ts'
import { CHUNKS } from './segment-tables.ts'

/** Passages that are deleted from a segment, a bit each; `version` counts up with every change. */
export type Deleted = { readonly version: number; readonly passages: Uint8Array }

/** Segments as rows, for readers and for the one writer. Up to `budget` bytes of postings are kept in memory. */
export function openSegmentRows(database: DatabaseSync, budget = 0) {
  // A segment's id is never given again, so what is known of its chunks stays true.
  const known = createChunkCache(budget)
  const statements = {
    ids: database.prepare('select id from segment order by id'),
    documents: database.prepare('select documents from segment where id = ?'),
    read: database.prepare('select documents, lengths, dictionary from segment where id = ?'),
    chunk: database.prepare('select postings from segment_chunk where number = ?'),
    deleted: database.prepare('select segment, version, passages from segment_deleted'),
  }
  return {
    ids: () => statements.ids.all().map(({ id }) => Number(id)),

    documents: (id: number) => numbers32(bytesOf(statements.documents.get(id)?.documents)),

    /** Throws where there is none of this id. */
    read(id: number): WrittenSegment {
      const row = statements.read.get(id)
      if (!row) throw new Error(`the index has no segment ${id}`)
      const bytes: SegmentBytes = {
        documents: numbers32(bytesOf(row.documents)),
        lengths: new Uint16Array(bytesOf(row.lengths).slice().buffer),
        dictionary: bytesOf(row.dictionary),
      }
      return readSegment(bytes, (place) => {
        const number = id * CHUNKS + place
        const before = known.get(number)
        if (before) return before
        const chunk = bytesOf(statements.chunk.get(number)?.postings)
        known.set(number, chunk)
        return chunk
      })
    },

    /** By segment. */
    deleted(): Map<number, Deleted> {
      const rows = statements.deleted.all()
      return new Map(
        rows.map(({ segment, version, passages }) => [
          Number(segment),
          { version: Number(version), passages: bytesOf(passages) },
        ]),
      )
    },
  }
}

function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array()
}

function numbers32(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer)
}
