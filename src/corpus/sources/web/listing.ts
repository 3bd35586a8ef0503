import { PublicFetchFault } from '../../../ops/public-fetch.ts'
import type { WebOptions } from './refresh.ts'
import { readSitemap, SITEMAP_BYTES } from './sitemap.ts'
import type { Visit, Visitor } from './visitor.ts'

/** Pages of a source, and sitemaps below an index, at most. */
const MOST = { pages: 10_000, sitemaps: 100 }

export type Listing = {
  /** Each page's URL, with what the sitemap says of its last change; in the order of the sitemaps. */
  readonly pages: ReadonlyMap<string, string | undefined>
  /** False where a part could not be read: what is missing may still be there. */
  readonly isWhole: boolean
}

/**
 * The pages that a source names: those of its sitemap, or of all sitemaps of its index, on their own origin; or those of
 * its list. A sentence's end where there is no list. `report`: what is left out.
 */
export async function listPages(
  visit: Visitor['visit'],
  source: string,
  options: WebOptions,
  report: (url: string, reason: string) => void,
): Promise<Listing | { problem: string }> {
  const get = (url: string, isNamed: boolean) =>
    visit(url, { ...options, maxBytes: SITEMAP_BYTES, redirects: 5 }, isNamed)
  const answer = await get(source, true)
  const problem = problemOf(answer)
  if (problem !== undefined || typeof answer === 'string' || answer instanceof PublicFetchFault) {
    return { problem: problem ?? '' }
  }
  const sitemap = await readSitemap(answer.body, MOST.pages + 1)
  if ('problem' in sitemap) return { problem: `is ${sitemap.problem}` }

  const pages = new Map<string, string | undefined>()
  const origins = new Set([new URL(source).origin, new URL(answer.url).origin])
  const isOwn = (url: URL) => sitemap.kind === 'list' || origins.has(url.origin)
  let left = 0
  let isCut = false
  let isWhole = true
  const take = (entries: typeof sitemap.entries) => {
    for (const { url, lastmod } of entries) {
      const page = pageUrl(url)
      if (!page || !isOwn(page)) left += 1
      else if (pages.size < MOST.pages || pages.has(page.href)) pages.set(page.href, lastmod)
      else isCut = true
    }
  }
  if (sitemap.kind !== 'index') take(sitemap.entries)
  else {
    const parts = sitemap.entries.slice(0, MOST.sitemaps)
    for (const { url } of parts) {
      const part = pageUrl(url)
      // An index names the sitemaps of its own site.
      if (!part || !origins.has(part.origin)) {
        left += 1
        continue
      }
      const below = await get(part.href, false)
      const fault = problemOf(below)
      const read =
        fault !== undefined || typeof below === 'string' || below instanceof PublicFetchFault
          ? { problem: fault ?? '' }
          : await readSitemap(below.body, MOST.pages + 1)
      if ('problem' in read || read.kind !== 'pages') {
        isWhole = false
        report(part.href, 'problem' in read ? read.problem : 'no sitemap of pages')
      } else take(read.entries)
    }
  }
  if (isCut) report(source, `names more than ${MOST.pages} pages: the first are taken`)
  if (left > 0) report(source, `${left} URLs are left out: not https, or of another site`)
  return { pages, isWhole }
}

/** Why a visit brought no body, as the end of a sentence about the page; undefined where it did. */
export function problemOf(visit: Visit): string | undefined {
  if (visit === 'disallowed') return 'robots.txt asks us not to read it'
  if (visit === 'away')
    return 'the host is left alone for now: it fails, is busy, or cannot tell its robots.txt'
  if (visit instanceof PublicFetchFault) return visit.reason
  return visit.status === 200 ? undefined : `answered ${visit.status}`
}

function pageUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  url.hash = ''
  return url.protocol === 'https:' && url.username === '' && url.password === '' ? url : undefined
}
