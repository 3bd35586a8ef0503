import { type Draft, joinPages, Refused, refuseLong } from './format.ts'
import { titleOf } from './office.ts'
import { readXml } from './xml.ts'
import { unzip } from './zip.ts'

/** What is no text of the document: deleted and hidden text, remarks, the numbers of notes and pages, how words are said. */
const SKIPPED: ReadonlySet<string> = new Set([
  ...['text:tracked-changes', 'office:annotation', 'office:automatic-styles', 'office:styles'],
  ...['office:scripts', 'office:forms', 'text:note-citation', 'text:page-number', 'text:ruby-text'],
  ...['text:hidden-text', 'text:hidden-paragraph'],
])

/** Empty rows and cells are written once with a number, which may be a million. */
const MOST_REPEATED = 100

/** A text, presentation or spreadsheet of OpenDocument, as Markdown. Slides and sheets count as pages. */
export function readOpenDocument(bytes: Uint8Array): Draft {
  const parts = unzip(
    bytes,
    (name) => name === 'content.xml' || name === 'meta.xml' || name === 'META-INF/manifest.xml',
  )
  if (!parts.has('content.xml')) throw new Refused('it is no OpenDocument file')
  const manifest = parts.get('META-INF/manifest.xml')
  if (manifest && Buffer.from(manifest).includes('encryption-data')) {
    throw new Refused('it is encrypted: save a copy without a password')
  }
  const texts = pagesOf(parts.get('content.xml')).filter((text) => text !== '')
  const title = titleOf(parts.get('meta.xml'))
  return texts.length === 1 ? { title, text: texts[0] ?? '' } : { title, ...joinPages(texts) }
}

function pagesOf(content: Uint8Array | undefined): string[] {
  const pages = ['']
  const hiding = new Set<string>()
  let skipped = 0
  let style = ''
  let isSheets = false
  let line = ''
  /** The rows that are open, each with its cells: a cell may hold a table. */
  const rows: string[][] = []
  let repeated = 1
  let heading = 1
  let isTitle = false
  let isItem = false
  let last = ''
  let length = 0
  /** What was read of the paragraphs that a note interrupts, and the notes that wait for their ends. */
  const interrupted: string[] = []
  const notes: string[] = []

  /** Rows follow each other line by line, and so do items. */
  const add = (text: string, block: 'paragraph' | 'item' | 'row') => {
    length += text.length
    refuseLong(length)
    const before = pages.pop() ?? ''
    const gap = before === '' ? '' : block === last && block !== 'paragraph' ? '\n' : '\n\n'
    pages.push(before + gap + text)
    last = block
    for (const note of notes.splice(0)) add(note, 'paragraph')
  }
  const begin = (first = '') => {
    pages.push(first)
    last = 'paragraph'
  }
  const end = (mark: string) => {
    const text = line.replace(/\s+/g, ' ').trim()
    line = ''
    if (text === '') return
    const cells = rows.at(-1)
    if (interrupted.length > 0) notes.push(text)
    else if (cells) cells.push([cells.pop(), text].filter(Boolean).join(' '))
    else if (isItem && mark === '') add(`- ${text}`, 'item')
    else add(mark + text, 'paragraph')
    isItem = false
  }
  readXml(content, {
    open(name, attributes) {
      if (name === 'style:style') style = attributes['style:name'] ?? ''
      const isHidden = attributes['text:display'] === 'none'
      if (isHidden && name === 'style:text-properties') hiding.add(style)
      if (skipped > 0 || isHidden || SKIPPED.has(name) || hiding.has(attributes['text:style-name'] ?? ''))
        skipped++
      else if (name === 'office:spreadsheet') isSheets = true
      else if (name === 'draw:page') begin()
      else if (name === 'draw:frame') isTitle = attributes['presentation:class'] === 'title'
      else if (name === 'table:table' && isSheets) begin(`## ${attributes['table:name'] ?? ''}`)
      else if (name === 'table:table-row') rows.push([])
      else if (name === 'table:table-cell') {
        repeated = Number(attributes['table:number-columns-repeated'] ?? 1)
        rows.at(-1)?.push('')
      } else if (name === 'text:s' || name === 'text:tab' || name === 'text:line-break') line += ' '
      else if (name === 'text:h') heading = Number(attributes['text:outline-level'] ?? 1)
      else if (name === 'text:list-item') isItem = true
      else if (name === 'text:note') {
        interrupted.push(line)
        line = ''
      }
    },
    text(text) {
      if (skipped === 0) line += text
    },
    close(name) {
      if (skipped > 0) skipped--
      else if (name === 'text:h') end(`${'#'.repeat(Math.min(Math.max(heading, 1), 6))} `)
      else if (name === 'text:p') end(isTitle ? '## ' : '')
      else if (name === 'draw:frame') isTitle = false
      else if (name === 'text:note') line = interrupted.pop() ?? ''
      else if (name === 'table:table-cell') {
        const cells = rows.at(-1)
        const text = cells?.at(-1)
        if (text === '') cells?.pop()
        else if (text) for (let more = 1; more < Math.min(repeated, MOST_REPEATED); more++) cells?.push(text)
      } else if (name === 'table:table-row') {
        const row = rows.pop()?.join(' | ') ?? ''
        const outer = rows.at(-1)
        if (outer) outer.push([outer.pop(), row].filter(Boolean).join(' '))
        else if (row !== '') add(row, 'row')
      }
    },
  })
  return pages
}
