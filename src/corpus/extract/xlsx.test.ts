import assert from 'node:assert/strict'
import { test } from 'node:test'
import { archive } from '../../../test/support/made-files.ts'
import { readXlsx } from './xlsx.ts'

const row = (...cells: string[]) => `<row>${cells.join('')}</row>`
const relation = (id: string, target: string) => `<Relationship Id="${id}" Target="${target}"/>`

function workbook(
  sheets: Readonly<Record<string, string>>,
  { strings = '', styles = '', settings = '', more = '' } = {},
): Buffer {
  const names = Object.keys(sheets)
  const listed = names.map((name, at) => `<sheet name="${name}" r:id="r${at}"/>`).join('')
  const relations = names.map((_, at) => relation(`r${at}`, `worksheets/s${at}.xml`)).join('')
  return archive([
    { name: 'xl/workbook.xml', content: `<workbook>${settings}<sheets>${listed}${more}</sheets></workbook>` },
    { name: 'xl/_rels/workbook.xml.rels', content: `<Relationships>${relations}</Relationships>` },
    { name: 'xl/sharedStrings.xml', content: `<sst>${strings}</sst>` },
    { name: 'xl/styles.xml', content: `<styleSheet>${styles}</styleSheet>` },
    ...Object.values(sheets).map((rows, at) => ({
      name: `xl/worksheets/s${at}.xml`,
      content: `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
    })),
  ])
}

test('sheets in the workbook’s order, each a page under its name', () => {
  const { text, pages } = readXlsx(
    workbook({ Catch: row('<c><v>1</v></c>'), 'R&amp;D': row('<c><v>2</v></c>') }),
  )
  assert.equal(text, '## Catch\n\n1\n\n## R&D\n\n2')
  assert.deepEqual(pages, [0, text.indexOf('## R&D')])
})

test('a line for each row that holds something, its cells as they are shown', () => {
  const strings =
    '<si><t>herring</t>\n</si><si><r><t>half </t></r><r><t>sunken</t></r></si><si><t>東京</t><rPh><t>とうきょう</t></rPh><r><t>湾</t></r></si>'
  const cells = [
    '<c t="s"><v>0</v> </c>',
    '<c t="s"><v>1</v></c>',
    '<c t="s"><v>2</v></c>',
    '<c t="inlineStr"><is><t>two\nlines</t></is></c>',
    '<c t="str"><f>A1&amp;B1</f><v>result</v></c>',
    '<c t="b"><v>1</v></c>',
    '<c t="b"><v>0</v></c>',
    '<c t="e"><v>#REF!</v></c>',
    '<c><v>3.5</v></c>',
  ]
  const book = workbook(
    { One: row(...cells) + row('<c/>', '<c><v/></c>') + row('<c/>', '<c><v>7</v></c>') },
    { strings },
  )
  assert.equal(
    readXlsx(book).text,
    '## One\n\nherring | half sunken | 東京湾 | two lines | result | TRUE | FALSE | #REF! | 3.5\n | 7',
  )
})

test('a number is a date where its style says so', () => {
  const styles =
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm"/><numFmt numFmtId="165" formatCode="0.0&quot; days&quot;"/><numFmt numFmtId="166" formatCode="[Red]0"/></numFmts>' +
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' +
    `<cellXfs>${[0, 14, 22, 164, 165, 166, 20, 46].map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs><dxfs><xf numFmtId="14"/></dxfs>`
  const cell = (style: number, value: string) => `<c s="${style}"><v>${value}</v></c>`
  const show = (style: number, value: string, settings = '') =>
    readXlsx(workbook({ S: row(cell(style, value)) }, { styles, settings })).text.slice('## S\n\n'.length)
  assert.equal(show(0, '46085'), '46085')
  assert.equal(show(1, '46085'), '2026-03-04')
  assert.equal(show(2, '46085.4375'), '2026-03-04 10:30')
  assert.equal(show(3, '46085'), '2026-03-04')
  assert.equal(show(4, '46085'), '46085')
  assert.equal(show(5, '46085'), '46085')
  assert.equal(show(6, '0.4375'), '10:30')
  assert.equal(show(7, '46085.999999'), '2026-03-05 00:00')
  assert.equal(show(8, '46085'), '46085')
  assert.equal(show(1, '-1'), '-1')
  assert.equal(show(1, '2958466'), '2958466')
  // Old Macs count from 1904.
  assert.equal(show(1, '44623', '<workbookPr date1904="1"/>'), '2026-03-04')
  assert.equal(show(1, '44623', '<workbookPr date1904="true"/>'), '2026-03-04')
  assert.equal(show(1, '46085', '<workbookPr date1904="false"/><other date1904="1"/>'), '2026-03-04')
  assert.equal(show(1, ''), '')
})

test('a sheet that is not there is no page; what is no workbook is refused', () => {
  assert.equal(
    readXlsx(workbook({ One: row('<c><v>1</v></c>') }, { more: '<sheet name="Gone" r:id="r9"/>' })).text,
    '## One\n\n1',
  )
  assert.throws(() => readXlsx(archive([{ name: 'word/document.xml', content: '<x/>' }])), /no workbook/)
})
