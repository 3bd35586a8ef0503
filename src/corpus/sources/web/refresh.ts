import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Clock } from '../../../ops/clock.ts'
import {
  mediaTypeOf,
  type PublicAnswer,
  PublicFetchFault,
  type PublicFetchOptions,
} from '../../../ops/public-fetch.ts'
import { listPages, problemOf } from './listing.ts'
import { PAGE_TYPES, pageBytes, pagePath } from './page-file.ts'
import type { Page, PageTable } from './page-table.ts'
import type { Visitor } from './visitor.ts'

/** Bytes of a page, and of all pages of a source, at most. */
const MOST = { page: 8 * 1024 * 1024, mirror: 1024 * 1024 * 1024 }
/** Problems of a round that are told one by one. */
const TOLD = 20
/** A round that was begun longer ago, in seconds, is begun anew. */
const STALE = 2 * 86_400
/** A sitemap's word that a page has not changed is believed for so many seconds. */
const BELIEVED = 30 * 86_400

/** A web source, and the folder of its mirror. */
export type WebSource = { readonly name: string; readonly url: string; readonly root: string }

export type Refreshed = { pages: number; changed: number; gone: number; failed: number }

/** The port of the source, and what tests let through. */
export type WebOptions = Pick<PublicFetchOptions, 'ports' | 'unsafeAllowAddresses' | 'certificateAuthority'>

/** What a mirror is refreshed with. */
export type World = {
  visit: Visitor['visit']
  now: Clock
  report: (url: string, reason: string) => void
  stopped: () => boolean
  options: WebOptions
}

/**
 * Makes the mirror say what the site says: asks for each page of its list whether it has changed, keeps the last copy of
 * one that cannot be had, and removes what is gone (404, 410), is no longer listed, or is not to be read by robots.txt. A
 * round that was cut off by the end of the process goes on where it was. `undefined` where there was no list of pages.
 */
export async function refreshMirror(
  source: WebSource,
  table: PageTable,
  world: World,
): Promise<Refreshed | undefined> {
  const { now, stopped } = world
  const before = table.round()
  const isCutOff = before.begun_at !== undefined && now() - before.begun_at < STALE
  const begun_at = (isCutOff ? before.begun_at : undefined) ?? now()
  table.setRound({ ...before, begun_at })
  const fail = () => table.setRound({ ...before, begun_at, failed_at: now() })
  // What is wrong with the list stands among the problems of its pages: the person named it.
  const faults = new Map<string, string>()
  const fault = (url: string, problem: string) => {
    world.report(url, problem)
    faults.set(url, problem)
  }
  const keepFaults = () => {
    for (const [url, problem] of faults) table.put({ ...(table.get(url) ?? newPage(url)), problem })
  }
  const listing = await listPages(world.visit, source.url, world.options, fault)
  if (stopped()) return undefined
  if ('problem' in listing) {
    fault(source.url, listing.problem)
    keepFaults()
    fail()
    return undefined
  }
  // A copy that somebody took away is fetched anew.
  const isThere = ({ path }: Page) => path === undefined || existsSync(join(source.root, path))
  const known = new Map(table.all().map((page) => [page.url, isThere(page) ? page : newPage(page.url)]))
  const counts = { unchanged: 0, changed: 0, gone: 0, failed: 0, away: 0 }
  const isPastFault = ({ url, path }: Page) => url === source.url && path === undefined
  for (const page of known.values()) {
    const isGoing = listing.isWhole || isPastFault(page)
    if (isGoing && !listing.pages.has(page.url) && removePage(source, table, page)) counts.gone += 1
  }
  keepFaults()
  let told = 0
  const report = (url: string, reason: string) => {
    told += 1
    if (told <= TOLD) world.report(url, reason)
  }
  for (const url of inOrder(listing.pages.keys(), known)) {
    if (stopped()) return undefined
    const page = known.get(url)
    const lastmod = listing.pages.get(url)
    if (page && isFresh(page, lastmod, begun_at, now())) continue
    counts[await refreshPage(source, table, { ...world, report }, page ?? newPage(url), lastmod)] += 1
  }
  if (stopped()) return undefined
  if (told > TOLD) world.report(source.url, `${told - TOLD} more pages could not be read`)
  if (counts.away > 0) fail()
  else table.setRound({ begun_at: undefined, ended_at: now(), failed_at: undefined })
  const { changed, gone, failed, away } = counts
  return { pages: listing.pages.size, changed, gone, failed: failed + away }
}

/** New pages first, then those that were not asked for longest. */
function inOrder(urls: Iterable<string>, known: ReadonlyMap<string, Page>): string[] {
  const age = (url: string) => known.get(url)?.fetched_at ?? 0
  return [...urls].sort((one, other) => age(one) - age(other))
}

function isFresh(page: Page, lastmod: string | undefined, begun_at: number, now: number): boolean {
  const { fetched_at = Number.NEGATIVE_INFINITY } = page
  if (fetched_at >= begun_at) return true
  return (
    page.path !== undefined &&
    lastmod !== undefined &&
    page.lastmod === lastmod &&
    now - fetched_at < BELIEVED
  )
}

