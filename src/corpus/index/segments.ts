import type { DatabaseSync } from 'node:sqlite'
import { createGathering } from '../segments/gathering.ts'
import type { AnalysedDocument } from '../segments/segment.ts'
import type { SegmentBytes } from '../segments/segment-bytes.ts'
import { inTransaction } from '../sqlite.ts'
import { createMerging, type MergingStore } from './segment-merging.ts'
import { openSegmentRows } from './segment-rows.ts'
import { CHUNKS } from './segment-tables.ts'

/** A segment as its writer knows it. */
export type KnownSegment = {
  readonly id: number
  readonly documents: Uint32Array
  /** A bit for each passage; undefined where none is deleted. */
  deleted: Uint8Array | undefined
  version: number
  deletedPassages: number
}

export type Segments = {
  add(document: number, analysed: AnalysedDocument): void
  /** Nothing of the document is found any more. */
  remove(document: number): void
  /** Writes what was added and removed; to be called at the end of the transaction in which the rest is written. */
  flush(): void
  /** The transaction was rolled back: what was added and removed since the last is forgotten. */
  forget(): void
  /**
   * Merges for about so many milliseconds, in transactions of its own; true where more is to be done. `isBusy` says that
   * other work waits: then no more is merged than must be.
   */
  tend(milliseconds: number, isBusy?: boolean): boolean
}

/** Postings between two looks at the clock: a millisecond or so. */
const PACE = 20_000

/** The writer's side of the index of words. There is one. */
export function openSegments(database: DatabaseSync, pace = PACE): Segments {
  const rows = openSegmentRows(database)
  const statements = {
    insert: database.prepare('insert into segment (documents, lengths, dictionary) values (?, ?, ?)'),
    insertAs: database.prepare(
      'insert into segment (id, documents, lengths, dictionary) values (?, ?, ?, ?)',
    ),
    insertChunk: database.prepare('insert into segment_chunk (number, postings) values (?, ?)'),
    setDeleted: database.prepare(
      'insert or replace into segment_deleted (segment, version, passages) values (?, ?, ?)',
    ),
    remove: database.prepare('delete from segment where id = ?'),
    removeChunks: database.prepare('delete from segment_chunk where number between ? and ?'),
    removeOrphans: database.prepare(
      `delete from segment_chunk where number / ${CHUNKS} not in (select id from segment)`,
    ),
    removeDeleted: database.prepare('delete from segment_deleted where segment = ?'),
  }
  const gathering = createGathering()
  const removed = new Set<number>()
  let known = readKnown()

  function readKnown(): KnownSegment[] {
    const deleted = rows.deleted()
    return rows.ids().map((id) => {
      const { version = 0, passages } = deleted.get(id) ?? {}
      const deletedPassages = passages ? bitsOf(passages) : 0
      return { id, documents: rows.documents(id), deleted: passages?.slice(), version, deletedPassages }
    })
  }

  /** Marks the passages of these documents as deleted. */
  function markDeleted(segment: KnownSegment, documents: ReadonlySet<number>): void {
    const before = segment.deletedPassages
    for (let passage = 0; passage < segment.documents.length; passage++) {
      if (!documents.has(segment.documents[passage] ?? 0)) continue
      segment.deleted ??= new Uint8Array(Math.ceil(segment.documents.length / 8))
      const bits = segment.deleted[passage >>> 3] ?? 0
      const bit = 1 << (passage & 7)
      if (bits & bit) continue
      segment.deleted[passage >>> 3] = bits | bit
      segment.deletedPassages++
    }
    if (segment.deletedPassages === before || !segment.deleted) return
    segment.version++
    statements.setDeleted.run(segment.id, segment.version, segment.deleted)
  }

  const removeRows = (id: number) => {
    statements.remove.run(id)
    statements.removeDeleted.run(id)
    statements.removeChunks.run(id * CHUNKS, (id + 1) * CHUNKS - 1)
  }

  const store: MergingStore = {
    read: rows.read,
    known: () => known,
    transaction: (work) => inTransaction(database, work),
    /** An id that no segment had, and none will have. */
    reserve() {
      const { lastInsertRowid } = statements.insert.run(new Uint8Array(), new Uint8Array(), new Uint8Array())
      statements.remove.run(lastInsertRowid)
      return Number(lastInsertRowid)
    },
    keepChunk: (id, number, chunk) => void statements.insertChunk.run(id * CHUNKS + number, chunk),
    replace(inputs, id, bytes, gone) {
      statements.insertAs.run(id, ...columnsOf(bytes))
      const merged = { id, documents: bytes.documents, deleted: undefined, version: 0, deletedPassages: 0 }
      markDeleted(merged, gone)
      for (const input of inputs) removeRows(input.id)
      return () => {
        known = [...known.filter((segment) => !inputs.includes(segment)), merged]
      }
    },
    drop: (id) => void statements.removeChunks.run(id * CHUNKS, (id + 1) * CHUNKS - 1),
    dropOrphans: () => void statements.removeOrphans.run(),
  }
  const merging = createMerging(store, pace)

  return {
    add: gathering.add,
    remove(document) {
      if (!gathering.remove(document)) removed.add(document)
    },
    flush() {
      if (removed.size > 0) {
        for (const segment of known) markDeleted(segment, removed)
        merging.removed(removed)
        removed.clear()
      }
      if (gathering.passages() === 0) return
      const chunks: Uint8Array[] = []
      const bytes = gathering.write((chunk) => chunks.push(chunk.slice()))
      const id = Number(statements.insert.run(...columnsOf(bytes)).lastInsertRowid)
      for (const [number, chunk] of chunks.entries()) statements.insertChunk.run(id * CHUNKS + number, chunk)
      known.push({ id, documents: bytes.documents, deleted: undefined, version: 0, deletedPassages: 0 })
    },
    forget() {
      removed.clear()
      gathering.clear()
      merging.stop()
      known = readKnown()
    },
    tend: merging.tend,
  }
}

function columnsOf({ documents, lengths, dictionary }: SegmentBytes) {
  return [new Uint8Array(documents.buffer), new Uint8Array(lengths.buffer), dictionary] as const
}

function bitsOf(bytes: Uint8Array): number {
  let bits = 0
  for (const byte of bytes) for (let rest = byte; rest !== 0; rest &= rest - 1) bits++
  return bits
}
