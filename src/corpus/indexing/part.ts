import { existsSync } from 'node:fs'
import { systemClock } from '../../ops/clock.ts'
import type { Source } from '../sources/source.ts'
import { watchFolder } from '../sources/watch.ts'
import { createIndexer, type IndexerOptions } from './indexer.ts'

/** Milliseconds that hints are gathered: a program that saves a file gives several. */
const GATHER = 50
/** Hints beyond which everything is scanned instead. */
const HINTS = 1000
/** Milliseconds between scans where no watch tells of changes, at least; and after a fault. */
const SOON = 5_000
/** Such scans take at most this share of the time. */
const SHARE = 20

/** One source with its watch, its scans and its indexer. Times are those of `performance.now`. */
export type Part = {
  readonly source: Source
  /** Does some of what is to be done; true where more could be done at once. Throws where the index is not written. */
  turn(): Promise<boolean>
  /** When there is something to do again, if nothing else calls before. */
  dueAt(): number
  /** Scans everything as soon as it can: something may have been missed. */
  scanSoon(): void
  /** Reads every file again. */
  reload(): void
  /** Whether a scan runs, or what it found is not in the index yet; so until the first one has ended. */
  isScanning(): boolean
  /** Scans that have ended. */
  scans(): number
  pending(): number
  written(): number
  close(): void
}

export function createPart(
  source: Source,
  options: Omit<IndexerOptions, 'folder' | 'watch'> & {
    /** Seconds between two scans of everything. */
    readonly rescan: number
  },
): Part {
  const { catalogue, report, wake, rescan } = options
  const hints = new Set<string>()
  let hintedAt = 0
  let nextScan = 0
  let scanBegan: number | undefined
  let missing = false
  let scans = 0

  const watch = watchFolder(
    source,
    (path) => {
      if (hints.size === 0) hintedAt = performance.now()
      if (hints.size < HINTS) hints.add(path)
      wake()
    },
    (reason) => report(source.root, reason),
  )
  const indexer = createIndexer({ ...options, folder: source, watch })

  async function scan(): Promise<void> {
    hints.clear()
    scanBegan = performance.now()
    nextScan = scanBegan + SOON
    const gone = !existsSync(source.root)
    if (gone && !missing && source.kind !== 'web')
      report(source.root, 'it is gone: nothing of it is found until it is back')
    missing = gone
    await indexer.survey(new Set(['']))
  }

  function endScan(began: number): void {
    const now = performance.now()
    scanBegan = undefined
    scans++
    const isBlind = missing || watch.isPartial()
    const interval = isBlind ? Math.max(SOON, (now - began) * SHARE) : Number.POSITIVE_INFINITY
    nextScan = now + Math.min(interval, rescan * 1000)
    catalogue.commit(() => catalogue.scanned(source.name, systemClock()))
  }

  return {
    source,
    async turn() {
      try {
        const now = performance.now()
        if (hints.size >= HINTS || hints.has('')) await scan()
        else if (hints.size > 0 && now >= hintedAt + GATHER) {
          const paths = new Set(hints)
          hints.clear()
          await indexer.survey(paths)
        } else if (now >= nextScan && scanBegan === undefined) await scan()
        const more = indexer.advance()
        if (scanBegan !== undefined && indexer.pending() === 0 && !options.stopped()) endScan(scanBegan)
        return more
      } catch (fault) {
        // A full disk or the like: what was not written is found again by the next scan.
        scanBegan = undefined
        nextScan = performance.now() + SOON
        indexer.reload()
        throw fault
      }
    },
    dueAt() {
      if (hints.size > 0) return hintedAt + GATHER
      // What was extracted is to be committed after a while, whatever else goes on.
      if (indexer.pending() > 0) return performance.now() + GATHER
      return nextScan
    },
    scanSoon() {
      nextScan = 0
    },
    reload() {
      indexer.reload()
      scanBegan = undefined
      nextScan = 0
    },
    isScanning: () => scanBegan !== undefined || scans === 0,
    scans: () => scans,
    pending: () => indexer.pending(),
    written: () => indexer.written(),
    close: () => watch.close(),
  }
}
