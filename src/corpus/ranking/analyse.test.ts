import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { analyse, analyseQuestion } from './analyse.ts'
import { createAnalyser } from './analysed-document.ts'

const asked = (question: string) =>
  analyseQuestion(question).map(({ term, isBeginning }) => (isBeginning ? `${term}…` : term))

test('a question is its words, each once, in whatever form they were written', () => {
  assert.deepEqual(asked('Green teas, green TEA!'), ['green', 'tea'])
  assert.deepEqual(asked('Zürich ｃａｆｅ́ ﬁsh Çà'), ['zurich', 'cafe', 'fish', 'ca'])
  assert.deepEqual(asked('  …!? '), [])
  assert.deepEqual(asked(''), [])
})

test('A-160 operators of FTS5 are words', () => {
  assert.deepEqual(asked('a AND b* NOT "c" NEAR(d, 2) col:e ^f'), [
    ...['a', 'and', 'b', 'not', 'c', 'near', 'd', '2', 'col', 'e', 'f'],
  ])
})

test('A-160 10,000 terms are bounded to 64', () => {
  assert.equal(asked(Array.from({ length: 10_000 }, (_, index) => `w${index}`).join(' ')).length, 64)
  assert.equal(asked('東京都'.repeat(1000)).length <= 64, true)
})

test('Chinese, Japanese and Thai are character pairs and words, a single character is a beginning', () => {
  assert.deepEqual(analyse('東京都は3'), ['東京', '京都', '都は', '都', 'は', '3'])
  assert.deepEqual(analyse('พิพิธภัณฑ์').includes('พิพิธภัณฑ์'), true)
  assert.deepEqual(asked('京都'), ['京都'])
  assert.deepEqual(asked('都'), ['都…'])
  assert.deepEqual(asked('東京都 Tokyo'), ['東京', '京都', '都', 'tokyo'])
})

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(fc.constantFrom('tea', 'Tea', '東京都', 'naïve', '한국어', ' ', '-', '🍵', '\ud800'), {
      maxLength: 30,
    })
    .map((parts) => parts.join('')),
)

test('a word of one character is a term, one of two is its pair alone; the last character of a run is a term once', () => {
  assert.deepEqual(analyse('猫を見る'), ['猫を', 'を見', '見る', '猫', 'を', 'る'])
  assert.deepEqual(analyse('北京'), ['北京', '京'])
  assert.deepEqual(analyse('猫'), ['猫'])
  assert.deepEqual(asked('北京'), ['北京'])
})

test('A-160 any text is analysed: terms are well-formed, not empty, and have no line ends', () => {
  fc.assert(
    fc.property(text, (question) => {
      for (const term of [...analyse(question), ...analyseQuestion(question).map((each) => each.term)]) {
        assert.ok(term !== '' && term.isWellFormed() && !term.includes('\n') && term.length <= 128, term)
      }
    }),
  )
})

test('a text has all terms that a question of the same words asks for', () => {
  fc.assert(
    fc.property(text, (question) => {
      const terms = analyse(question)
      for (const { term, isBeginning } of analyseQuestion(question)) {
        assert.ok(
          terms.some((other) => (isBeginning ? other.startsWith(term) : other === term)),
          term,
        )
      }
    }),
  )
})

test('a document’s terms are counted in each passage, in body and headings apart, fifteen at most', () => {
  const analyser = createAnalyser()
  const passage = fc.record({ text, heading: text })
  fc.assert(
    fc.property(text, text, fc.array(passage, { minLength: 1, maxLength: 4 }), (title, path, passages) => {
      const { terms, occurrences, ends, lengths } = analyser({ title, path, passages })
      const names = terms === '' ? [] : terms.split('\n')
      assert.equal(new Set(names).size, names.length)
      let begin = 0
      for (const [index, { text, heading }] of passages.entries()) {
        const counts = new Map<string, number>()
        for (const occurrence of occurrences.subarray(begin, ends[index])) {
          const term = names[occurrence >>> 8] ?? ''
          assert.ok(!counts.has(term), 'a term is in a passage once')
          counts.set(term, occurrence & 255)
        }
        begin = ends[index] ?? 0
        const body = analyse(text)
        const rest = heading.startsWith(title) ? heading.slice(title.length) : heading
        const headings = [title, path, rest].flatMap((one) => analyse(one))
        const often = (list: readonly string[], term: string) =>
          Math.min(list.filter((one) => one === term).length, 15)
        const expected = new Map(
          [...new Set([...body, ...headings])].map((term) => [
            term,
            often(body, term) + 16 * often(headings, term),
          ]),
        )
        assert.deepEqual(counts, expected)
        assert.equal(lengths[index], body.length + headings.length)
      }
    }),
  )
})