function newPage(url: string): Page {
  return {
    url,
    path: undefined,
    etag: undefined,
    last_modified: undefined,
    lastmod: undefined,
    fetched_at: undefined,
    bytes: 0,
    problem: undefined,
  }
}

async function refreshPage(
  source: WebSource,
  table: PageTable,
  world: World,
  page: Page,
  lastmod: string | undefined,
): Promise<'unchanged' | 'changed' | 'gone' | 'failed' | 'away'> {
  const { visit, now, report, stopped, options } = world
  const { url } = page
  const isKept = page.path !== undefined
  const answer = await visit(url, {
    ...options,
    maxBytes: MOST.page,
    mediaTypes: PAGE_TYPES,
    accept: PAGE_TYPES.join(', '),
    redirects: 5,
    mayFollow: (to) => to.origin === new URL(url).origin,
    etag: isKept ? page.etag : undefined,
    last_modified: isKept ? page.last_modified : undefined,
  })
  if (stopped()) return 'unchanged'
  const fail = (problem: string) => {
    // What cannot be had is told once, until it changes.
    if (problem !== page.problem) report(url, problem)
    table.put({ ...page, problem })
    return answer === 'away' ? 'away' : 'failed'
  }
  if (answer === 'disallowed' || isGone(answer)) {
    const problem = problemOf(answer) ?? ''
    const removed = removePage(source, table, page)
    table.put({ ...newPage(url), problem })
    if (problem !== page.problem) report(url, problem)
    return removed ? 'gone' : 'failed'
  }
  if (typeof answer !== 'string' && !(answer instanceof PublicFetchFault)) {
    if (answer.status === 304 && isKept) {
      table.put({ ...page, lastmod, fetched_at: now(), problem: undefined })
      return 'unchanged'
    }
    if (answer.status === 200) {
      const { length } = answer.body
      if (table.bytes() - page.bytes + length > MOST.mirror) {
        return fail(`is beyond the ${MOST.mirror} bytes that a source may have`)
      }
      return keepPage(source, table, page, answer, lastmod, now()) ? 'changed' : 'unchanged'
    }
  }
  return fail(problemOf(answer) ?? 'no answer')
}

function isGone(answer: Awaited<ReturnType<Visitor['visit']>>): boolean {
  return typeof answer === 'object' && 'status' in answer && (answer.status === 404 || answer.status === 410)
}

/**
 * The row stands before the file does, so whoever finds the file finds where it comes from; what a conditional request
 * asks with stands only after it, so that a copy that was not written is asked for again. False where the copy says the
 * same already: then the page has not changed, whatever its server knows of that.
 */
function keepPage(
  { root }: WebSource,
  table: PageTable,
  page: Page,
  { headers, body }: PublicAnswer,
  lastmod: string | undefined,
  now: number,
): boolean {
  const { url } = page
  const { etag, 'last-modified': last_modified } = headers
  const bytes = pageBytes(body, headers['content-type'] ?? '')
  const path = pagePath(url, mediaTypeOf(headers), (candidate) => table.isTaken(candidate, url))
  const file = join(root, path)
  const kept = { ...newPage(url), path, etag, last_modified, lastmod, fetched_at: now, bytes: body.length }
  if (path === page.path && hasContent(file, bytes)) {
    table.put(kept)
    return false
  }
  const aside = join(root, `.${createHash('sha256').update(url).digest('hex').slice(0, 16)}`)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(aside, bytes, { mode: 0o600 })
  const changed = changedAt(headers['last-modified'], lastmod, now)
  utimesSync(aside, changed, changed)
  table.put({ ...newPage(url), path, bytes: body.length })
  renameSync(aside, file)
  if (page.path !== undefined && page.path !== path) removeFile(root, page.path)
  table.put(kept)
  return true
}

function hasContent(file: string, bytes: Uint8Array): boolean {
  try {
    return Buffer.compare(readFileSync(file), bytes) === 0
  } catch {
    return false
  }
}

/** When the page changed, in seconds since the epoch: by its header, else by the sitemap, else now; never to come. */
function changedAt(header: string | undefined, lastmod: string | undefined, now: number): number {
  for (const date of [header, lastmod]) {
    const seconds = Date.parse(date ?? '') / 1000
    if (seconds > 0 && seconds <= now) return seconds
  }
  return now
}

/** Whether there was a copy. */
function removePage({ root }: WebSource, table: PageTable, page: Page): boolean {
  if (page.path !== undefined) removeFile(root, page.path)
  table.remove(page.url)
  return page.path !== undefined
}

function removeFile(root: string, path: string): void {
  rmSync(join(root, path), { force: true })
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    try {
      rmdirSync(join(root, folder))
    } catch {
      // Others stand in it.
      return
    }
  }
}

/** Removes all that a mirror holds, but its table. */
export function emptyMirror(root: string): void {
  for (const name of readdirSync(root)) {
    if (!name.startsWith('.pages.db')) rmSync(join(root, name), { recursive: true, force: true })
  }
}
