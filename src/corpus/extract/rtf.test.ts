import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRtf } from './rtf.ts'

const HEAD =
  '{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset204 Arial Cyr;}{\\f2\\fcharset128 MS Mincho;}}'
const read = (body: string) => readRtf(Buffer.from(`${HEAD}${body}}`, 'latin1'))
const textOf = (body: string) => read(body).text

test('paragraphs, breaks and characters by name', () => {
  assert.equal(
    textOf(
      'One\\par Two\\line three\\tab four.\\par\r\n\\par Five\r\n six\\emdash\\ldblquote seven\\rdblquote',
    ),
    'One\n\nTwo three four.\n\nFive six—“seven”',
  )
  assert.equal(textOf('a\\{b\\}c\\\\d\\~e\\\nf'), 'a{b}c\\d e\n\nf')
})

test('\\’xx are bytes of the font’s encoding, two of them one character where it has such', () => {
  assert.equal(textOf("caf\\'e9"), 'café')
  assert.equal(textOf("{\\f1 \\'ec\\'e8\\'f0} \\'fc"), 'мир ü')
  assert.equal(textOf("{\\f2 \\'93\\'94\\'91\\'e4}"), '灯台')
  assert.equal(textOf("{\\f2 \\'83\\'41\\'83A}"), 'アア')
  const polish = Buffer.from("{\\rtf1\\ansi\\ansicpg1250 \\'b9\\'ea\\plain\\'b3}", 'latin1')
  assert.equal(readRtf(polish).text, 'ąęł')
})

test('\\u is a character, and what follows for others is passed over, as long as \\uc says', () => {
  assert.equal(textOf("\\u8212-\\u8220\\'93well\\u8221?"), '—“well”')
  assert.equal(textOf("{\\uc2\\u28783\\'93\\'94}\\u233e!"), '灯é!')
  assert.equal(textOf('\\uc0\\u233 t\\u-10179 \\u-8704 '), 'ét😀')
})

test('headings by their outline level, items by their mark, a line for each row', () => {
  assert.equal(
    textOf(
      'Before.\\par{\\pard\\outlinelevel0 Tides\\par}{\\pard\\outlinelevel1\\b Ebb\\par}\\pard Text.\\par\\pard\\outlinelevel9 Body.\\par',
    ),
    'Before.\n\n# Tides\n\n## Ebb\n\nText.\n\nBody.',
  )
  assert.equal(
    textOf("{\\listtext\\bullet\\tab}one\\par{\\pntext\\'b7\\tab}two\\par\\bullet\\tab three\\par"),
    '- one\n- two\n- three',
  )
  assert.equal(textOf('{\\listtext\\tab}Heading\\par'), 'Heading')
  assert.equal(
    textOf(
      'Above.\\par\\trowd\\intbl Berth\\cell Depth\\cell\\row\\trowd\\intbl North\\par quay\\cell nine\\cell\\row\\pard Below.',
    ),
    'Above.\n\nBerth | Depth\nNorth quay | nine\n\nBelow.',
  )
})

test('a note stands after its paragraph, the title is the document’s', () => {
  assert.equal(
    textOf('The rope{\\super 1{\\*\\footnote {\\super 1} Of hemp.\\par}} is here.\\par Next.'),
    'The rope1 is here.\n\n1 Of hemp.\n\nNext.',
  )
  assert.equal(read("{\\info{\\title Caf\\'e9 log}{\\author Nobody}}Text").title, 'Café log')
  assert.equal(textOf('{\\info{\\title T}{\\author Nobody}}Text'), 'Text')
})

test('fonts, styles, pictures, fields’ codes, headers and groups for others are no text; a text box is', () => {
  assert.equal(
    textOf(
      '{\\stylesheet{\\s1 Heading 1;}}{\\*\\generator Riched20;}{\\pict\\wmetafile8 0100090000}{\\header Page}a{\\field{\\*\\fldinst HYPERLINK "x"}{\\fldrslt b}}{\\*\\unknown{\\par c}}',
    ),
    'ab',
  )
  assert.equal(
    textOf(
      '{\\shp{\\*\\shpinst\\shpleft0{\\sp{\\sn a}{\\sv b}}{\\shptxt In the box.\\par}}{\\shprslt again}}',
    ),
    'In the box.',
  )
  assert.equal(textOf('{\\object{\\*\\objdata 0105}{\\result seen}}'), 'seen')
  assert.equal(textOf('a{\\pict\\bin4 }}{{}b'), 'ab')
})

test('A-161 hidden and deleted text is dropped', () => {
  assert.equal(
    textOf('seen{\\v SECRET} {\\deleted SECRET}\\v SECRET\\v0 seen\\v SECRET\\plain !'),
    'seen seen!',
  )
})

test('A-162 groups without end are refused, whatever is broken ends', () => {
  assert.throws(() => textOf('{'.repeat(100_000)), /nest deeper than 512/)
  assert.throws(() => readRtf(Buffer.from('just words')), /no RTF/)
  assert.equal(textOf('}}}}a'), 'a')
  assert.equal(textOf('a\\'), 'a}')
  assert.equal(textOf("b\\'g1\\u\\uc-5\\u233xc\\bin99999999"), 'bg1éxc')
  assert.throws(() => textOf('word '.repeat(4_000_000)), /more than 16 million characters/)
})
