import { Parser } from 'htmlparser2'
import { type Draft, type Extract, Refused } from './format.ts'
import { hidingSelectors, isHidden } from './hidden.ts'

/** Deeper than any page; the parser's cost for a closing tag grows with the depth. */
const DEPTH = 1024

const HEADINGS = new Map([
  ['h1', '# '],
  ['h2', '## '],
  ['h3', '### '],
  ['h4', '#### '],
  ['h5', '##### '],
  ['h6', '###### '],
])

/** Between the cells of a row, before the first of them, and before an item: what follows stands on their line. */
const CELL = ' | '
const FIRST_CELL = ''
const ITEM = '- '
const STARTS: ReadonlySet<string | undefined> = new Set([CELL, FIRST_CELL, ITEM])

/** Characters of style sheets that are looked at. */
const STYLES = 1_000_000

/** Lists and tables are parted from what stands around them, but for those within an item or a cell. */
const GROUPS: ReadonlySet<string> = new Set(['table', 'ul', 'ol', 'dl'])
const GROUPED: ReadonlySet<string> = new Set(['li', 'td', 'th'])

/** Space between their elements is nobody's text. */
const WITHOUT_TEXT: ReadonlySet<string | undefined> = new Set([
  ...['table', 'thead', 'tbody', 'tfoot', 'tr', 'ul', 'ol', 'dl'],
])

/** Elements that begin and end a line of their own. */
const BLOCKS: ReadonlySet<string> = new Set([
  ...['address', 'article', 'aside', 'blockquote', 'body', 'caption', 'dd', 'details', 'dialog', 'div', 'dl'],
  ...['dt', 'fieldset', 'figcaption', 'figure', 'footer', 'form', 'header', 'hr', 'legend', 'li', 'main'],
  ...['nav', 'ol', 'p', 'pre', 'section', 'summary', 'table', 'tbody', 'tfoot', 'thead', 'tr', 'ul'],
])

/**
 * The text that a page shows, as Markdown of headings, list items, lines and rows of cells. Comments, scripts and hidden
 * elements are left out, links keep their words and lose their addresses. Throws where elements nest deeper than `DEPTH`.
 */
export const extractHtml: Extract = (source) => extract(source, /^\s*<\?xml\b/.test(source))

/** The same of XHTML, where `<title/>` is an element that ends where it begins. */
export const extractXhtml: Extract = (source) => extract(source, true)

function extract(source: string, isXhtml: boolean): Draft {
  const open: string[] = []
  const parts: string[] = []
  let title = ''
  let heading = ''
  let inHeading = false
  let preformatted = 0
  let inTitle = 0
  let inHead = 0
  /** Items and cells that are open. */
  let grouped = 0
  /** The depth at which text went out of sight; 0 where it is in sight. */
  let hiddenAt = 0
  /** The page's own style sheets, and what they take out of sight. */
  let style = ''
  let styles = 0
  const hiding = new Set<string>()

  const atLineStart = () => parts.at(-1)?.endsWith('\n') ?? true
  const atStart = () => STARTS.has(parts.at(-1))
  const breakLine = () => {
    if (!atLineStart() && !atStart()) parts.push('\n')
  }

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (open.push(name) > DEPTH) throw new Refused(`elements nest deeper than ${DEPTH}`)
        if (hiddenAt > 0) return
        // The arrow from a note back to its place.
        if (isHidden(name, attributes, hiding) || attributes.role === 'doc-backlink') {
          hiddenAt = open.length
          return
        }
        if (name === 'pre') preformatted += 1
        else if (name === 'title') inTitle += 1
        else if (name === 'head') inHead += 1
        const mark = HEADINGS.get(name)
        if (mark) {
          parts.push('\n\n', mark)
          inHeading = heading === ''
        } else if (name === 'p') {
          if (!atStart()) parts.push('\n\n')
        } else if (name === 'br') parts.push('\n')
        else if (GROUPS.has(name) && grouped === 0) parts.push('\n\n')
        else if (BLOCKS.has(name)) breakLine()
        else if (name === 'td' || name === 'th') parts.push(atLineStart() ? FIRST_CELL : CELL)
        if (name === 'li') parts.push(ITEM)
        if (GROUPED.has(name)) grouped += 1
      },
      ontext(text) {
        if (open.at(-1) === 'style') style += text
        if (hiddenAt > 0) return
        if (inTitle > 0) title += text
        else if (inHead === 0) {
          if (inHeading) heading += text
          if (WITHOUT_TEXT.has(open.at(-1)) && text.trim() === '') return
          const flowing = preformatted > 0 ? text : text.replace(/\s+/g, ' ')
          const shown = preformatted === 0 && (atLineStart() || atStart()) ? flowing.trimStart() : flowing
          if (shown !== '') parts.push(shown)
        }
      },
      onclosetag(name) {
        const depth = open.length
        open.pop()
        if (name === 'style') {
          if (styles < STYLES) for (const selector of hidingSelectors(style)) hiding.add(selector)
          styles += style.length
          style = ''
        }
        if (hiddenAt > 0) {
          if (depth === hiddenAt) hiddenAt = 0
          return
        }
        if (name === 'pre') preformatted -= 1
        else if (name === 'title') inTitle -= 1
        else if (name === 'head') inHead -= 1
        if (HEADINGS.has(name)) inHeading = false
        // The last paragraph of a cell doesn't end its row, nor does that of an item part it from the next.
        if (GROUPED.has(name)) {
          grouped -= 1
          while (/^\n+$/.test(parts.at(-1) ?? '')) parts.pop()
        }
        if (HEADINGS.has(name) || name === 'p' || (GROUPS.has(name) && grouped === 0)) parts.push('\n\n')
        else if (BLOCKS.has(name)) breakLine()
      },
    },
    { recognizeSelfClosing: isXhtml },
  )
  parser.end(source)

  const text = parts
    .join('')
    .replace(/(?<![^\S\n])[^\S\n]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  return { title: title.trim() || heading.trim(), text }
}
