import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foreignFont, line, pages, pdf, shownBytes, stream } from '../../../test/support/made-files.ts'
import { readPdf } from './pdf.ts'

const read = (objects: readonly (string | Buffer)[], trailer = '') => readPdf(pdf(objects, trailer))
const info = (title: string) => [...pages(line('x')), `<</Title ${title}>>`]

test('pages one after the other, and where each begins', async () => {
  const [, , page = '', content = '', font = ''] = pages(line('First.'))
  const second = page.toString().replace('4 0 R', '6 0 R')
  const { text, pages: starts } = await read([
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Count 3/Kids[3 0 R 7 0 R 8 0 R]>>',
    page,
    content,
    font,
    stream(line('Second.')),
    second,
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>',
  ])
  assert.equal(text, 'First.\n\nSecond.\n\n')
  assert.deepEqual(starts, [0, 8, 17])
})

test('lines stay lines; a word that is parted at a line’s end is whole', async () => {
  const lines =
    'BT /F 12 Tf 14 TL 72 700 Td (The circum-) Tj T* (navigation of) Tj T* (Cape-) Tj T* (Town) Tj ET'
  assert.equal((await read(pages(lines))).text, 'The circumnavigation of\nCape-\nTown')
})

test('a letter printed over an accent is one character, an accent alone stays', async () => {
  // \250 is the diaeresis, \365 the i without its dot.
  const content = 'BT /F 12 Tf 72 700 Td (B\\250unting \\250 \\250q na\\250\\365ve) Tj ET'
  const font =
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Type/Encoding/BaseEncoding/WinAnsiEncoding/Differences[245/dotlessi]>>>>'
  const { text } = await read(pages(content).with(4, font))
  assert.equal(text, 'Bünting ¨ ¨q naïve')
  // \264 is the acute, \351 is é.
  const line = (words: string) => pages(`BT /F 12 Tf 72 700 Td (${words}) Tj ET`).with(4, font)
  assert.equal((await read(line('caf\\264e don\\264t'))).text, 'café don´t')
  assert.equal((await read(line('caf\\351 de l\\264eau'))).text, 'café de l´eau')
})

test('the title is the file’s, unless a program wrote its own name or the file’s there', async () => {
  const titleOf = async (title: string) => (await read(info(title), '/Info 6 0 R')).title
  assert.equal(await titleOf('(Ship log)'), 'Ship log')
  for (const title of ['(report.docx)', '(Microsoft Word - report)', '(untitled)', '( )', '(thesis.dvi)']) {
    assert.equal(await titleOf(title), '', title)
  }
})

test('what shows no text, or text without characters, or is no PDF, says so', async () => {
  await assert.rejects(read(pages('0 0 9 9 re f')), /pictures of text only/)
  const unknown = pages(shownBytes('B5C6CBFE')).with(4, foreignFont('Nobody-H', 'Nobody'))
  await assert.rejects(read(unknown), /do not say which characters they show: .*npm install pdfjs-dist/)
  await assert.rejects(readPdf(Buffer.from('PK')), /no PDF/)
  await assert.rejects(readPdf(Buffer.from('%PDF-1.7\n')), /cut off or damaged/)
})

test('lines before its head are passed over', async () => {
  assert.equal(
    (await readPdf(Buffer.concat([Buffer.from('X-Mail: y\n\n'), pdf(pages(line('Behind.')))]))).text,
    'Behind.',
  )
})
