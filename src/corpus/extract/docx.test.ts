import assert from 'node:assert/strict'
import { test } from 'node:test'
import { archive, docx, type Entry, paragraph as p } from '../../../test/support/made-files.ts'
import { readDocx } from './docx.ts'

const textOf = async (body: string, more: readonly Entry[] = []) => (await readDocx(docx(body, more))).text
const styled = (style: string, text: string) =>
  `<w:p><w:pPr><w:pStyle w:val="${style}"/></w:pPr><w:r><w:t>${text}</w:t></w:r></w:p>`
const cell = (content: string) => `<w:tc>${content}</w:tc>`
const row = (...cells: string[]) => `<w:tr>${cells.join('')}</w:tr>`
const WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
const STYLES = `<w:styles ${WORD}>${['Title', 'heading 1', 'heading 2']
  .map((name, at) => `<w:style w:type="paragraph" w:styleId="S${at}"><w:name w:val="${name}"/></w:style>`)
  .join('')}</w:styles>`
const RELATIONS =
  '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' +
  ['styles', 'footnotes', 'comments']
    .map(
      (kind) =>
        `<Relationship Id="${kind}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${kind}" Target="${kind}.xml"/>`,
    )
    .join('') +
  '</Relationships>'
const MORE: Entry[] = [
  { name: 'word/_rels/document.xml.rels', content: RELATIONS },
  { name: 'word/styles.xml', content: STYLES },
  {
    name: 'word/footnotes.xml',
    content: `<w:footnotes ${WORD}><w:footnote w:id="2">${p('Of hemp.')}${p('SECRET', '<w:vanish/>')}</w:footnote></w:footnotes>`,
  },
  {
    name: 'word/comments.xml',
    content: `<w:comments ${WORD}><w:comment w:id="1">${p('a remark')}</w:comment></w:comments>`,
  },
]

test('headings by their styles, the title’s among them', async () => {
  const body = styled('S0', 'Harbour') + styled('S1', 'Tides') + styled('S2', 'Ebb') + p('Low water.')
  const { title, text } = await readDocx(docx(body, MORE))
  assert.equal(text, '# Harbour\n\n# Tides\n\n## Ebb\n\nLow water.')
  assert.equal(title, 'Harbour')
})

test('the title is the document’s property, else the first heading', async () => {
  const core = {
    name: 'docProps/core.xml',
    content: '<cp:coreProperties><dc:title> Log </dc:title></cp:coreProperties>',
  }
  assert.equal((await readDocx(docx(p('a'), [core]))).title, 'Log')
  assert.equal((await readDocx(docx(p('a')))).title, '')
})

test('a table is a line for each row, whatever stands in a cell', async () => {
  const table = `<w:tbl>${row(cell(p('Berth')), cell(p('Depth')))}${row(cell(p('North')), cell(p('nine')))}</w:tbl>`
  assert.equal(await textOf(p('Above') + table + p('Below')), 'Above\n\nBerth | Depth\nNorth | nine\n\nBelow')
})

test('a note stands at the end, without the arrow back; a remark nowhere', async () => {
  const noted =
    '<w:p><w:r><w:t>The rope</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:commentReference w:id="1"/></w:r></w:p>'
  assert.equal(await textOf(noted, MORE), 'The rope[1]\n\n- Of hemp.')
})

test('A-161 hidden runs are dropped, those that only say they are not hidden stay', async () => {
  assert.equal(
    await textOf(p('seen') + p('SECRET', '<w:vanish/>') + p('SECRET', '<w:b/><w:vanish w:val="1"/>')),
    'seen',
  )
  assert.equal(await textOf(p('a', '<w:vanish w:val="0"/>') + p('b', '<w:vanish w:val="false"/>')), 'a\n\nb')
  // The mark of a paragraph's end may be hidden, which says nothing of its text.
  assert.equal(
    await textOf('<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>seen</w:t></w:r></w:p>'),
    'seen',
  )
  const within = `<w:r><w:rPr><w:vanish/></w:rPr><w:pict><w:txbxContent>${p('SECRET')}${p('SECRET', '<w:vanish/>')}</w:txbxContent></w:pict></w:r>`
  assert.equal(await textOf(`<w:p>${within}<w:r><w:t>seen</w:t></w:r></w:p>`), 'seen')
})

test('A-162 a document type is refused, in whatever part; what is no document as well', async () => {
  await assert.rejects(
    readDocx(docx(p('a'), [{ name: 'word/x.xml', content: '<!DOCTYPE a>' }])),
    /document type/,
  )
  await assert.rejects(readDocx(archive([{ name: 'a.xml', content: '<a/>' }])), /no Word document/)
})
