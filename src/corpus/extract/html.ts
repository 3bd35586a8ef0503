import { Parser } from 'htmlparser2'
import { type Extract, Refused } from './format.ts'
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

/** Between the cells of a row. */
const CELL = ' | '

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
export const extractHtml: Extract = (source) => {
  const open: string[] = []
  const parts: string[] = []
  let title = ''
  let heading = ''
  let inHeading = false
  let preformatted = 0
  let inTitle = 0
  let inHead = 0
  /** The depth at which text went out of sight; 0 where it is in sight. */
  let hiddenAt = 0
  /** The page's own style sheets, and what they take out of sight. */
  let style = ''
  let hiding: ReadonlySet<string> = new Set()

  const atLineStart = () => parts.at(-1)?.endsWith('\n') ?? true
  const atCellStart = () => parts.at(-1) === CELL
  const breakLine = () => {
    if (!atLineStart() && !atCellStart()) parts.push('\n')
  }

  const parser = new Parser({
    onopentag(name, attributes) {
      if (open.push(name) > DEPTH) throw new Refused(`elements nest deeper than ${DEPTH}`)
      if (hiddenAt > 0) return
      if (isHidden(name, attributes, hiding)) {
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
        if (!atCellStart()) parts.push('\n\n')
      } else if (name === 'br') parts.push('\n')
      else if (BLOCKS.has(name)) breakLine()
      else if (name === 'td' || name === 'th') parts.push(atLineStart() ? '' : CELL)
      if (name === 'li') parts.push('- ')
    },
    ontext(text) {
      if (open.at(-1) === 'style') style += text
      if (hiddenAt > 0) return
      if (inTitle > 0) title += text
      else if (inHead === 0) {
        if (inHeading) heading += text
        const flowing = preformatted > 0 ? text : text.replace(/\s+/g, ' ')
        const shown = preformatted === 0 && atLineStart() ? flowing.trimStart() : flowing
        if (shown !== '') parts.push(shown)
      }
    },
    onclosetag(name) {
      const depth = open.length
      open.pop()
      if (name === 'style') hiding = hidingSelectors(style)
      if (hiddenAt > 0) {
        if (depth === hiddenAt) hiddenAt = 0
        return
      }
      if (name === 'pre') preformatted -= 1
      else if (name === 'title') inTitle -= 1
      else if (name === 'head') inHead -= 1
      if (HEADINGS.has(name)) inHeading = false
      // A cell's last paragraph doesn't end its row.
      if (name === 'td' || name === 'th') while (/^\n+$/.test(parts.at(-1) ?? '')) parts.pop()
      if (HEADINGS.has(name) || name === 'p') parts.push('\n\n')
      else if (BLOCKS.has(name)) breakLine()
    },
  })
  parser.end(source)

  const text = parts
    .join('')
    .replace(/(?<![^\S\n])[^\S\n]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  return { title: title.trim() || heading.trim(), text }
}
