import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createSegment } from '../../../test/support/segments.ts'
import { analyse, partsOfIdentifiers } from './analyse.ts'
import { learnWords, lookAlikes } from './look-alike.ts'
import { nearness } from './near.ts'
import { search } from './search.ts'
import { createTermNumbers } from './term-numbers.ts'

const asked = (texts: readonly string[], question: string) => {
  const { segment, textOf } = createSegment(texts)
  return search([segment], question, { limit: 10, textOf }).map(({ document }) => document)
}

test('stop words say little where others are left, and are all there is where none are', () => {
  const texts = ['the one of the what of the is', 'capital punishment', 'the milk of what is the cow']
  assert.equal(asked(texts, 'what is the capital of the')[0], 2)
  assert.equal(asked(texts, 'what is the')[0], 1)
})

test('other inflections, compounds and slips of the keyboard are found', () => {
  const texts = ['Die Verteidigungsministerien', 'Der Bahnhof', 'восстановления', 'accommodation nearby']
  assert.deepEqual(asked(texts, 'Verteidigungsministerium'), [1])
  assert.deepEqual(asked(texts, 'Hauptbahnhof'), [2])
  assert.deepEqual(asked(texts, 'восстановление'), [3])
  assert.deepEqual(asked(texts, 'accomodation'), [4])
})

test('the word itself comes before what looks like it; numbers and short words have no look-alikes', () => {
  const { segment } = createSegment(['playground', 'playgrounds of', '20261', '20262', 'tea', 'teal'])
  assert.equal(lookAlikes('battleground', [segment])[0]?.term, 'playground')
  assert.deepEqual(lookAlikes('20261', [segment]), [])
  assert.deepEqual(lookAlikes('tea', [segment]), [])
  assert.deepEqual(asked(['battlegrounds', 'playground'], 'playground')[0], 2)
})

test('words of segments are learnt one segment at a time, each once, by whoever asks first', () => {
  const segments = ['playground', 'battleground', 'underground'].map((text) => createSegment([text]).segment)
  lookAlikes('grounds', segments.slice(0, 1))
  assert.deepEqual(
    [1, 2, 3].map(() => learnWords(segments)),
    [true, true, false],
  )
})

test('parts of identifiers are found beside the whole', () => {
  assert.deepEqual(partsOfIdentifiers('def writeHTMLPage(self):'), ['write', 'html', 'page'])
  assert.deepEqual(partsOfIdentifiers('Words of a Sentence'), [])
  const texts = ['def writeBoolean(self)', 'def readNumber(self)']
  assert.equal(asked(texts, 'how to write a boolean')[0], 1)
  assert.equal(asked(texts, 'writeboolean')[0], 1)
})

test('question words that stand close together count more than the same ones apart', () => {
  const apart = 'boundary of a country that has more than one flat layer'
  const close = 'layer of a flat country that has more than one boundary layer'
  const numbers = createTermNumbers()
  const places = new Map(analyse('boundary layer').map((term, place) => [numbers.numberOf(term), place]))
  const gain = (text: string) => {
    const terms: number[] = []
    numbers.read(text, (number) => terms.push(number))
    return nearness(terms, places, [3, 3])
  }
  assert.equal(gain(apart), 0)
  assert.ok(gain(close) > 0)
  assert.ok(gain('boundary layer') > gain('boundary of a layer'))
})

test('what resembles the first is lifted', () => {
  const filler = Array.from({ length: 30 }, (_, index) => `note ${index} about gardening`)
  const texts = [
    ...['comet comet halley perihelion orbit', 'comet halley perihelion orbit telescope'],
    ...['comet cleaner kitchen sink brush', 'comet perihelion orbit telescope dust'],
    ...filler,
  ]
  const found = asked(texts, 'comet')
  assert.deepEqual(new Set(found.slice(0, 4)), new Set([1, 2, 3, 4]))
  assert.equal(found[3], 3)
})

test('a single character of a script without spaces is found', () => {
  assert.deepEqual(asked(['東京都は', 'tea'], '都'), [1])
})

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc
    .array(fc.constantFrom('tea', 'Teas', 'writeTea', '東京都', 'naïve', ' ', '-', '🍵', '\ud800', '"'), {
      maxLength: 40,
    })
    .map((parts) => parts.join('')),
)

test('A-160 any question is answered, and what is asked for in its own words is found', () => {
  const { segment, textOf } = createSegment(['# Tea\n\nGreen teas', '東京都', 'writeTea naïve'])
  fc.assert(
    fc.property(text, (question) => {
      const found = search([segment], question, { limit: 2, textOf })
      assert.ok(found.length <= 2)
      for (const { score } of found) assert.ok(Number.isFinite(score) && score > 0)
      const own = createSegment([question, 'something else'])
      const isAsked = analyse(question).length > 0
      const itself = search([own.segment], question, { limit: 5, textOf: own.textOf })
      assert.equal(
        itself.some(({ document }) => document === 1),
        isAsked,
      )
    }),
  )
})

test('how many are asked for takes away from the end, and only what is allowed is found', () => {
  const texts = Array.from(
    { length: 150 },
    (_, index) => `tea ${'milk '.repeat(index % 7)} cup ${index % 11}`,
  )
  const { segment, textOf } = createSegment(texts)
  const all = search([segment], 'milk tea', { limit: 150, textOf })
  assert.deepEqual(search([segment], 'milk tea', { limit: 7, textOf }), all.slice(0, 7))
  assert.equal(all.length, 150)
  for (const [index, { score }] of all.entries()) {
    assert.ok(index === 0 || score <= (all[index - 1]?.score ?? 0))
  }
  const allowed = new Set([5, 77])
  const some = search([segment], 'milk tea', { limit: 150, textOf, allowed })
  assert.deepEqual(new Set(some.map(({ document }) => document)), allowed)
})
