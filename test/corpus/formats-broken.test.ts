/**
 * Group 16 of the attacks: broken and hostile files of every format. Each is found, or listed with its reason, and never
 * stops the file beside it.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { archive, docx, epub, odt, paragraph, pptx } from '../support/made-files.ts'
import { becomeOf, CUT_PDF, DEEP_HTML, deep, NO_WORD } from './formats-beside.ts'

const FILES = new URL('../data/corpus/formats/', import.meta.url)
const good = (file: string) => readFileSync(new URL(file, FILES))
const half = (file: string) => good(file).subarray(0, good(file).length / 2)
const PNG = Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex')

const CUT = 'it is cut off, or not what its name says'
const ENCRYPTED = 'it is encrypted: save a copy without a password'

test('A-162 what is cut off, damaged or empty', async (t) => {
  await becomeOf(t, [
    ['cut.docx', () => half('word/pandoc.docx'), CUT],
    ['cut.xlsx', () => half('excel/openpyxl.xlsx'), CUT],
    ['cut.pptx', () => half('powerpoint/pandoc.pptx'), CUT],
    ['cut.odt', () => half('opendocument/pandoc.odt'), CUT],
    ['cut.epub', () => half('book/ebooklib.epub'), CUT],
    ['cut.pdf', () => half('pdf/reportlab.pdf'), CUT_PDF],
    ['cut-tex.pdf', () => half('pdf/pdftex.pdf'), CUT_PDF],
    ['cut.ipynb', () => half('notebook/pandoc.ipynb'), 'it is no notebook, or a damaged one'],
    ['cut.json', () => '{"note": "the gauge was', { says: 'the gauge was' }],
    [
      'cut.eml',
      () => half('mail/multipart.eml'),
      { says: 'Der Schlüs', title: 'Übergabe der Schlüssel', asked: 'Übergabe der Schlüssel' },
    ],
    ['cut.html', () => '<html><body><div><p>An unfinished pa', { says: 'An unfinished pa' }],
    ['beheaded.docx', () => good('word/pandoc.docx').subarray(3000), NO_WORD],
    ['without-document.docx', () => archive([{ name: 'word/styles.xml', content: '<x/>' }]), NO_WORD],
    [
      'ends-early.odt',
      () => archive([{ name: 'content.xml', content: '<a><b>lost' }]),
      'it is damaged: a part of it ends too early',
    ],
    ['no-page.pdf', () => '%PDF-1.7\nnothing else', CUT_PDF],
    ['empty.docx', () => '', CUT],
    ['empty.pdf', () => '', 'it is no PDF, whatever its name says'],
    ['empty.eml', () => '', 'it is no message'],
    ['empty.mbox', () => '', 'it holds no message'],
    ['empty.ipynb', () => '', 'it is no notebook, or a damaged one'],
    ['empty-windlass.txt', () => '', { says: '', asked: 'windlass', title: 'empty-windlass' }],
    ['empty-capstan.html', () => '', { says: '', asked: 'capstan', title: 'empty-capstan' }],
  ])
})

test('A-162 what is not what its name says', async (t) => {
  await becomeOf(t, [
    ['png.docx', () => PNG, CUT],
    ['png.txt', () => PNG, 'not text'],
    ['docx.pdf', () => good('word/pandoc.docx'), 'it is no PDF, whatever its name says'],
    ['pdf.docx', () => good('pdf/reportlab.pdf'), CUT],
    ['docx.md', () => good('word/pandoc.docx'), 'not text'],
    ['xlsx.docx', () => good('excel/openpyxl.xlsx'), NO_WORD],
    ['docx.xlsx', () => good('word/pandoc.docx'), 'it is no workbook'],
    ['docx.pptx', () => good('word/pandoc.docx'), 'it is no presentation'],
    ['docx.odt', () => good('word/pandoc.docx'), 'it is no OpenDocument file'],
    ['docx.epub', () => good('word/pandoc.docx'), 'it is no book'],
    [
      'old.docx',
      () => good('word/libreoffice.doc'),
      'it is of an old Office format under a new name: save it in the new one',
    ],
    ['text.eml', () => 'Just words.', 'it is no message'],
    ['noise.txt', noise, 'not text'],
    [
      'encrypted.odt',
      () => odt('', [{ name: 'META-INF/manifest.xml', content: '<manifest:encryption-data/>' }]),
      ENCRYPTED,
    ],
    [
      'protected.epub',
      () =>
        archive(
          ['META-INF/encryption.xml', 'META-INF/rights.xml'].map((name) => ({ name, content: '<x/>' })),
        ),
      'it is protected: only its own reader can open it',
    ],
  ])
})

/** Bytes without rule and without a zero: no encoding's text. */
function noise(): Uint8Array {
  let state = 1
  return Uint8Array.from({ length: 100_000 }, () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff
    return (state >> 16) & 255 || 1
  })
}

