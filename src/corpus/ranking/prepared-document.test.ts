import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPreparation } from './prepared-document.ts'

const prepare = createPreparation()

/** How often a term stands in headings of a document's passage. */
function inHeadings(term: string, path: string, title: string, text: string, passage = 0): number {
  const { analysed } = prepare(path, { title, text, media_type: 'text/plain' })
  const place = analysed.terms.split('\n').indexOf(term)
  const begin = passage === 0 ? 0 : (analysed.ends[passage - 1] ?? 0)
  const found = analysed.occurrences
    .subarray(begin, analysed.ends[passage])
    .find((occurrence) => occurrence >>> 8 === place)
  return ((found ?? 0) >>> 4) & 15
}

test('words of title and path count as headings of each passage', () => {
  const text = `${'milk and sugar\n'.repeat(100)}\n${'cup and jug\n'.repeat(100)}`
  for (const passage of [0, 1]) {
    assert.equal(inHeadings('tea', 'notes/tea.txt', 'Of tea', text, passage), 2)
    assert.equal(inHeadings('milk', 'notes/tea.txt', 'Of tea', text, passage), 0)
  }
})

test('a document that names no title goes by its first line, and its file’s name counts once', () => {
  const text = 'Green gunpowder\n\nIs a tea of Zhejiang.'
  assert.equal(inHeadings('gunpowd', 'notes/17.txt', '17', text), 1)
  assert.equal(inHeadings('zhejiang', 'notes/17.txt', '17', text), 0)
  assert.equal(inHeadings('17', 'notes/17.txt', '17', text), 1)
  assert.equal(inHeadings('gunpowd', 'notes/17.txt', 'Seventeen', text), 0)
})

test('a first line that is long, or all there is, is no title', () => {
  assert.equal(inHeadings('gunpowd', '17.txt', '17', 'Gunpowder'), 0)
  assert.equal(inHeadings('gunpowd', '17.txt', '17', `Gunpowder ${'or so '.repeat(20)}\n\nIs a tea.`), 0)
})
