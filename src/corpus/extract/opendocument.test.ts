import assert from 'node:assert/strict'
import { test } from 'node:test'
import { archive, ods, odt } from '../../../test/support/made-files.ts'
import { readOpenDocument } from './opendocument.ts'

const textOf = (content: string, styles = '') => readOpenDocument(odt(content, [], '', styles)).text
const p = (text: string) => `<text:p>${text}</text:p>`
const cell = (content: string, attributes = '') =>
  `<table:table-cell ${attributes}>${content}</table:table-cell>`
const row = (...cells: string[]) => `<table:table-row>${cells.join('')}</table:table-row>`
const table = (...rows: string[]) => `<table:table>${rows.join('')}</table:table>`
const list = (...items: string[]) =>
  `<text:list>${items.map((item) => `<text:list-item>${item}</text:list-item>`).join('')}</text:list>`

test('headings by their level, paragraphs, spaces and breaks', () => {
  assert.equal(
    textOf(
      `${p('Before')}<text:h text:outline-level="2">Tides</text:h>${p('a<text:s/>b<text:tab/>c<text:line-break/>d  e')}${p('')}<text:h>Top</text:h><text:h text:outline-level="9">Deep</text:h>`,
    ),
    'Before\n\n## Tides\n\na b c d e\n\n# Top\n\n###### Deep',
  )
})

test('items follow each other line by line, and so do rows', () => {
  assert.equal(
    textOf(`${p('Take:')}${list(p('rope'), p('tar') + p('and more of it'), list(p('inner')))}${p('End.')}`),
    'Take:\n\n- rope\n- tar\n\nand more of it\n\n- inner\n\nEnd.',
  )
  assert.equal(
    textOf(
      `${p('Above')}${table(row(cell(p('Berth')), cell(p('Depth'))), row(cell(p('North') + p('quay')), cell('')), row(cell('')))}${p('Below')}`,
    ),
    'Above\n\nBerth | Depth\nNorth quay\n\nBelow',
  )
})

test('a table within a cell loses nothing of the one around it', () => {
  const inner = table(row(cell(p('x')), cell(p('y'))), row(cell(p('z'))))
  assert.equal(textOf(table(row(cell(p('a')), cell(inner), cell(p('b'))))), 'a | x | y z | b')
})

test('a note stands after its paragraph, without its number', () => {
  const note = (text: string) =>
    `<text:note><text:note-citation>1</text:note-citation><text:note-body>${p(text)}</text:note-body></text:note>`
  assert.equal(
    textOf(p(`The rope${note('Of hemp.')} is here.`) + p('Next.')),
    'The rope is here.\n\nOf hemp.\n\nNext.',
  )
  assert.equal(textOf(table(row(cell(p(`a${note('Noted.')}`)), cell(p('b'))))), 'a | b\n\nNoted.')
})

test('deleted text, remarks, page numbers and readings are no text', () => {
  assert.equal(
    textOf(
      `<office:forms>${p('form')}</office:forms><office:scripts>${p('script')}</office:scripts><text:tracked-changes>${p('deleted')}</text:tracked-changes>${p(
        'kept<office:annotation><text:p>remark</text:p></office:annotation> <text:page-number>7</text:page-number><text:ruby><text:ruby-base>東京</text:ruby-base><text:ruby-text>とうきょう</text:ruby-text></text:ruby>',
      )}`,
    ),
    'kept 東京',
  )
})

test('A-161 text of a hidden style, section or field is dropped', () => {
  const styles =
    '<style:style style:name="T1"><style:text-properties text:display="none"/></style:style><style:style style:name="T2"><style:text-properties fo:color="red"/></style:style>'
  const hidden = '<text:span text:style-name="T1">SECRET<text:span>SECRET</text:span></text:span>'
  const section = `<text:section text:display="none">${p('SECRET')}</text:section>`
  assert.equal(
    textOf(
      `${p(`seen ${hidden}<text:span text:style-name="T2">too</text:span><text:hidden-text>SECRET</text:hidden-text><text:hidden-paragraph>SECRET</text:hidden-paragraph>`)}${section}`,
      styles,
    ),
    'seen too',
  )
})

test('each slide is a page under its title, with its notes', () => {
  const slide = (title: string, text: string) =>
    `<draw:page><draw:frame presentation:class="title"><draw:text-box>${p(title)}</draw:text-box></draw:frame><draw:custom-shape>${p(text)}</draw:custom-shape><presentation:notes>${p('Said.')}</presentation:notes></draw:page>`
  const deck = archive([
    {
      name: 'content.xml',
      content: `<office:document-content><office:presentation>${slide('One', 'a')}${slide('Two', 'b')}</office:presentation></office:document-content>`,
    },
    { name: 'meta.xml', content: '<office:meta><dc:title>Deck</dc:title></office:meta>' },
  ])
  const { title, text, pages } = readOpenDocument(deck)
  assert.equal(title, 'Deck')
  assert.equal(text, '## One\n\na\n\nSaid.\n\n## Two\n\nb\n\nSaid.')
  assert.deepEqual(pages, [0, text.indexOf('## Two')])
})

test('each sheet is a page under its name; a cell that is repeated, at most a hundred times', () => {
  const { text } = readOpenDocument(
    ods(
      row(cell(p('x'), 'table:number-columns-repeated="3"'), cell(p('y'))) +
        row(cell('', 'table:number-columns-repeated="16384"')),
    ),
  )
  assert.equal(text, '## One\n\nx | x | x | y')
  const many = readOpenDocument(ods(row(cell(p('x'), 'table:number-columns-repeated="16384"')))).text
  assert.equal(many.match(/x/g)?.length, 100)
})

test('what is encrypted, or no OpenDocument file, is refused', () => {
  const manifest = { name: 'META-INF/manifest.xml', content: '<manifest:encryption-data/>' }
  assert.throws(() => readOpenDocument(odt('', [manifest])), /encrypted/)
  const plain = { name: 'META-INF/manifest.xml', content: '<manifest:manifest/>' }
  assert.deepEqual(readOpenDocument(odt(p('a'), [plain])), { title: '', text: 'a' })
  assert.throws(() => readOpenDocument(archive([{ name: 'a', content: 'b' }])), /no OpenDocument/)
})
