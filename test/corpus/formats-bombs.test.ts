/**
 * Group 16 of the attacks: little files that unfold to something large, or go in circles. None stops the file beside it.
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createExtractors } from '../../src/corpus/extracting/pool.ts'
import {
  archive,
  docx,
  EXTERNAL,
  epub,
  LAUGHS,
  line,
  ods,
  odt,
  pages,
  paragraph,
  pdf,
  pptx,
  stream,
  xlsx,
} from '../support/made-files.ts'
import { becomeOf, CUT_PDF, DEEP_HTML, deep, NO_WORD } from './formats-beside.ts'

const MiB = 1024 * 1024

const DOCTYPE = 'its XML declares a document type, which no such file has'
const LONG = 'it holds more than 16 million characters'
const DEEP_XML = 'its elements nest deeper than 512'
const TEXTLESS = 'it holds pictures of text only: let a program for text recognition (OCR) go over it'
const CELL = '<sheetData><row><c t="s"><v>0</v></c></row></sheetData>'

test('A-162 archives that unfold, nest, lie about their size or name places outside', async (t) => {
  const zeros = Buffer.alloc(250 * MiB)
  const inner = archive([{ name: 'inner.zip', content: archive([{ name: 'bomb.xml', content: zeros }]) }])
  const corpus = await becomeOf(t, [
    [
      'flat.docx',
      () => docx('', [{ name: 'word/styles.xml', content: zeros }]),
      'it holds more than 200 MiB when unpacked',
    ],
    [
      'lies.docx',
      () => docx(paragraph('x'), [{ name: 'word/styles.xml', content: zeros, size: 100 }]),
      NO_WORD,
    ],
    [
      'nested.docx',
      () => docx(paragraph('A chest within a chest.'), [{ name: 'word/inner.zip', content: inner }]),
      { says: 'A chest within a chest.' },
    ],
    [
      'parts.docx',
      () =>
        docx(
          '',
          Array.from({ length: 20_001 }, (_, at) => ({ name: `word/${at}.xml`, content: '' })),
        ),
      'it holds more than 20000 parts',
    ],
    ['long.docx', () => docx(paragraph('x '.repeat(9 * MiB))), LONG],
    ['long.odt', () => odt(`<text:p>${'x '.repeat(9 * MiB)}</text:p>`), LONG],
    [
      'strings.xlsx',
      () =>
        xlsx(
          `<sheetData>${'<row><c t="s"><v>0</v></c></row>'.repeat(50_000)}</sheetData>`,
          `<si><t>${'y'.repeat(MiB)}</t></si>`,
        ),
      LONG,
    ],
    [
      'repeated.ods',
      () =>
        ods(
          `<table:table-row><table:table-cell table:number-columns-repeated="1000000"><text:p>${'z'.repeat(10_000)}</text:p></table:table-cell></table:table-row>`.repeat(
            100,
          ),
        ),
      LONG,
    ],
    [
      'rows.ods',
      () =>
        ods(
          '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"><text:p>lonely cell</text:p></table:table-cell></table:table-row>',
        ),
      { says: 'lonely cell' },
    ],
    [
      'dimension.xlsx',
      () =>
        xlsx(
          '<dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>The furthest cell.</t></is></c></row></sheetData>',
        ),
      { says: 'The furthest cell.' },
    ],
    [
      'slip.docx',
      () =>
        docx(paragraph('It slips nowhere.'), [
          { name: '../../../slipped.xml', content: '<x/>' },
          { name: '/slipped.xml', content: '<x/>' },
          { name: '..\\slipped.xml', content: '<x/>' },
        ]),
      { says: 'It slips nowhere.' },
    ],
    [
      'out.pptx',
      () => pptx('The slide stands elsewhere.', '', '../../../../../etc/passwd'),
      { says: 'The slide stands elsewhere.', lacks: [/root:/] },
    ],
    [
      'url.pptx',
      () => pptx('The slide stands nowhere.', '', 'http://['),
      { says: 'The slide stands nowhere.' },
    ],
    [
      'out.epub',
      () => epub(['../../../../etc/passwd', 'here.xhtml'], { 'here.xhtml': 'The chapter inside.' }),
      { says: 'The chapter inside.', lacks: [/root:/] },
    ],
    [
      'missing.epub',
      () => epub(['gone.xhtml', '%zz.xhtml', 'here.xhtml'], { 'here.xhtml': 'The last chapter.' }),
      { says: 'The last chapter.' },
    ],
    ['gone.epub', () => epub(['gone.xhtml'], {}), 'it holds no text'],
    [
      'again.epub',
      () =>
        epub(
          Array.from({ length: 100_000 }, () => 'a.xhtml'),
          { 'a.xhtml': 'The only chapter.' },
        ),
      { says: 'The only chapter.' },
    ],
  ])
  assert.ok(!(await corpus.list({ limit: 1000 })).some(({ path }) => path.includes('slipped')))
  assert.ok(!existsSync(join('/', 'slipped.xml')))
})

test('A-162 XML whose entities unfold or name files, and elements without end', async (t) => {
  await becomeOf(t, [
    ['laughs.docx', () => docx(paragraph('&l9;'), [], LAUGHS), DOCTYPE],
    ['external.docx', () => docx(paragraph('&passwd;'), [], EXTERNAL), DOCTYPE],
    [
      'laughs-utf16.docx',
      () =>
        docx('', [
          { name: 'word/footnotes.xml', content: Buffer.from(`\uFEFF${LAUGHS}<a>&l9;</a>`, 'utf16le') },
        ]),
      DOCTYPE,
    ],
    [
      'laughs.odt',
      () => odt('<text:p>Nobody laughs. &l9;</text:p>', [], LAUGHS),
      { says: 'Nobody laughs.', lacks: [/lol|\]>/] },
    ],
    [
      'external.odt',
      () => odt('<text:p>Nobody is named. &passwd;</text:p>', [], EXTERNAL),
      { says: 'Nobody is named.', lacks: [/root:|%p/] },
    ],
    [
      'laughs.xlsx',
      () => xlsx(CELL, '<si><t>Nobody counts. &l9;</t></si>', LAUGHS),
      { says: 'Nobody counts.', lacks: [/lol/] },
    ],
    ['laughs.pptx', () => pptx('Nobody shows. &l9;', LAUGHS), { says: 'Nobody shows.', lacks: [/lol/] }],
    [
      'laughs.epub',
      () => epub(['a.xhtml'], { 'a.xhtml': 'Nobody reads. &l9;' }, LAUGHS),
      { says: 'Nobody reads.', lacks: [/lol/] },
    ],
    ['deep.docx', () => docx(deep('<w:sdt>', '</w:sdt>')), DEEP_XML],
    ['deep.odt', () => odt(deep('<text:span>', '</text:span>')), DEEP_XML],
    ['deep.xlsx', () => xlsx(deep('<a>', '</a>')), DEEP_XML],
    ['deep.epub', () => epub(['a.xhtml'], { 'a.xhtml': deep('<div>', '</div>') }), DEEP_HTML],
    ['deep.html', () => deep('<div>', '</div>'), DEEP_HTML],
    [
      'deep.xml',
      () => deep('<a>', '</a>', 10_000, 'Bathyscaphe touches the ooze.'),
      { says: 'Bathyscaphe touches the ooze.' },
    ],
    [
      'deep.json',
      () => deep('[', ']', 1_000_000, '"Anglerfish carry lanterns."'),
      { says: 'Anglerfish carry lanterns.' },
    ],
    [
      'deep.ipynb',
      () => `{"cells":[{"source":"Tubeworms crowd the vent."},${deep('[', ']', 1_000_000, '')}]}`,
      { says: 'Tubeworms crowd the vent.' },
    ],
    [
      'deep.md',
      () => `${'> '.repeat(500_000)}Manganese nodules grow slowly.`,
      { says: 'Manganese nodules grow slowly.' },
    ],
  ])
})

test('A-162 PDFs that go in circles, lie about their pages or unfold', async (t) => {
  await becomeOf(t, [
    [
      'tree.pdf',
      () => pdf(['<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Count 1/Kids[2 0 R]>>']),
      'it could not be read: Pages tree contains circular reference.',
    ],
    [
      'million.pdf',
      () =>
        pdf([
          '<</Type/Catalog/Pages 2 0 R>>',
          `<</Type/Pages/Count 1000000/Kids[${PAGES.map((_, at) => `${at + 3} 0 R `).join('')}]>>`,
          ...PAGES,
        ]),
      'it has more than 10000 pages',
    ],
    ['table.pdf', () => circularTable(), { says: 'The table names itself.' }],
    [
      'form.pdf',
      () =>
        pdf([
          ...pages(`${line('The form draws itself.')}/X Do\n`, '/XObject<</X 6 0 R>>'),
          stream('/X Do\n', '/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>'),
        ]),
      { says: 'The form draws itself.' },
    ],
    [
      'length.pdf',
      () => pdf([...pages('').slice(0, 3), '<</Length 4 0 R>>\nstream\nx\nendstream']),
      TEXTLESS,
    ],
    ['stream.pdf', () => pdf(pages(Buffer.alloc(100 * MiB, ' '))), TEXTLESS],
    [
      'arrays.pdf',
      () =>
        pdf([`<</Type/Catalog/Pages 2 0 R/X ${'['.repeat(1_000_000)}>>`, '<</Type/Pages/Count 0/Kids[]>>']),
      CUT_PDF,
    ],
    [
      'script.pdf',
      () =>
        pdf([
          '<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>',
          ...pages(line('Nothing is run.')).slice(1),
        ]),
      { says: 'Nothing is run.', lacks: [/alert/] },
    ],
  ])
})

/** One more than are read, of the million that it says it has. */
const PAGES = Array.from({ length: 10_001 }, () => '<</Type/Page/Parent 2 0 R>>')

