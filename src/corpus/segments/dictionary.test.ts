import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareBytes, createDictionaryWriter, type Entry, readDictionary } from './dictionary.ts'

/** Few different bytes, so that many terms begin alike; some longer than what a reader begins with. */
const bytes = fc.oneof(
  { weight: 9, arbitrary: fc.array(fc.constantFrom(0, 1, 97, 98, 127, 128, 255), { maxLength: 6 }) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(97, 98), { minLength: 250, maxLength: 600 }) },
)
const term = bytes.map((values) => Uint8Array.from(values))
const terms = fc
  .uniqueArray(term, { selector: (one) => one.join(), maxLength: 70, size: 'max' })
  .map((all) => all.toSorted(compareBytes))

function written(all: readonly Uint8Array[]) {
  const writer = createDictionaryWriter()
  const entries: [term: Uint8Array, entry: Entry][] = []
  let offset = 0
  for (const [index, term] of all.entries()) {
    const [count, size] = [index + 1, (index % 5) * 100 + 1]
    writer.add(term, count, size)
    entries.push([term, { count, offset, size }])
    offset += size
  }
  return { dictionary: readDictionary(writer.end()), entries }
}

/** What stands beside a term in the order, there or not: with one byte less, more or other. */
function neighboursOf(term: Uint8Array): Uint8Array[] {
  const last = term.at(-1) ?? 0
  return [
    term.subarray(0, -1),
    Uint8Array.of(...term, 0),
    Uint8Array.of(...term, 255),
    Uint8Array.of(...term.subarray(0, -1), Math.max(0, last - 1)),
    Uint8Array.of(...term.subarray(0, -1), Math.min(255, last + 1)),
  ]
}

test('what is found is what looking at each term would find, beside every term as well', () => {
  fc.assert(
    fc.property(terms, fc.array(term), (all, others) => {
      const { dictionary, entries } = written(all)
      for (const asked of [...all, ...all.flatMap(neighboursOf), ...others]) {
        const found = entries.find(([one]) => compareBytes(one, asked) === 0)
        assert.deepEqual(dictionary.find(asked), found?.[1], asked.join())
      }
    }),
  )
})

test('from a beginning on all terms come that are not before it', () => {
  fc.assert(
    fc.property(terms, term, (all, start) => {
      const { dictionary, entries } = written(all)
      for (const from of [start, ...all.slice(0, 3).flatMap(neighboursOf)]) {
        const cursor = dictionary.from(from)
        const met: typeof entries = []
        while (cursor.next()) met.push([cursor.term().slice(), cursor.entry()])
        assert.deepEqual(
          met,
          entries.filter(([one]) => compareBytes(one, from) >= 0),
        )
        assert.equal(cursor.next(), false, 'the end stays the end')
      }
    }),
  )
})
