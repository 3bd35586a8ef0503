import assert from 'node:assert/strict'
import { test } from 'node:test'
import { archive } from '../../../test/support/made-files.ts'
import { readPptx } from './pptx.ts'

const p = (...runs: string[]) => `<a:p>${runs.map((run) => `<a:r><a:t>${run}</a:t></a:r>`).join('')}</a:p>`
const shape = (place: string, ...paragraphs: string[]) =>
  `<p:sp><p:nvSpPr><p:cNvPr name="not text"/><p:nvPr>${place}</p:nvPr></p:nvSpPr><p:txBody>${paragraphs.join('')}</p:txBody></p:sp>`
const table = (...rows: string[][]) =>
  `<p:graphicFrame><p:nvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr><a:tbl>${rows
    .map(
      (cells) => `<a:tr>${cells.map((cell) => `<a:tc><a:txBody>${cell}</a:txBody></a:tc>`).join('')}</a:tr>`,
    )
    .join('')}</a:tbl></p:graphicFrame>`
const relations = (targets: Readonly<Record<string, string>>) =>
  `<Relationships>${Object.entries(targets)
    .map(([id, target]) => `<Relationship Id="${id}" Target="${target}"/>`)
    .join('')}</Relationships>`

/** Slides by their files' names, shown in the order of `order`. */
function presentation(
  slides: Readonly<Record<string, string>>,
  order: readonly string[],
  notes: Readonly<Record<string, string>> = {},
): Buffer {
  return archive([
    {
      name: 'ppt/presentation.xml',
      content: `<p:presentation>${order.map((name) => `<p:sldId r:id="${name}"/>`).join('')}</p:presentation>`,
    },
    {
      name: 'ppt/_rels/presentation.xml.rels',
      content: relations(Object.fromEntries(order.map((name) => [name, `slides/${name}.xml`]))),
    },
    ...Object.entries(slides).map(([name, content]) => ({
      name: `ppt/slides/${name}.xml`,
      content: `<p:sld>${content}</p:sld>`,
    })),
    ...Object.entries(notes).flatMap(([name, content]) => [
      {
        name: `ppt/slides/_rels/${name}.xml.rels`,
        content: relations({ l: '../slideLayouts/l.xml', n: `../notesSlides/${name}.xml` }),
      },
      { name: `ppt/notesSlides/${name}.xml`, content: `<p:notes>${content}</p:notes>` },
    ]),
    {
      name: 'docProps/core.xml',
      content: '<cp:coreProperties><dc:title>Deck</dc:title></cp:coreProperties>',
    },
  ])
}

test('slides in the order in which they are shown, each a page under its title', () => {
  const slides = {
    slide1: shape('<p:ph type="title"/>', p('Second')) + shape('', p('b')),
    slide2: shape('', p('first line'), p('second ', 'line')) + shape('<p:ph type="ctrTitle"/>', p('First')),
    slide3: shape('<p:ph type="body"/>', p('not shown')),
  }
  const { title, text, pages } = readPptx(presentation(slides, ['slide2', 'slide1']))
  assert.equal(title, 'Deck')
  assert.equal(text, '## First\nfirst line\nsecond line\n\n## Second\nb')
  assert.deepEqual(pages, [0, text.indexOf('## Second')])
})

test('by their numbers where the presentation does not say', () => {
  const slides = { slide10: shape('', p('ten')), slide9: shape('', p('nine')) }
  assert.equal(readPptx(presentation(slides, [])).text, 'nine\n\nten')
})

test('a slide’s notes stand below it, without the slide’s number', () => {
  const notes =
    shape('<p:ph type="body"/>', p('Say it'), p('42')) +
    shape('', '<a:p><a:fld type="slidenum"><a:t>7</a:t></a:fld><a:r><a:t> of it</a:t> no text </a:r></a:p>')
  const slides = { slide1: shape('', p('Shown')) }
  assert.equal(
    readPptx(presentation(slides, ['slide1'], { slide1: notes })).text,
    'Shown\n\nSay it\n42\nof it',
  )
})

test('a table is a line for each row, and no part of the title before it', () => {
  const slide =
    shape('<p:ph type="title"/>', p('Railing')) +
    table([p('Side'), p('Paint')], [p('sea', 'ward'), p('two') + p('coats')], [p(''), p('')])
  assert.equal(
    readPptx(presentation({ slide1: slide }, ['slide1'])).text,
    '## Railing\nSide | Paint\nseaward | two coats',
  )
})

test('a break within a line is a space; what is no presentation is refused', () => {
  const slide = shape('', '<a:p><a:r><a:t>one</a:t></a:r><a:br/><a:r><a:t>two</a:t></a:r></a:p>')
  assert.equal(readPptx(presentation({ slide1: slide }, ['slide1'])).text, 'one two')
  assert.throws(() => readPptx(archive([{ name: 'word/document.xml', content: '<x/>' }])), /no presentation/)
})