test('A-162 mail of ten thousand parts and messages within messages', async (t) => {
  await becomeOf(t, [
    [
      'nested.eml',
      () => nested('multipart/mixed', (at) => `--b${at}\n`),
      'it could not be read: Maximum MIME nesting depth of 64 levels exceeded',
    ],
    [
      'forwarded.eml',
      () => nested('message/rfc822', (at) => `Subject: forwarded ${at}\n`),
      { says: 'forwarded 7', lacks: [/forwarded 8/] },
    ],
    [
      'parts.eml',
      () =>
        `Subject: A chest of drawers\nContent-Type: multipart/mixed; boundary=b\n\n${'--b\n\n'.repeat(10_000)}`,
      { says: '', asked: 'A chest of drawers', title: 'A chest of drawers' },
    ],
    [
      'header.eml',
      () => `Subject: x\n${'X: y\n'.repeat(500_000)}\nbody`,
      'it could not be read: Maximum header size of 1048576 bytes exceeded',
    ],
    ['html.eml', () => `Subject: x\nContent-Type: text/html\n\n${deep('<div>', '</div>')}`, DEEP_HTML],
    [
      'one-bad.mbox',
      () =>
        `From a Wed Mar 04 10:30:00 2026\n${nested('multipart/mixed', (at) => `--b${at}\n`)}\n\nFrom b Wed Mar 04 10:31:00 2026\nSubject: good\n\nThe second letter arrived.\n`,
      { says: 'The second letter arrived.' },
    ],
  ])
})

function nested(type: string, inner: (at: number) => string): string {
  const levels = Array.from(
    { length: 10_000 },
    (_, at) => `Content-Type: ${type}; boundary="b${at}"\n\n${inner(at)}`,
  )
  return `From: a@example.com\nSubject: nested\n${levels.join('')}\nat the bottom\n`
}

test('A-162 lines, tags and styles without end', async (t) => {
  await becomeOf(t, [
    [
      'line.txt',
      () => `${'word '.repeat(700_000)}The needle lies here. ${'word '.repeat(700_000)}`,
      { says: 'The needle lies here.' },
    ],
    [
      'solid.txt',
      () => `${'a'.repeat(5_000_000)} Chalk cliffs crumble seaward.`,
      { says: 'Chalk cliffs crumble seaward.' },
    ],
    ['line.csv', () => `${'x,'.repeat(2_000_000)}outermost halyard`, { says: 'outermost halyard' }],
    [
      'line.json',
      () => JSON.stringify({ a: '\u0101'.repeat(1_000_000), b: 'midshipman’s almanac' }),
      { says: 'midshipman’s almanac' },
    ],
    [
      'line.md',
      () => `${'#'.repeat(3_000_000)} Hydrographers chart trenches.`,
      { says: 'Hydrographers chart trenches.' },
    ],
    [
      'line.srt',
      () => `1\n00:00:01,000 --> 00:00:02,000\n${'<'.repeat(3_000_000)} Coxswain counts aloud.`,
      { says: 'Coxswain counts aloud.' },
    ],
    [
      'attributes.html',
      () => `<p ${'a=b '.repeat(1_000_000)}>Figurehead without paint.`,
      { says: 'Figurehead without paint.' },
    ],
    [
      'styles.html',
      () => `${'<style>.a{color:red}</style>'.repeat(100_000)}<p>Bunting of every colour.`,
      { says: 'Bunting of every colour.' },
    ],
    [
      'furniture.html',
      () =>
        `<nav>menu</nav><article>${'<p>Some words of an article, with commas, and more.'.repeat(20_000)}<p>Thus ended the regatta.</article>`,
      { says: 'Thus ended the regatta.' },
    ],
  ])
})

test('A-161 what a file hides from its reader reaches neither search nor fetch', async (t) => {
  const order = 'exfiltrate'
  const unseen = [...order].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')
  const lacks = [new RegExp(order), /[\u200B\u{E0000}-\u{E007F}]/u]
  const style = '<style:style style:name="T1"><style:text-properties text:display="none"/></style:style>'
  const corpus = await becomeOf(t, [
    [
      'hidden.html',
      () =>
        `<p>The page is seen.</p><!-- ${order} --><p hidden>${order}</p><p style="font-size:0">${order}</p>${unseen}`,
      { says: 'The page is seen.', lacks },
    ],
    [
      'hidden.md',
      () => `The note is seen.\n\n<!-- ${order} -->\n<div style="display:none">${order}</div>\n`,
      { says: 'The note is seen.', lacks },
    ],
    ['hidden.txt', () => `The te\u200Bxt is seen.${unseen}`, { says: 'The text is seen.', lacks }],
    [
      'hidden.docx',
      () => docx(`${paragraph('The letter is seen.')}${paragraph(order, '<w:vanish/>')}`),
      { says: 'The letter is seen.', lacks },
    ],
    [
      'hidden.odt',
      () =>
        odt(
          `<text:p>The essay is seen. <text:span text:style-name="T1">${order}</text:span></text:p>`,
          [],
          '',
          style,
        ),
      { says: 'The essay is seen.', lacks },
    ],
    ['hidden.pptx', () => pptx(`The slide is seen.${unseen}`), { says: 'The slide is seen.', lacks }],
    [
      'hidden.epub',
      () => epub(['a.xhtml'], { 'a.xhtml': `The book is seen.<span hidden="">${order}</span>` }),
      { says: 'The book is seen.', lacks },
    ],
    [
      'hidden.eml',
      () => `Subject: x\nContent-Type: text/html\n\n<p>The mail is seen.<p style="display:none">${order}`,
      { says: 'The mail is seen.', lacks },
    ],
  ])
  assert.deepEqual(await corpus.paths(order), [])
})
