import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Segment } from '../segments/segment.ts'
import { type Ranked, type RankOptions, rank as rankWanted } from './score.ts'

/** A document is its passages, a passage its words; those after `|` stand in headings. */
function segmentOf(documents: ReadonlyMap<number, readonly string[]>): Segment {
  const rows = [...documents].flatMap(([document, passages]) => passages.map((text) => ({ document, text })))
  const words = rows.map(({ text }) => text.split('|').map((part) => part.split(' ').filter(Boolean)))
  const lengths = words.map((parts) => parts.flat().length)
  return {
    ...{ passages: rows.length, live: rows.length, totalLength: lengths.reduce((sum, one) => sum + one, 0) },
    documents: Uint32Array.from(rows, ({ document }) => document),
    lengths: Uint16Array.from(lengths),
    find(term) {
      const often = (words: readonly string[] = []) => words.filter((word) => word === term).length
      const found = [...words.entries()].filter(([, parts]) => parts.flat().includes(term))
      if (found.length === 0) return undefined
      const postings = {
        passages: Uint32Array.from(found, ([number]) => number),
        often: Uint8Array.from(found, ([, parts]) => often(parts[0]) + 16 * often(parts[1])),
      }
      return { count: found.length, postings: () => postings }
    },
    terms: () => [],
  }
}

const rank = (segments: readonly Segment[], terms: readonly string[], options: RankOptions): Ranked[] =>
  rankWanted(
    segments,
    terms.map((term) => ({ term, importance: 1, alike: [] })),
    options,
  ).map(({ document, passage, score }) => ({ document, passage, score }))

const FILLER = Array.from({ length: 20 }, (_, index) => [100 + index, ['of and or']] as const)
const ranked = (documents: Record<number, readonly string[]>, ...terms: string[]) => {
  const all = new Map([
    ...Object.entries(documents).map(([number, text]) => [Number(number), text] as const),
    ...FILLER,
  ])
  return rank([segmentOf(all)], terms, { limit: 10 }).map(({ document, passage }) => `${document}#${passage}`)
}

test('a rare word says more than a common one, a short passage more than a long one, twice more than once', () => {
  const common = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [10 + index, ['milk milk']]))
  assert.equal(ranked({ ...common, 1: ['tea jug'] }, 'milk', 'tea')[0], '1#0')
  assert.deepEqual(ranked({ 1: ['tea and much that is not'], 2: ['tea jug'] }, 'tea'), ['2#0', '1#0'])
  assert.deepEqual(ranked({ 1: ['tea cup jug'], 2: ['tea tea jug'] }, 'tea'), ['2#0', '1#0'])
})

test('a word of a heading counts as one of the text', () => {
  // A heading of the text itself stands in its body as well: so its words count twice.
  assert.deepEqual(ranked({ 1: ['tea jug cup'], 2: ['tea jug|tea'], 3: ['jug milk|tea'] }, 'tea'), [
    '2#0',
    '1#0',
    '3#0',
  ])
})

test('a document is as good as its best passage and a little of its second, and appears once', () => {
  assert.deepEqual(ranked({ 1: ['tea', 'tea tea', 'tea jug'], 2: ['jug tea tea jug jug'] }, 'tea'), [
    '1#1',
    '2#0',
  ])
})

test('a look-alike counts for less than the word, and never as rarer than it', () => {
  const milk = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [10 + index, ['milk jug']]))
  const segment = segmentOf(
    new Map(
      [...Object.entries({ ...milk, 1: ['milks jug'], 2: ['jug milk'] })].map(([n, t]) => [Number(n), t]),
    ),
  )
  const found = rankWanted(
    [segment],
    [{ term: 'milk', importance: 1, alike: [{ term: 'milks', weight: 0.9 }] }],
    { limit: 20 },
  )
  assert.equal(found.at(-1)?.document, 1)
  assert.equal(found.length, 8)
  const slip = rankWanted(
    [segment],
    [{ term: 'milq', importance: 1, alike: [{ term: 'milks', weight: 0.5 }] }],
    {
      limit: 20,
    },
  )
  assert.deepEqual(
    slip.map(({ document }) => document),
    [1],
  )
})

test('a question that fails in between leaves nothing for the next', () => {
  const segment = segmentOf(
    new Map<number, readonly string[]>([[1, ['milks jug']], [2, ['milk jug']], ...FILLER]),
  )
  const broken = () => {
    throw new RangeError('postings end within one')
  }
  const damaged: Segment = {
    ...segment,
    find: (term) => (term === 'damaged' ? { count: 1, postings: broken } : segment.find(term)),
  }
  const before = rank([segment], ['milks'], { limit: 20 })
  const alike = ['milks', 'damaged'].map((term) => ({ term, weight: 1 }))
  assert.throws(
    () => rankWanted([damaged], [{ term: 'milk', importance: 1, alike }], { limit: 20 }),
    /end within/,
  )
  assert.deepEqual(rank([segment], ['milks'], { limit: 20 }), before)
})

test('what more than half of the passages have counts only where nothing else is found', () => {
  const many = Object.fromEntries(Array.from({ length: 1200 }, (_, index) => [index + 200, ['of']]))
  assert.deepEqual(ranked({ ...many, 1: ['tea'] }, 'of', 'tea'), ['1#0'])
  assert.equal(ranked({ ...many, 1: ['tea'] }, 'of', 'coffee').length, 10)
  assert.deepEqual(ranked({ ...many, 1: ['tea'] }, 'coffee'), [])
  // Of few passages more than half may have a word by chance.
  assert.equal(ranked({ 1: ['tea'] }, 'of', 'tea').length, 10)
})

const document = fc.array(
  fc
    .array(fc.constantFrom('tea', 'milk', 'jug', '|', 'sugar', 'of', 'or'), { maxLength: 9 })
    .map((words) => words.join(' ')),
  { minLength: 1, maxLength: 3 },
)
const documents = fc.array(document, { minLength: 1, maxLength: 20 })
const terms = fc.uniqueArray(fc.constantFrom('tea', 'milk', 'jug', 'sugar', 'of', 'coffee'), { minLength: 1 })

test('how the index is cut into segments changes nothing, and a limit only takes away from the end', () => {
  fc.assert(
    fc.property(
      documents,
      terms,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 25 }),
      (all, terms, cut, limit) => {
        const numbered = all.map((passages, index) => [index + 1, passages] as const)
        const whole = rank([segmentOf(new Map(numbered))], terms, { limit: 100 })
        const parts = Array.from({ length: cut }, (_, part) =>
          segmentOf(new Map(numbered.filter(([number]) => number % cut === part))),
        )
        assert.deepEqual(rank(parts, terms, { limit }), whole.slice(0, limit))
        assert.equal(new Set(whole.map(({ document }) => document)).size, whole.length)
        const allowed = new Set(numbered.map(([number]) => number).filter((number) => number % 2 === 0))
        assert.deepEqual(
          rank(parts, terms, { limit: 100, allowed }),
          whole.filter((one) => allowed.has(one.document)),
        )
      },
    ),
  )
})
