import { createHash } from 'node:crypto'
import { isLeftOut } from '../left-out.ts'

/** Signs of one part of a path, and parts of a path, at most. */
const PART = 60
const PARTS = 12

/** The kinds of documents that a page may be, and the endings of each, its usual one first. */
const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  'text/html': ['html', 'htm'],
  'application/xhtml+xml': ['xhtml', 'html', 'htm'],
  'text/plain': ['txt', 'text', 'md', 'markdown', 'rst', 'org', 'adoc', 'log', 'srt', 'vtt'],
  'text/markdown': ['md', 'markdown'],
  'text/x-markdown': ['md', 'markdown'],
  'text/csv': ['csv'],
  'application/json': ['json'],
  'application/pdf': ['pdf'],
  'application/epub+zip': ['epub'],
  'application/vnd.oasis.opendocument.text': ['odt'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
}

export const PAGE_TYPES: readonly string[] = Object.keys(ENDINGS)

/**
 * Where a page of `type` stands in its mirror: `<host>/<path>.<ending>`, readable, and safe on every file system. Nothing
 * of the URL leads out of the mirror, hides the file or makes it a file that rules others (`.gitignore`). A query makes
 * the name end in a digest of the URL, and so does `isTaken`, which says whether another page has that name already.
 */
export function pagePath(address: string, type: string, isTaken: (path: string) => boolean): string {
  const url = new URL(address)
  const endings = ENDINGS[type] ?? ['txt']
  const parts = url.pathname.split('/').map(decoded)
  const folders = parts.slice(0, -1).filter((part) => part !== '')
  const name = parts.at(-1) || 'index'
  const dot = name.lastIndexOf('.')
  const ending = dot > 0 ? name.slice(dot + 1).toLowerCase() : ''
  const keeps = endings.includes(ending)
  const end = keeps ? ending : (endings[0] ?? 'txt')
  const stem = visible(safe(keeps ? name.slice(0, dot) : name, PART), `.${end}`)
  const place = [safe(url.host, 100), ...folders.slice(0, PARTS).map(safeFolder)].join('/')
  const plain = `${place}/${stem}.${end}`
  if (url.search === '' && folders.length <= PARTS && !isTaken(plain)) return plain
  const digest = createHash('sha256').update(address).digest('hex').slice(0, 12)
  return `${place}/${stem}-${digest}.${end}`
}

/** A folder whose name ends like a page's would stand in the way of that page. */
function safeFolder(part: string): string {
  const name = safe(part, PART)
  const dot = name.lastIndexOf('.')
  const isPage = Object.values(ENDINGS).some((endings) => endings.includes(name.slice(dot + 1).toLowerCase()))
  return visible(dot > 0 && isPage ? `${name.slice(0, dot)}-${name.slice(dot + 1)}` : name, '')
}

/** Another name for one that a walk leaves out, since others choose it for keys and programs. */
function visible(name: string, ending: string): string {
  return isLeftOut(name + ending) ? `_${name.replaceAll('.', '-')}` : name
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Names that Windows keeps for devices, whatever their ending. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=$|\.)/i

/** Letters, digits, `.`, `_`, `-`, the first and the last a letter, a digit or `_`; never empty. */
function safe(part: string, most: number): string {
  const name = Array.from(
    part
      .normalize('NFC')
      .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
      .replace(/^[.-]+/, ''),
  )
    .slice(0, most)
    .join('')
    .replace(/[.-]+$/, '')
  return name === '' ? '_' : name.replace(DEVICES, '$&_')
}

/**
 * The bytes as they are kept. The charset of a text stands in a header that a file has not: such a text is kept as UTF-8
 * with its mark.
 */
export function pageBytes(body: Uint8Array, contentType: string): Uint8Array {
  const charset = /^text\/[^;]+;.*?\bcharset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})/i.exec(contentType)?.[1]
  if (charset === undefined || /^utf-?8$/i.test(charset)) return body
  try {
    return Buffer.from(`\uFEFF${new TextDecoder(charset).decode(body)}`)
  } catch {
    return body
  }
}
