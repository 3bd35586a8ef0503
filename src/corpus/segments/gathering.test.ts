import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createGathering } from './gathering.ts'
import { readSegment } from './segment-bytes.ts'

/** What terms begin with is compared as a number: its borders, and what is beyond. */
const letters = [
  '0',
  '9',
  'a',
  'z',
  '/',
  ':',
  '`',
  '{',
  'A',
  ' ',
  'é',
  'ß',
  'я',
  '茶',
  '\uffee',
  '😀',
  '\u{10fffd}',
]
const term = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 9 }).map((all) => all.join(''))

/** The terms of a document's segment, in its order. */
function termsInOrder(terms: readonly string[]): string[] {
  const gathering = createGathering()
  gathering.add(1, {
    terms: terms.join('\n'),
    occurrences: Uint32Array.from(terms, (_, place) => place * 256 + 1),
    ends: Uint32Array.of(terms.length),
    lengths: Uint16Array.of(terms.length),
  })
  const chunks: Uint8Array[] = []
  const segment = readSegment(
    gathering.write((chunk) => chunks.push(chunk.slice())),
    (number) => chunks[number] ?? new Uint8Array(),
  )
  const cursor = segment.terms.from(new Uint8Array())
  const found: string[] = []
  while (cursor.next()) found.push(Buffer.from(cursor.term()).toString())
  return found
}

const inOrder = (terms: readonly string[]) =>
  terms.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))

test('terms stand in the order of their UTF-8 bytes, whatever characters they begin with', () => {
  fc.assert(
    fc.property(fc.uniqueArray(term, { minLength: 1, maxLength: 60, size: 'max' }), (terms) => {
      assert.deepEqual(termsInOrder(terms), inOrder(terms))
    }),
    { numRuns: 300 },
  )
  // UTF-16 has them the other way round.
  assert.deepEqual(termsInOrder(['😀', '\uffee', 'tea']), ['tea', '\uffee', '😀'])
})
