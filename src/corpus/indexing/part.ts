import { existsSync } from 'node:fs'
import { systemClock, systemMilliseconds } from '../../ops/clock.ts'
import type { Source } from '../sources/source.ts'
import { type System, watchFolder } from '../sources/watch.ts'
import { createIndexer, type IndexerOptions } from './indexer.ts'

/** Milliseconds that hints are gathered: a program that saves a file gives several. */
const GATHER = 50
/** Hints beyond which everything is scanned instead. */
const HINTS = 1000
/** Milliseconds between scans where no watch tells of changes, at least; and after a fault. */
const SOON = 5_000
/** Such scans take at most this share of the time. */
const SHARE = 20
/** Milliseconds within which the watch tells of a change. */
const HEARD = 2_000
/** Milliseconds until the log is told of the same again. */
const AGAIN = 3_600_000
const SILENCE =
  'changes are noticed late, by scans alone: one was found that the system did not tell of (a network drive?)'
const OVERFLOW =
  'more changed at once than the system tells of: everything is looked at, and found a little later'

/** One source with its watch, its scans and its indexer. Times are those of `elapsed`. */
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
  /** Why changes are noticed late at present; undefined where they are not. */
  late(): string | undefined
  close(): void
}

export function createPart(
  source: Source,
  options: Omit<IndexerOptions, 'folder' | 'watch'> & {
    /** Seconds between two scans of everything. */
    readonly rescan: number
    /** For tests: what watches a folder, and a clock in milliseconds. */
    readonly system?: System
    readonly elapsed?: () => number
  },
): Part {
  const { catalogue, report, wake, rescan, elapsed = () => performance.now() } = options
  const hints = new Set<string>()
  let hintedAt = 0
  let nextScan = 0
  let scanBegan: number | undefined
  let missing = false
  let scans = 0
  let overflowedAt: number | undefined
  /** Something may have been missed of which the watch is not to blame. */
  let excused = true
  /** Scans that found nothing untold since one did; undefined while the watch is believed. */
  let quiet: number | undefined
  let wasLate: string | undefined
  const told = new Map<string, number>()

  const hint = (path: string) => {
    if (hints.size === 0) hintedAt = elapsed()
    if (hints.size < HINTS) hints.add(path)
    wake()
  }
  const overflow = () => {
    overflowedAt = elapsed()
    hint('')
  }
  const watch = watchFolder(source, { hint, overflow }, options.system)
  const indexer = createIndexer({ ...options, folder: source, watch })

  async function scan(): Promise<void> {
    const isExpected = excused || missing || hints.size > 0 || watch.shortage() !== undefined
    excused = false
    hints.clear()
    scanBegan = elapsed()
    nextScan = scanBegan + SOON
    const gone = !existsSync(source.root)
    if (gone && !missing && source.kind !== 'web')
      report(source.root, 'it is gone: nothing of it is found until it is back')
    missing = gone
    // Some watches may be dead that new ones are not.
    if (quiet === 0) watch.renew()
    const now = systemMilliseconds()
    const changed = await indexer.survey(new Set(['']))
    if (quiet !== undefined) quiet++
    if (!isExpected && changed.some(({ stats }) => now - stats.ctimeMs > HEARD)) quiet = 0
  }

  function endScan(began: number): void {
    const now = elapsed()
    scanBegan = undefined
    scans++
    if (overflowedAt !== undefined && overflowedAt <= began) overflowedAt = undefined
    nextScan = now + Math.min(interval(now - began), rescan * 1000)
    if (nextScan === now + rescan * 1000) quiet = undefined
    catalogue.commit(() => catalogue.scanned(source.name, systemClock()))
  }

  /** Milliseconds to the next scan after one that took `duration`: fewer where the watch is not enough. */
  function interval(duration: number): number {
    const soon = Math.max(SOON, duration * SHARE)
    if (missing || watch.shortage() !== undefined) return soon
    return quiet === undefined ? Number.POSITIVE_INFINITY : soon * 2 ** quiet
  }

  function late(): string | undefined {
    return (
      watch.shortage() ??
      (quiet === undefined ? undefined : SILENCE) ??
      (overflowedAt === undefined ? undefined : OVERFLOW)
    )
  }

  /** What has changed in how changes are noticed is told, and from now on scans come as often as it needs. */
  function tellLate(now: number): void {
    const reason = late()
    if (reason !== wasLate && reason !== undefined) {
      nextScan = Math.min(nextScan, now + SOON)
      const before = told.get(reason)
      if (before === undefined || now - before > AGAIN) {
        report(source.root, reason)
        told.set(reason, now)
      }
    }
    wasLate = reason
  }

  return {
    source,
    async turn() {
      try {
        const now = elapsed()
        tellLate(now)
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
        excused = true
        nextScan = elapsed() + SOON
        indexer.reload()
        throw fault
      }
    },
    dueAt() {
      if (hints.size > 0) return hintedAt + GATHER
      // What was extracted is to be committed after a while, whatever else goes on.
      if (indexer.pending() > 0) return elapsed() + GATHER
      return nextScan
    },
    scanSoon() {
      excused = true
      nextScan = 0
    },
    reload() {
      indexer.reload()
      scanBegan = undefined
      excused = true
      nextScan = 0
    },
    isScanning: () => scanBegan !== undefined || scans === 0,
    scans: () => scans,
    pending: () => indexer.pending(),
    written: () => indexer.written(),
    late,
    close: () => watch.close(),
  }
}