/** Its table of objects says that the one before it is itself. */
function circularTable(): Buffer {
  const source = pdf(pages(line('The table names itself.'))).toString('latin1')
  return Buffer.from(
    source.replace('/Root 1 0 R', `/Root 1 0 R/Prev ${source.lastIndexOf('xref\n0')}`),
    'latin1',
  )
}

test('A-162 what would take for ever is given up, and the file beside it is read', async (t) => {
  const extractors = createExtractors({ seconds: 3 })
  t.after(() => extractors.close())
  // Twelve forms, each of which draws the next one ten times.
  const forms = Array.from({ length: 12 }, (_, at) =>
    stream(
      at === 11 ? line('ha') : '/X Do\n'.repeat(10),
      `/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X ${at + 7} 0 R>>/Font<</F 5 0 R>>>>`,
    ),
  )
  const bomb = pdf([...pages('/X Do\n'.repeat(10), '/XObject<</X 6 0 R>>'), ...forms])
  const [hostile, beside] = await Promise.all([
    extractors.extract('laughs.pdf', bomb, false),
    extractors.extract('beside.md', Buffer.from('The beacon burns.'), true),
  ])
  assert.deepEqual(hostile, { problem: 'reading it took longer than 3 seconds' })
  assert.ok('passages' in beside)
})
