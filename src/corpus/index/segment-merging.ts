import { mergeSegments } from '../segments/merge.ts'
import type { SegmentBytes, WrittenSegment } from '../segments/segment-bytes.ts'
import type { KnownSegment } from './segments.ts'

/**
 * Segments of about the same size that are merged into one. Each segment is one more place for a question to look, so
 * that in quiet times they become few; while much is being indexed its own work goes first.
 */
const FAN = { calm: 3, busy: 32 }
/** Passages up to which sizes are all about the same, and what the next size is of the one before. */
const SMALL = 1024
const GROWTH = 8
/** A segment is written anew when more than this share of it is deleted. */
const WASTE = 0.3
/** Bytes of chunks that are written together. */
const WRITE = 1 << 20

/** What a merge needs of whoever keeps the segments. */
export type MergingStore = {
  read(id: number): WrittenSegment
  known(): readonly KnownSegment[]
  transaction(work: () => void): void
  reserve(): number
  keepChunk(id: number, number: number, chunk: Uint8Array): void
  /** Writes the merged segment in the place of its inputs; `gone` are documents that were removed meanwhile. */
  replace(
    inputs: readonly KnownSegment[],
    id: number,
    bytes: SegmentBytes,
    gone: ReadonlySet<number>,
  ): () => void
  /** Removes the chunks of a segment that does not come to be. */
  drop(id: number): void
  /** Removes those that an earlier process left. */
  dropOrphans(): void
}

export type Merging = {
  /** Merges for about so many milliseconds; true where more is to be done. `isBusy` says that other work waits. */
  tend(milliseconds: number, isBusy?: boolean): boolean
  /** These documents were removed from all segments. */
  removed(documents: ReadonlySet<number>): void
  /** Gives up the merge that is under way. */
  stop(): void
}

/**
 * Merges in the background, in steps: chunks are kept as they are made, and when all are the merged segment takes its
 * inputs' place in one transaction. A merge that ends in between leaves chunks that belong to no segment.
 */
export function createMerging(store: MergingStore, pace: number): Merging {
  let current: ReturnType<typeof begin> | undefined
  let isTidy = false

  function begin(inputs: readonly KnownSegment[]) {
    let id = 0
    store.transaction(() => {
      id = store.reserve()
    })
    let chunks: Uint8Array[] = []
    const steps = mergeSegments(
      inputs.map(({ id, deleted }) => ({ segment: store.read(id), deleted: deleted?.slice() })),
      (chunk) => chunks.push(chunk.slice()),
      pace,
    )
    let kept = 0
    const keep = () => {
      for (const chunk of chunks) store.keepChunk(id, kept++, chunk)
      chunks = []
    }
    const gone = new Set<number>()
    return {
      ...{ id, gone },
      /** True once it is done. */
      step(): boolean {
        const { done, value } = steps.next()
        if (!done) {
          if (chunks.reduce((sum, { length }) => sum + length, 0) >= WRITE) store.transaction(keep)
          return false
        }
        let settle = () => {}
        store.transaction(() => {
          keep()
          settle = store.replace(inputs, id, value, gone)
        })
        settle()
        return true
      },
    }
  }

  function stop(): void {
    const id = current?.id
    current = undefined
    if (id !== undefined) store.transaction(() => store.drop(id))
  }

  return {
    tend(milliseconds, isBusy = false) {
      const end = performance.now() + milliseconds
      if (!isTidy) store.transaction(() => store.dropOrphans())
      isTidy = true
      do {
        if (!current) {
          const inputs = worthMerging(store.known(), isBusy)
          if (inputs.length === 0) return false
          current = begin(inputs)
        }
        try {
          if (current.step()) current = undefined
        } catch (fault) {
          stop()
          throw fault
        }
      } while (performance.now() < end)
      return current !== undefined || worthMerging(store.known(), isBusy).length > 0
    },
    removed(documents) {
      if (current) for (const document of documents) current.gone.add(document)
    },
    stop,
  }
}

/** What is to be merged next, in the order in which the segments came; nothing where all is well. */
export function worthMerging(segments: readonly KnownSegment[], isBusy = false): readonly KnownSegment[] {
  const tiers = new Map<number, KnownSegment[]>()
  for (const segment of segments) {
    const passages = segment.documents.length - segment.deletedPassages
    const tier = Math.max(0, Math.ceil(Math.log(Math.max(passages, 1) / SMALL) / Math.log(GROWTH)))
    const alike = tiers.get(tier)
    if (alike) alike.push(segment)
    else tiers.set(tier, [segment])
  }
  for (const tier of [...tiers.keys()].sort((one, other) => one - other)) {
    const alike = tiers.get(tier) ?? []
    if (alike.length >= (isBusy ? FAN.busy : FAN.calm)) return alike
  }
  const wasteful = segments.find(
    ({ documents, deletedPassages }) => deletedPassages > Math.max(documents.length * WASTE, 8),
  )
  return wasteful ? [wasteful] : []
}
