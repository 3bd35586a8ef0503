/** The web, in memory, and a clock that runs only while somebody waits: for the tests of what visits it. */

import { createVisitor, type Visitor } from '../../src/corpus/sources/web/visitor.ts'
import {
  type PublicAnswer,
  type PublicFetch,
  PublicFetchFault,
  type PublicFetchFaultKind,
} from '../../src/ops/public-fetch.ts'

export type Served = {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Instead of an answer. */
  readonly fault?: PublicFetchFaultKind
  /** Where the answer came from in the end. */
  readonly url?: string
}

export type SiteUnderTest = {
  readonly visit: Visitor['visit']
  /** What stands at each URL; what is not here is 404. A list is served one after the other, the last for ever. */
  readonly pages: Map<string, Served | Served[]>
  /** Each request, with the moment that it was made at and what it asked with. */
  readonly asked: { url: string; at: number; etag: string | undefined; last_modified: string | undefined }[]
  readonly waits: number[]
  now: () => number
  pass: (seconds: number) => void
  stop: () => void
  stopped: () => boolean
}

/** A request takes a tenth of a second. Conditional requests are answered as servers do. */
export function siteUnderTest(pages: Record<string, Served | Served[]> = {}): SiteUnderTest {
  let time = 1_800_000_000
  let isStopped = false
  const site: SiteUnderTest = {
    pages: new Map(Object.entries(pages)),
    asked: [],
    waits: [],
    now: () => Math.floor(time),
    pass(seconds) {
      time += seconds
    },
    stop() {
      isStopped = true
    },
    stopped: () => isStopped,
    visit: (...args) => visitor.visit(...args),
  }
  const fetch: PublicFetch = async (url, { etag, last_modified, mayFollow, mediaTypes }) => {
    site.asked.push({ url, at: time, etag, last_modified })
    time += 0.1
    await Promise.resolve()
    const there = site.pages.get(url) ?? { status: 404 }
    const served = Array.isArray(there) ? ((there.length > 1 ? there.shift() : there[0]) ?? {}) : there
    if (served.fault) return new PublicFetchFault(served.fault, `fails (${served.fault})`)
    if (served.url && mayFollow?.(new URL(served.url)) === false)
      return new PublicFetchFault('redirect', 'leads away')
    const headers: Record<string, string> = { 'content-type': 'text/html', ...served.headers }
    const isSame =
      (etag !== undefined && etag === headers.etag) ||
      (last_modified !== undefined && last_modified === headers['last-modified'])
    const status = isSame ? 304 : (served.status ?? 200)
    if (status === 200 && mediaTypes && !mediaTypes.includes(headers['content-type'] ?? '')) {
      return new PublicFetchFault('media-type', `is of the type ${headers['content-type']}`)
    }
    const body = status === 200 ? new Uint8Array(Buffer.from(served.body ?? '')) : new Uint8Array()
    return { status, url: served.url ?? url, headers, body } satisfies PublicAnswer
  }
  const visitor = createVisitor({
    fetch,
    now: site.now,
    elapsed: () => time,
    wait: async (seconds) => {
      site.waits.push(seconds)
      time += seconds
    },
    stopped: site.stopped,
  })
  return site
}
