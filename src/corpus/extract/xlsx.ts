import { type Draft, joinPages, Refused, refuseLong } from './format.ts'
import { relations, titleOf } from './office.ts'
import { readXml } from './xml.ts'
import { unzip } from './zip.ts'

/** Days between the epoch of a workbook's dates and 1970: Excel's, with its leap year of 1900, and that of old Macs. */
const EPOCH = { common: 25_569, mac: 24_107 }

type Book = {
  readonly strings: readonly string[]
  /** Of each style of cells, whether it shows a number as a time. */
  readonly isDate: readonly boolean[]
  readonly epoch: number
}

/** A workbook as text: a heading for each sheet, a line for each row, ` | ` between its cells. */
export function readXlsx(bytes: Uint8Array): Draft {
  const parts = unzip(bytes, (name) => /^(?:xl\/.*\.(?:xml|rels)|docProps\/core\.xml)$/i.test(name))
  const book = {
    strings: sharedStrings(parts.get('xl/sharedStrings.xml')),
    isDate: dateStyles(parts.get('xl/styles.xml')),
    epoch: EPOCH.common,
  }
  const targets = relations(parts, 'xl/workbook.xml')
  if (!parts.has('xl/workbook.xml')) throw new Refused('it is no workbook')
  const sheets: string[] = []
  readXml(parts.get('xl/workbook.xml'), {
    open(name, attributes) {
      if (name === 'workbookPr' && /^(?:1|true)$/.test(attributes.date1904 ?? '')) book.epoch = EPOCH.mac
      const target = name === 'sheet' ? targets.get(attributes['r:id'] ?? '') : undefined
      if (!target) return
      const rows = rowsOf(parts.get(target), book)
      sheets.push(`## ${attributes.name ?? ''}\n\n${rows.join('\n')}`)
    },
  })
  return { title: titleOf(parts.get('docProps/core.xml')), ...joinPages(sheets) }
}

function sharedStrings(part: Uint8Array | undefined): string[] {
  const strings: string[] = []
  let text = ''
  let isText = false
  let isPhonetic = false
  readXml(part, {
    open(name) {
      if (name === 't') isText = true
      else if (name === 'rPh') isPhonetic = true
    },
    text(more) {
      if (isText && !isPhonetic) text += more
    },
    close(name) {
      if (name === 't') isText = false
      else if (name === 'rPh') isPhonetic = false
      if (name !== 'si') return
      strings.push(oneLine(text))
      text = ''
    },
  })
  return strings
}

/** Which styles of cells show their number as a date. */
function dateStyles(part: Uint8Array | undefined): boolean[] {
  const formats = new Map<string, boolean>()
  const styles: boolean[] = []
  let isCells = false
  readXml(part, {
    open(name, { numFmtId = '', formatCode = '' }) {
      if (name === 'numFmt') {
        formats.set(numFmtId, /[dmyh]/i.test(formatCode.replace(/"[^"]*"|\[[^\]]*\]|\\./g, '')))
      } else if (name === 'cellXfs') isCells = true
      else if (name === 'xf' && isCells) {
        const id = Number(numFmtId)
        styles.push(formats.get(numFmtId) ?? ((id >= 14 && id <= 22) || (id >= 45 && id <= 47)))
      }
    },
    close(name) {
      if (name === 'cellXfs') isCells = false
    },
  })
  return styles
}

function rowsOf(part: Uint8Array | undefined, book: Book): string[] {
  const rows: string[] = []
  let cells: string[] = []
  let cell: Readonly<Record<string, string>> = {}
  let value = ''
  let isValue = false
  let length = 0
  readXml(part, {
    open(name, attributes) {
      if (name === 'c') cell = attributes
      else if (name === 'v' || name === 't') isValue = true
    },
    text(text) {
      if (isValue) value += text
    },
    close(name) {
      if (name === 'v' || name === 't') isValue = false
      else if (name === 'c') {
        const text = shown(cell, value, book)
        cells.push(text)
        // A string that is written once may be shown a million times.
        length += text.length
        refuseLong(length)
        value = ''
      } else if (name === 'row') {
        if (cells.some((one) => one !== '')) rows.push(cells.join(' | '))
        cells = []
      }
    },
  })
  return rows
}

function shown(
  cell: Readonly<Record<string, string>>,
  value: string,
  { strings, isDate, epoch }: Book,
): string {
  if (cell.t === 's') return strings[Number(value)] ?? ''
  if (cell.t === 'b') return value === '1' ? 'TRUE' : 'FALSE'
  const days = Number(value)
  const isNumber = (cell.t ?? 'n') === 'n' && value !== ''
  const isTime = isNumber && isDate[Number(cell.s)] && days >= 0 && days < 2_958_466
  if (!isTime) return oneLine(value)
  const iso = new Date(Math.round((days - epoch) * 1440) * 60_000).toISOString()
  if (days < 1) return iso.slice(11, 16)
  return Number.isInteger(days) ? iso.slice(0, 10) : iso.slice(0, 16).replace('T', ' ')
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
