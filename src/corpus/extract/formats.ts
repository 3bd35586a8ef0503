import { extractCues } from './cues.ts'
import type { Format } from './format.ts'
import { extractJson } from './json.ts'
import { extractMarkdown } from './markdown.ts'
import { endingOf } from './name.ts'
import { extractNotebook } from './notebook.ts'
import { extractAsciidoc, extractOrg, extractPlainText, extractRst } from './plain-text.ts'

const MARKDOWN: Format = { media_type: 'text/markdown', extract: extractMarkdown }
const HTML: Format = {
  media_type: 'text/markdown',
  loadText: async () => (await import('./page.ts')).readPage,
}
const TEXT: Format = { media_type: 'text/plain', extract: extractPlainText }
const JSON_TEXT: Format = { media_type: 'application/json', extract: extractJson }
const CUES: Format = { media_type: 'text/markdown', extract: extractCues }
/** A file of an ending that nobody told us of: text by its content or nothing. */
const UNKNOWN: Format = { ...TEXT, limit: 1024 * 1024 }

const OFFICE = (part: 'docx' | 'pptx' | 'xlsx' | 'opendocument'): Format => ({
  media_type: 'text/markdown',
  load: {
    docx: async () => (await import('./docx.ts')).readDocx,
    pptx: async () => (await import('./pptx.ts')).readPptx,
    xlsx: async () => (await import('./xlsx.ts')).readXlsx,
    opendocument: async () => (await import('./opendocument.ts')).readOpenDocument,
  }[part],
})
const PDF: Format = { media_type: 'text/plain', load: async () => (await import('./pdf.ts')).readPdf }
const RTF: Format = { media_type: 'text/markdown', load: async () => (await import('./rtf.ts')).readRtf }
const EPUB: Format = { media_type: 'text/markdown', load: async () => (await import('./epub.ts')).readEpub }
const EML: Format = { media_type: 'text/markdown', load: async () => (await import('./mail.ts')).readEml }
const MBOX: Format = { media_type: 'text/markdown', load: async () => (await import('./mail.ts')).readMbox }

const unread = (what: string, instead: string): Format => ({
  media_type: 'text/plain',
  unread: `${what} is not read: save it as ${instead}`,
})
const OLD_WORD = unread('the old Word format', 'DOCX or PDF')
const OLD_EXCEL = unread('the old Excel format', 'XLSX or CSV')
const OLD_POWERPOINT = unread('the old PowerPoint format', 'PPTX or PDF')

const each = (endings: string, format: Format): [string, Format][] =>
  endings.split(' ').map((ending) => [ending, format])

/** What is read, by the file's ending; `''` stands for names without one, such as README. */
const FORMATS: ReadonlyMap<string, Format> = new Map([
  ...each('md markdown mdown mkd mdx qmd rmd', MARKDOWN),
  ...each('html htm xhtml', HTML),
  ...each('rst', { media_type: 'text/x-rst', extract: extractRst }),
  ...each('org', { media_type: 'text/x-org', extract: extractOrg }),
  ...each('adoc asciidoc', { media_type: 'text/asciidoc', extract: extractAsciidoc }),
  ...each('txt text log csv tsv tab yaml yml toml ini cfg conf properties env-example tex bib sty', TEXT),
  ...each('json jsonl ndjson geojson json5 jsonc', JSON_TEXT),
  ...each('ipynb', { media_type: 'text/markdown', extract: extractNotebook }),
  ...each('srt vtt', CUES),
  ...each('docx docm dotx', OFFICE('docx')),
  ...each('pptx pptm ppsx', OFFICE('pptx')),
  ...each('xlsx xlsm', OFFICE('xlsx')),
  ...each('odt ott odp ods', OFFICE('opendocument')),
  ...each('pdf', PDF),
  ...each('rtf', RTF),
  ...each('epub', EPUB),
  ...each('eml', EML),
  ...each('mbox', MBOX),
  ...each('doc dot', OLD_WORD),
  ...each('xls xlsb', OLD_EXCEL),
  ...each('ppt pps', OLD_POWERPOINT),
  ...each('pages', unread('the Pages format', 'DOCX or PDF')),
  ...each('numbers', unread('the Numbers format', 'XLSX or CSV')),
  ...each('key', unread('the Keynote format', 'PPTX or PDF')),
  ...each('msg pst ost', unread('the Outlook format', 'EML or MBOX')),
  ...each('mobi azw azw3 djvu', unread('this book format', 'EPUB or PDF')),
])

/** Files that are never documents, by their ending: not even looked into. */
const NEVER: ReadonlySet<string> = new Set(
  (
    'png jpg jpeg gif webp avif heic bmp ico tif tiff psd ai raw svg mp3 m4a ogg oga opus flac wav aac mp4 m4v mov ' +
    'mkv webm avi zip gz tgz bz2 xz zst 7z rar tar jar war iso dmg pkg deb rpm apk exe dll so dylib a o obj lib bin ' +
    'class pyc pyo wasm node ttf otf woff woff2 eot db sqlite sqlite3 db-wal db-shm parquet arrow npy npz onnx pt ' +
    'safetensors gguf map lock pem key p12 pfx jks keystore kdbx crt cer der gpg asc sig swp tmp part crdownload'
  ).split(' '),
)

/** What is done with the file of that name; undefined: it is no document, and nobody expects it to be. */
export function formatOf(path: string): Format | undefined {
  const ending = endingOf(path)
  const known = FORMATS.get(ending)
  if (known) return known
  if (ending === '') return TEXT
  return NEVER.has(ending) ? undefined : UNKNOWN
}

/** Whether people expect to find what a file of that name holds, so that they are told where they can't. */
export function isExpected(path: string): boolean {
  return FORMATS.has(endingOf(path))
}

/** Whether the file is text itself, as far as its name tells, rather than something that holds text. */
export function isText(path: string): boolean {
  const format = formatOf(path)
  return format === undefined || !('load' in format)
}
