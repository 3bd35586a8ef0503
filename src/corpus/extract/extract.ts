import { cleanText, cleanTitle, decode } from './characters.ts'
import { extractHtml } from './html.ts'
import { extractMarkdown } from './markdown.ts'
import { extractAsciidoc, extractOrg, extractPlainText, extractRst } from './plain-text.ts'

/** Draws title (empty where the file names none) and text out of a file's decoded source. Pure; may throw. */
export type Extract = (source: string) => { title: string; text: string }

/** `media_type` is that of the text handed out: an HTML file's is the Markdown drawn from it. */
export type Format = { readonly media_type: string; readonly extract: Extract }

const MARKDOWN: Format = { media_type: 'text/markdown', extract: extractMarkdown }
const HTML: Format = { media_type: 'text/markdown', extract: extractHtml }
const TEXT: Format = { media_type: 'text/plain', extract: extractPlainText }

/** What is read, by the file's ending; `''` stands for names without one, such as README. */
const FORMATS: Readonly<Record<string, Format>> = {
  md: MARKDOWN,
  markdown: MARKDOWN,
  mdown: MARKDOWN,
  mkd: MARKDOWN,
  mdx: MARKDOWN,
  qmd: MARKDOWN,
  rmd: MARKDOWN,
  html: HTML,
  htm: HTML,
  xhtml: HTML,
  txt: TEXT,
  text: TEXT,
  log: TEXT,
  '': TEXT,
  rst: { media_type: 'text/x-rst', extract: extractRst },
  org: { media_type: 'text/x-org', extract: extractOrg },
  adoc: { media_type: 'text/asciidoc', extract: extractAsciidoc },
  asciidoc: { media_type: 'text/asciidoc', extract: extractAsciidoc },
}

/** The lower-case ending of a file's name, without its dot; empty where it has none. */
export function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : ''
}

export function formatOf(path: string): Format | undefined {
  const ending = endingOf(path)
  return Object.hasOwn(FORMATS, ending) ? FORMATS[ending] : undefined
}

/** The title of a document that names none: its file's name, without the ending. */
export function titleOfName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const ending = endingOf(path)
  return cleanTitle(ending === '' ? name : name.slice(0, -ending.length - 1)) || 'Untitled'
}

export type Extracted = {
  readonly title: string
  readonly text: string
  readonly media_type: string
  /** Where in the text pages, slides or sheets begin, for a format that has them. */
  readonly pages?: readonly number[]
}

/** The document in a file's bytes, or in one sentence why there is none. */
export function extract(path: string, bytes: Uint8Array): Extracted | { problem: string } {
  const format = formatOf(path)
  if (!format) return { problem: 'a format that is not read' }
  const source = decode(bytes)
  if (source === undefined) return { problem: 'not text' }
  // Whatever a file is called: keys begin so, and nobody searches for them.
  if (/^\s{0,100}(?:-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|PuTTY-User-Key-File-)/.test(source)) {
    return { problem: 'a private key' }
  }
  try {
    const { title, text } = format.extract(source)
    return {
      title: cleanTitle(title) || titleOfName(path),
      text: cleanText(text),
      media_type: format.media_type,
    }
  } catch (fault) {
    return { problem: fault instanceof Error ? fault.message : String(fault) }
  }
}
