/** The thread that fetches the pages of web sources that are due, and then has nothing more to do. */

import { rmSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../../ops/clock.ts'
import { messageOf } from '../../../ops/fault.ts'
import { publicFetch } from '../../../ops/public-fetch.ts'
import { pause } from '../../pause.ts'
import type { MirrorsMessage } from './mirrors.ts'
import { openPageTable, type PageTable, type Round } from './page-table.ts'
import { emptyMirror, refreshMirror, type WebOptions, type WebSource } from './refresh.ts'
import { createVisitor } from './visitor.ts'

export type MirrorsOptions = {
  readonly sources: readonly WebSource[]
  /** No longer sources: their mirrors go. */
  readonly gone: readonly WebSource[]
  /** Seconds after which a mirror is refreshed; 0: never again. */
  readonly refresh: number
  /** For tests. */
  readonly unsafe?: WebOptions | undefined
}

/** Seconds after which a source without a list of pages is tried again, at most. */
const RETRY = 3600

const { sources, gone, refresh, unsafe = {} } = workerData as MirrorsOptions
const post = (message: MirrorsMessage) => parentPort?.postMessage(message)
const report = (path: string, reason: string) => post({ event: { type: 'corpus.problem', path, reason } })

let stop = () => {}
const stopped = new Promise<void>((resolve) => {
  stop = resolve
})
const abort = new AbortController()

parentPort?.on('message', (message) => {
  if (message !== 'close') return
  abort.abort()
  stop()
})

const visitor = createVisitor({
  fetch: (url, options) => publicFetch(url, { ...options, signal: abort.signal }),
  now: systemClock,
  elapsed: () => performance.now() / 1000,
  wait: (seconds) => pause(seconds, abort.signal),
  stopped: () => abort.signal.aborted,
})

for (const { root } of gone) rmSync(root, { recursive: true, force: true })
const waits = await Promise.all(sources.map((source) => keep(source)))
if (!abort.signal.aborted) {
  const next = Math.min(...waits)
  post({ done: true, next: Number.isFinite(next) ? next : undefined })
  await stopped
}
parentPort?.close()

/** Refreshes the source if it is due; how many seconds until it is again. */
async function keep(source: WebSource): Promise<number> {
  try {
    const table = openPageTable(source.root, source.url)
    try {
      if (table.isOfAnother) {
        for (const { url } of table.all()) table.remove(url)
        emptyMirror(source.root)
        table.setRound({ begun_at: undefined, ended_at: undefined, failed_at: undefined })
      }
      if (dueAt(table.round()) <= systemClock()) await refreshNow(source, table)
      return Math.max(dueAt(table.round()) - systemClock(), 1)
    } finally {
      table.close()
    }
  } catch (fault) {
    report(source.url, `could not be mirrored: ${messageOf(fault)}`)
    return RETRY
  }
}

/** In seconds since the epoch. */
function dueAt({ begun_at, ended_at, failed_at }: Round): number {
  if (failed_at !== undefined) return failed_at + (refresh === 0 ? RETRY : Math.min(refresh, RETRY))
  if (begun_at !== undefined || ended_at === undefined) return 0
  return refresh === 0 ? Number.POSITIVE_INFINITY : ended_at + refresh
}

async function refreshNow(source: WebSource, table: PageTable): Promise<void> {
  const began = performance.now()
  const { port } = new URL(source.url)
  const refreshed = await refreshMirror(source, table, {
    visit: visitor.visit,
    now: systemClock,
    report,
    stopped: () => abort.signal.aborted,
    options: { ...unsafe, ports: port === '' ? [] : [Number(port)] },
  })
  if (!refreshed) return
  const seconds = Math.round(performance.now() - began) / 1000
  post({ event: { type: 'corpus.mirrored', source: source.name, ...refreshed, seconds } })
}
