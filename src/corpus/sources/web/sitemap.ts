import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Parser } from 'htmlparser2'

/** Bytes of a sitemap, as it comes and unpacked; the protocol (sitemaps.org) allows 50 MB, nobody's pages need them. */
export const SITEMAP_BYTES = 16 * 1024 * 1024

export type Entry = {
  readonly url: string
  /** When the page changed, as the sitemap writes it. */
  readonly lastmod: string | undefined
}

/** What a sitemap, an index of sitemaps or a list names, in its order. */
export type Sitemap = {
  /** `list`: text, a URL a line. */
  readonly kind: 'pages' | 'index' | 'list'
  readonly entries: readonly Entry[]
}

const unpack = promisify(gunzip)

/** Reads a sitemap (XML or text, packed by gzip or not), to `most` entries; in one sentence why there is none. */
export async function readSitemap(bytes: Uint8Array, most: number): Promise<Sitemap | { problem: string }> {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = await unpack(bytes, { maxOutputLength: SITEMAP_BYTES })
    } catch {
      return { problem: 'a packed sitemap that is broken or too large' }
    }
  }
  const text = new TextDecoder().decode(bytes).trimStart()
  return text.startsWith('<') ? readXml(text, most) : readList(text, most)
}

/** A streaming parser that knows no entities beyond XML's own five, so nothing unfolds (CWE-776) and nothing is fetched (CWE-611). */
function readXml(text: string, most: number): Sitemap | { problem: string } {
  const path: string[] = []
  const entries: Entry[] = []
  let entry = { url: '', lastmod: '' }
  const parser = new Parser(
    {
      onopentag(name) {
        path.push(localName(name))
        if (path.length === 2) entry = { url: '', lastmod: '' }
      },
      ontext(data) {
        if (path[2] === 'loc') entry.url += data
        if (path[2] === 'lastmod') entry.lastmod += data
      },
      onclosetag() {
        const name = path.length === 2 ? `${path[0]} ${path[1]}` : ''
        if ((name === 'urlset url' || name === 'sitemapindex sitemap') && entries.length < most) {
          const { url, lastmod } = { url: entry.url.trim(), lastmod: entry.lastmod.trim() }
          if (url !== '') entries.push({ url, lastmod: lastmod || undefined })
        }
        // The root, once closed, stays: what follows it belongs to no other.
        if (path.length > 1) path.pop()
      },
    },
    { xmlMode: true },
  )
  parser.write(text)
  parser.end()
  const [root] = path
  if (root === 'urlset') return { kind: 'pages', entries }
  if (root === 'sitemapindex') return { kind: 'index', entries }
  return { problem: 'neither a sitemap nor a list of URLs' }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** A text file with a URL a line; blank lines and those that begin with `#` say nothing. */
function readList(text: string, most: number): Sitemap | { problem: string } {
  const lines = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  if (!lines.every((line) => /^https?:\/\/\S+$/i.test(line) && URL.canParse(line))) {
    return { problem: 'neither a sitemap nor a list of URLs' }
  }
  return { kind: 'list', entries: lines.slice(0, most).map((url) => ({ url, lastmod: undefined })) }
}
