/** The thread that reads the sources and writes the index: once, at every hint, and again every few minutes. */

import { mkdirSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock, systemMilliseconds } from '../../ops/clock.ts'
import type { Event } from '../../ops/events.ts'
import { messageOf } from '../../ops/fault.ts'
import type { CorpusStatus } from '../corpus.ts'
import { isSmall } from '../extract/extract.ts'
import { createExtractors } from '../extracting/pool.ts'
import { openCatalogue } from '../index/catalogue.ts'
import { openDatabase } from '../index/database.ts'
import { isSameSource, type Source } from '../sources/source.ts'
import { addedSourcesStamp } from '../sources/source-file.ts'
import { currentSources, type ServedSources, webSources } from '../sources/source-list.ts'
import { type Origins, openOrigins } from '../sources/web/page-table.ts'
import type { WebSource } from '../sources/web/refresh.ts'
import { isDamaged } from '../sqlite.ts'
import { beat, beatLate, createSleepWatch, endBeat } from './heartbeat.ts'
import { createPart, type Part } from './part.ts'

export type IndexingOptions = ServedSources & {
  readonly file: string
  /** Seconds between two scans of everything. */
  readonly rescan: number
  /** Bytes beyond which a file is not read. */
  readonly limit: number
}

export type IndexingMessage =
  | { readonly event: Event }
  | { readonly state: Omit<CorpusStatus, 'alive_at'> }
  /** The web sources are these from now on. */
  | { readonly web: readonly WebSource[] }
  /** The thread lives. */
  | { readonly beat: number }

/** Milliseconds between two signs of life, and between two words on how far it is. */
const BEAT = 1_000
const TOLD = 250
/** Milliseconds between two looks for what commands ask for. */
const LOOK = 200
/** Beats between two that other processes see. */
const SEEN = 5
/** Documents of a source that is served no more, taken out in one transaction. */
const REMOVED = 500
/** Milliseconds of merging between two turns: what is written is merged about as quickly. */
const MERGING = 30

const options = workerData as IndexingOptions
const { file, dataDir } = options
const post = (message: IndexingMessage) => parentPort?.postMessage(message)
const report = (path: string, reason: string) => post({ event: { type: 'corpus.problem', path, reason } })
const database = openDatabase(file)
const catalogue = openCatalogue(database)
const extractors = createExtractors()
let parts: Part[] = []
const origins = new Map<string, Origins>()
let stopped = false
let hasCalled = false
let wakeNow = () => {}
/** Between the beginning of a scan and the end of the last that runs beside it. */
let round: { began: number; written: number } | undefined
let isFirst = true
let indexed_at: number | undefined
let sourcesStamp: string | undefined
let toldAt = 0
let lookedAt = Number.NEGATIVE_INFINITY
let toldFault: string | undefined
let toldLate: string | undefined

function wake(): void {
  hasCalled = true
  wakeNow()
}

parentPort?.on('message', (message: unknown) => {
  if (message !== 'close') return
  stopped = true
  wake()
})

let beats = 0
const hasSlept = createSleepWatch(systemMilliseconds(), performance.now())
const beating = setInterval(() => {
  post({ beat: systemClock() })
  if (beats++ % SEEN === 0) safely(() => beat(dataDir))
  if (hasSlept(systemMilliseconds(), performance.now())) for (const part of parts) part.scanSoon()
  wake()
}, BEAT)

while (!stopped) {
  if (performance.now() - lookedAt >= LOOK) {
    lookedAt = performance.now()
    if (addedSourcesStamp(dataDir) !== sourcesStamp) await takeSources()
    safely(() => takeRequests())
  }
  let more = false
  for (const part of parts) {
    if (stopped) break
    const before = {
      ...{ at: performance.now(), written: part.written(), all: written() },
      ...{ scans: part.scans(), pending: part.pending() },
    }
    try {
      if (await part.turn()) more = true
    } catch (fault) {
      notWritten(fault)
    }
    if (part.isScanning() || part.scans() > before.scans) {
      round ??= { began: before.at, written: before.all }
    }
    const isDone = part.written() > before.written && part.pending() === 0
    const hasFound = before.pending === 0 && part.pending() > 0
    const isTime = part.pending() > 0 && performance.now() - toldAt > TOLD
    if (isDone || hasFound || isTime) tellState()
  }
  const late = lateNow()
  if (late !== toldLate) {
    toldLate = late
    tellState()
    safely(() => beatLate(dataDir, late))
  }
  if (round && !stopped && !parts.some((part) => part.isScanning())) endRound(round)
  safely(() => {
    const isBusy = parts.some((part) => part.pending() > 0)
    if (catalogue.tend(MERGING, isBusy)) more = true
  })
  if (more) await setImmediate()
  else if (!stopped) await nap()
}
clearInterval(beating)
for (const part of parts) part.close()
for (const one of origins.values()) one.close()
await extractors.close()
database.close()
safely(() => endBeat(dataDir))
parentPort?.close()

