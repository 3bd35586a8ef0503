import { type Draft, joinPages, Refused } from './format.ts'
import { titleOf } from './office.ts'
import { readXml } from './xml.ts'
import { unzip } from './zip.ts'

/** What is no text of the document: deleted text, remarks, styles, the notes' numbers. */
const SKIPPED: ReadonlySet<string> = new Set([
  ...[
    'text:tracked-changes',
    'office:annotation',
    'office:automatic-styles',
    'office:styles',
    'office:scripts',
  ],
  ...['text:note-citation', 'office:forms'],
])

/** Empty rows and cells are written once with a number, which may be a million. */
const MOST_REPEATED = 100

/** A text, presentation or spreadsheet of OpenDocument, as Markdown. Slides and sheets count as pages. */
export function readOpenDocument(bytes: Uint8Array): Draft {
  const parts = unzip(
    bytes,
    (name) => name === 'content.xml' || name === 'meta.xml' || name === 'META-INF/manifest.xml',
  )
  const manifest = parts.get('META-INF/manifest.xml')
  if (manifest && Buffer.from(manifest).includes('encryption-data')) {
    throw new Refused('it is encrypted: save a copy without a password')
  }
  const pages: string[][] = [[]]
  let skipped = 0
  let isSheets = false
  let line = ''
  let cells: string[] | undefined
  let repeated = 1
  let heading = 1
  const add = (text: string) => pages.at(-1)?.push(text)
  const end = (before = '') => {
    const text = line.replace(/\s+/g, ' ').trim()
    line = ''
    if (text === '') return
    if (cells) cells.push(text)
    else add(before + text)
  }
  readXml(parts.get('content.xml'), {
    open(name, attributes) {
      if (skipped > 0 || SKIPPED.has(name)) {
        skipped++
        return
      }
      if (name === 'office:spreadsheet') isSheets = true
      else if (name === 'draw:page') pages.push([])
      else if (name === 'table:table' && isSheets) pages.push([`## ${attributes['table:name'] ?? ''}`])
      else if (name === 'table:table-row') cells = []
      else if (name === 'table:table-cell')
        repeated = Number(attributes['table:number-columns-repeated'] ?? 1)
      else if (name === 'text:s' || name === 'text:tab' || name === 'text:line-break') line += ' '
      else if (name === 'text:h') heading = Number(attributes['text:outline-level'] ?? 1)
    },
    text(text) {
      if (skipped === 0) line += text
    },
    close(name) {
      if (skipped > 0) {
        skipped--
        return
      }
      if (name === 'text:h') end(`${'#'.repeat(Math.min(Math.max(heading, 1), 6))} `)
      else if (name === 'text:p') end()
      else if (name === 'text:list') add('')
      else if (name === 'table:table-cell') {
        const last = cells?.at(-1)
        for (let more = 1; last && more < Math.min(repeated, MOST_REPEATED); more++) cells?.push(last)
      } else if (name === 'table:table-row') {
        const row = cells?.join(' | ') ?? ''
        cells = undefined
        if (row !== '') add(row)
      }
    },
  })
  const texts = pages.map((page) => page.join(isSheets ? '\n' : '\n\n')).filter((text) => text.trim() !== '')
  const title = titleOf(parts.get('meta.xml'))
  return texts.length === 1 ? { title, text: texts[0] ?? '' } : { title, ...joinPages(texts) }
}
