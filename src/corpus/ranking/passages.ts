/** Characters of a passage: about 200 words. */
const TARGET = 1200
const MOST = 1800
/** A section shorter than this stays with the one before. */
const LEAST = 200
/** Characters of a heading that are kept. */
const HEADING = 120

/**
 * A stretch of a document: `start` in characters, `heading` the path of headings that it begins under, `page` the one
 * that it begins on, from 1, where the document has pages.
 */
export type Passage = {
  readonly start: number
  readonly text: string
  readonly heading: string
  readonly page: number | undefined
}

export type CutOptions = {
  /** Only Markdown has them: elsewhere a line that begins with `#` is a comment. */
  readonly headings?: boolean
  /** Where in the text its pages begin, in ascending order. */
  readonly pages?: readonly number[] | undefined
}

/**
 * Cuts a text into passages, at headings and pages first, then at blank lines, then wherever it must; joined they are the text
 * again. Never empty: an empty text is one empty passage.
 */
export function cutPassages(text: string, { headings = true, pages }: CutOptions = {}): Passage[] {
  const passages: Passage[] = []
  /** The headings above, by their level. */
  const above: string[] = []
  const body = frontMatterEnd(text)
  let start = 0
  let heading = ''
  /** Nothing but headings so far, so that the next one says better what follows. */
  let bare = true
  let fenced = false
  let blank = false
  let page = 0
  const cut = (at: number) => {
    while (pages && (pages[page] ?? Number.POSITIVE_INFINITY) <= start) page += 1
    passages.push({ start, text: text.slice(start, at), heading, page: pages && Math.max(page, 1) })
    start = at
    bare = true
    heading = above.filter(Boolean).join(' > ')
  }
  const starts = new Set(pages)
  for (const [at, end] of lines(text)) {
    const line = text.slice(at, Math.min(end, at + 1000))
    const length = at - start
    const level = !headings || fenced || at < body ? 0 : levelOf(line)
    const begins = level > 0 || starts.has(at)
    if ((begins && length >= LEAST) || (blank && length >= TARGET) || (!bare && end - start > MOST)) cut(at)
    if (level > 0) {
      above.length = Math.min(above.length, level)
      above[level - 1] = wordsOf(line.slice(level))
      if (bare) heading = above.filter(Boolean).join(' > ')
    }
    while (end - start > MOST) cut(cutWithin(text, start))
    if (level === 0 && at >= body && line.trim() !== '') bare = false
    if (/^ {0,3}(?:```|~~~)/.test(line)) fenced = !fenced
    blank = text.slice(at, end).trim() === ''
  }
  if (start < text.length || passages.length === 0) cut(text.length)
  return passages
}

/** Where a Markdown file's front matter ends; 0 where there is none. */
function frontMatterEnd(text: string): number {
  return /^---[ \t]*\n[\s\S]{0,20000}?\n(?:---|\.\.\.)[ \t]*(?:\n|$)/.exec(text)?.[0].length ?? 0
}

function levelOf(line: string): number {
  return /^(#{1,6})[ \t]/.exec(line)?.[1]?.length ?? 0
}

/** A heading's words without its marks. */
function wordsOf(heading: string): string {
  const words = heading
    .replace(/!?\[([^[\]]*)\]\([^()]*\)/g, '$1')
    .replace(/[`*]+/g, '')
    .replace(/[ \t]#+\s*$/, '')
    .replace(/\s+/g, ' ')
    .trim()
  return words.length <= HEADING
    ? words
    : `${words
        .slice(0, HEADING - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`
}

function* lines(text: string): Generator<[at: number, end: number]> {
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at)
    const end = newline === -1 ? text.length : newline + 1
    yield [at, end]
    at = end
  }
}

/** Where a line too long for one passage is cut: after a space near the target, never within a character. */
function cutWithin(text: string, start: number): number {
  const space = text.slice(start, start + TARGET).lastIndexOf(' ')
  if (space > TARGET / 2) return start + space + 1
  const within = text.charCodeAt(start + TARGET)
  return start + TARGET + (within >= 0xdc00 && within <= 0xdfff ? 1 : 0)
}