function endRound({ began, written: before }: { began: number; written: number }): void {
  round = undefined
  const changed = written() - before
  tellState()
  if (!isFirst && changed <= 0) return
  isFirst = false
  const seconds = Math.round(performance.now() - began) / 1000
  post({ event: { type: 'corpus.indexed', documents: catalogue.count(), seconds } })
  safely(() => catalogue.commit(() => catalogue.tidy()))
}

/** Files, by all parts. */
function written(): number {
  return parts.reduce((sum, part) => sum + part.written(), 0)
}

function tellState(): void {
  toldAt = performance.now()
  const counts = catalogue.counts()
  const indexing = parts.some((part) => part.isScanning())
  if (!indexing && parts.every((part) => part.pending() === 0)) indexed_at = systemClock()
  const sources = parts.map((part) => {
    const { name, kind } = part.source
    const { documents = 0, problems = 0 } = counts.get(name) ?? {}
    return { name, kind, documents, problems, pending: part.pending(), late: part.late() }
  })
  const sum = (of: (source: (typeof sources)[number]) => number) =>
    sources.reduce((total, source) => total + of(source), 0)
  const documents = sum((source) => source.documents)
  const pending = sum((source) => source.pending)
  post({ state: { documents, indexing, indexed_at, pending, sources } })
}

/** See `Late`, as JSON. */
function lateNow(): string {
  return JSON.stringify(Object.fromEntries(parts.map((part) => [part.source.name, part.late()])))
}

/** The sources as they are now: those of the settings, and those that a command added or removed. */
async function takeSources(): Promise<void> {
  sourcesStamp = addedSourcesStamp(dataDir)
  let sources: readonly Source[]
  try {
    sources = currentSources(options)
  } catch (fault) {
    const reason = messageOf(fault)
    if (toldFault !== reason) report(dataDir, reason)
    toldFault = reason
    return
  }
  const left = parts.filter(({ source }) => !sources.some((other) => isSameSource(source, other)))
  parts = parts.filter((part) => !left.includes(part))
  for (const part of left) {
    part.close()
    origins.get(part.source.root)?.close()
    let removed = REMOVED
    while (removed === REMOVED && !stopped) {
      catalogue.commit(() => {
        removed = catalogue.removeSome(part.source.name, REMOVED)
      })
      await setImmediate()
    }
  }
  for (const source of sources) {
    if (parts.some((part) => isSameSource(part.source, source))) continue
    catalogue.commit(() => catalogue.addSource(source))
    parts.push(createPart(source, partOptions(source)))
  }
  post({ web: webSources(sources) })
  tellState()
}

function partOptions({ kind, root }: Source): Parameters<typeof createPart>[1] {
  return {
    ...(kind === 'web' && { originOf: originsOf(root).originOf }),
    catalogue,
    report,
    limit: options.limit,
    rescan: options.rescan,
    extract: (path, bytes) => extractors.extract(path, bytes, isSmall(path, bytes.byteLength)),
    stopped: () => stopped,
    wake,
  }
}

/** Where the pages of a mirror come from. */
function originsOf(root: string): Origins {
  const known = origins.get(root)
  if (known) return known
  // The folder is there before it is watched, so that the first pages are met as they come.
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const opened = openOrigins(root)
  origins.set(root, opened)
  return opened
}

function takeRequests(): void {
  const names = catalogue.reindexRequests()
  if (names.length === 0) return
  catalogue.commit(() => {
    for (const name of names) catalogue.forgetStamps(name)
  })
  for (const part of parts) if (names.includes(part.source.name)) part.reload()
}

/** Until something calls, or there is something to do. */
async function nap(): Promise<void> {
  const due = Math.min(...parts.map((part) => part.dueAt())) - performance.now()
  if (!hasCalled && due > 0) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, Math.min(due, BEAT))
    wakeNow = resolve
    await promise
    clearTimeout(timer)
  } else {
    await setImmediate()
  }
  hasCalled = false
}

function safely(work: () => void): void {
  try {
    work()
  } catch (fault) {
    notWritten(fault)
  }
}

/** A full disk or the like: tried again the next time. With an index that is damaged the thread ends. */
function notWritten(fault: unknown): void {
  if (isDamaged(fault)) throw fault
  report(file, `the index was not written: ${messageOf(fault)}`)
}
