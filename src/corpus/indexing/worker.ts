/** The thread that reads the folders and writes the index: once, at every hint, and again every few minutes. */
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../ops/clock.ts'
import type { Event } from '../../ops/events.ts'
import { openCatalogue } from '../index/catalogue.ts'
import { openDatabase } from '../index/database.ts'
import type { Folder } from '../sources/folder.ts'
import { watchFolder } from '../sources/watch.ts'
import { createIndexer } from './indexer.ts'

export type IndexingOptions = {
  readonly file: string
  readonly folders: readonly Folder[]
  /** Seconds between two scans of everything. */
  readonly rescan: number
  /** Bytes beyond which a file is not read. */
  readonly limit: number
}

export type IndexingMessage =
  | { readonly event: Event }
  | { readonly indexing: true }
  | { readonly indexing: false; readonly indexed_at: number }

/** Milliseconds that hints are gathered: a program that saves a file gives several. */
const GATHER = 50
/** Hints beyond which everything is scanned instead. */
const HINTS = 1000

const { file, folders, rescan, limit } = workerData as IndexingOptions
const post = (message: IndexingMessage) => parentPort?.postMessage(message)
const database = openDatabase(file)
const catalogue = openCatalogue(database)
let stopped = false
let wake = () => {}

const parts = folders.map((folder) => {
  const hints = new Set<string>()
  const report = (path: string, reason: string) => post({ event: { type: 'corpus.problem', path, reason } })
  const hint = (path: string) => {
    if (hints.size < HINTS) hints.add(path)
    wake()
  }
  const watch = watchFolder(folder, hint, (reason) => report(folder.root, reason))
  const options = { folder, catalogue, watch, report, limit, stopped: () => stopped }
  return { hints, watch, options }
})

parentPort?.on('message', (message: unknown) => {
  if (message !== 'close') return
  stopped = true
  wake()
})

const indexers = parts.map(({ options }) => createIndexer(options))
for (let first = true; !stopped; first = false) {
  await scan(first)
  await hintsUntil(performance.now() + rescan * 1000)
}
for (const { watch } of parts) watch.close()
database.close()
parentPort?.close()

async function scan(first: boolean): Promise<void> {
  const began = performance.now()
  post({ indexing: true })
  let changed = 0
  for (const [index, indexer] of indexers.entries()) {
    parts[index]?.hints.clear()
    changed += await safely(() => indexer.reconcile(new Set([''])))
  }
  if (stopped) return
  post({ indexing: false, indexed_at: systemClock() })
  if (!first && changed === 0) return
  const seconds = Math.round(performance.now() - began) / 1000
  post({ event: { type: 'corpus.indexed', documents: catalogue.count(), seconds } })
}

/** Follows hints as they come, until it is time for the next scan. */
async function hintsUntil(deadline: number): Promise<void> {
  while (!stopped) {
    const left = deadline - performance.now()
    if (left <= 0) return
    if (!parts.some(({ hints }) => hints.size > 0)) await sleep(left)
    if (!parts.some(({ hints }) => hints.size > 0)) continue
    await new Promise((resolve) => setTimeout(resolve, GATHER))
    for (const [index, indexer] of indexers.entries()) {
      const hints = parts[index]?.hints ?? new Set<string>()
      if (hints.size === 0) continue
      const paths = new Set(hints.size >= HINTS ? [''] : hints)
      hints.clear()
      await safely(() => indexer.reconcile(paths))
    }
    post({ indexing: false, indexed_at: systemClock() })
  }
}

/** Until a hint or the end, at most `milliseconds`. */
function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(milliseconds, 2 ** 31 - 1))
    wake = () => {
      clearTimeout(timer)
      resolve()
    }
  })
}

/** A full disk or the like: told, and tried again by the next scan. */
async function safely(work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault)
    post({ event: { type: 'corpus.problem', path: file, reason: `the index was not written: ${reason}` } })
    return 0
  }
}
