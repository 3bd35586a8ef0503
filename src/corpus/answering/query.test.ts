import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseQuery, withWords } from './query.ts'

const PLAIN = { phrases: [], excluded: [], filters: [] }

test('plain words are themselves', () => {
  for (const question of [
    'How hot should the water for green tea be?',
    'well-known state-of-the-art things',
    'tea - or coffee',
    'tea -- coffee',
    'tar -x file',
    'the temperature fell to -5 degrees',
    'Note: this is path: /usr and type : x',
    'C:\\Windows http://example.com mailto:me@example.com std::vector in::x',
    'he said 5" and 6" and print("hello")',
    '',
  ]) {
    assert.deepEqual(parseQuery(question), { words: question, ...PLAIN }, question)
  }
})

test('quoted phrases, in the quotes of any keyboard; their words are asked for too', () => {
  for (const [open, close] of ['""', '“”', '„“', '«»', '「」'].map((pair) => [...pair])) {
    assert.deepEqual(parseQuery(`the ${open}green tea${close} harvest`), {
      ...PLAIN,
      words: `the ${open}green tea${close} harvest`,
      phrases: ['green tea'],
    })
  }
  assert.deepEqual(parseQuery('"one two" "three"').phrases, ['one two', 'three'])
  assert.deepEqual(parseQuery('"" "  " "…"').phrases, [])
  assert.deepEqual(parseQuery('"green tea').phrases, [])
})

test('-word and -"a phrase" are left out of the words', () => {
  assert.deepEqual(parseQuery('tea -coffee -"hot milk" -日本 cups'), {
    ...PLAIN,
    words: 'tea cups',
    excluded: ['coffee', 'hot milk', '日本'],
  })
  assert.deepEqual(parseQuery('tea -path:x'), { ...PLAIN, words: 'tea -path:x' })
})

test('path:, type:, in:, after:, before: filter; a value may stand in quotes', () => {
  const { words, filters } = parseQuery(
    'tea path:notes/kitchen type:PDF in:"my notes" After:2026-02 before:2026-12-24, cups after:2025',
  )
  assert.equal(words, 'tea cups')
  assert.deepEqual(
    filters.map(({ kind, value }) => [kind, value]),
    [
      ['path', 'notes/kitchen'],
      ['type', 'PDF'],
      ['collection', 'my notes'],
      ['after', '2026-02-01T00:00:00.000Z'],
      ['before', '2026-12-24T00:00:00.000Z'],
      ['after', '2025-01-01T00:00:00.000Z'],
    ],
  )
})

test('an operator that makes no sense is words', () => {
  for (const question of [
    'after:lunch',
    'before:2026-13',
    'after:2026-02-30',
    'after:20260201',
    'before:2026-1-1',
    'path:',
    'path:/ type:*',
    'in:""',
    'type:"',
  ]) {
    assert.deepEqual(parseQuery(question), { words: question, ...PLAIN }, question)
  }
})

test('what somebody pasted is words: several lines, or more than forty words', () => {
  const line = 'He said "hello world" -loudly in:public after:2020'
  assert.notDeepEqual(parseQuery(line), { words: line, ...PLAIN })
  for (const pasted of [`${line}\nand left`, `${line} ${'word '.repeat(40)}`]) {
    assert.deepEqual(parseQuery(pasted), { words: pasted, ...PLAIN })
  }
  assert.equal(parseQuery(`${line}\n`).filters.length, 2)
})

test('a filter can be turned back into words', () => {
  const query = parseQuery('error in:main')
  const [filter = assert.fail()] = query.filters
  assert.deepEqual(withWords(query, filter), { ...PLAIN, words: 'error in:main' })
})

const fragment = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    '"',
    '-',
    '-"',
    ' ',
    '\n',
    'path:',
    'type:',
    'in:',
    'after:',
    'before:2026',
    '“',
    '”',
    'tea',
    '\ud800',
  ),
)

test('any text whatever is a question: no error, and no letter or figure of it is lost but to an operator', () => {
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 60 }), (fragments) => {
      const text = fragments.join('')
      const { words, excluded, filters } = parseQuery(text)
      const letters = (part: string) => part.toWellFormed().match(/[\p{L}\p{N}]/gu)?.length ?? 0
      const kept = [words, ...excluded, ...filters.map(({ written }) => written)]
      assert.equal(
        kept.reduce((sum, part) => sum + letters(part), 0),
        letters(text.slice(0, 4000)),
      )
    }),
    { numRuns: 2000 },
  )
})

test('A-160 the steps of reading grow with the length, whatever is repeated', () => {
  for (const unit of [
    '"',
    '" ',
    '“ ',
    '« „ ',
    '-',
    '-"',
    'path:',
    'in:“ ',
    '-a ',
    'a"',
    ': ',
    '“',
    ' ',
    '\n',
  ]) {
    const steps = (length: number) => {
      // Every look at a character, and every search for one, goes through here.
      let count = 0
      const text = unit.repeat(length).slice(0, length)
      const { indexOf, slice } = String.prototype
      const counted = (method: 'indexOf' | 'slice', cost: (result: unknown, from: number) => number) => {
        const original = String.prototype[method] as (...args: unknown[]) => unknown
        Object.defineProperty(String.prototype, method, {
          configurable: true,
          writable: true,
          value(this: string, ...args: unknown[]) {
            const result = original.apply(this, args)
            count += cost(result, Number(args[method === 'indexOf' ? 1 : 0] ?? 0))
            return result
          },
        })
      }
      counted('indexOf', (found, from) => (Number(found) === -1 ? length : Number(found)) - from)
      counted('slice', (part) => String(part).length)
      try {
        parseQuery(text)
      } finally {
        Object.defineProperty(String.prototype, 'indexOf', {
          configurable: true,
          writable: true,
          value: indexOf,
        })
        Object.defineProperty(String.prototype, 'slice', { configurable: true, writable: true, value: slice })
      }
      return count
    }
    const [small, large] = [steps(400), steps(3200)]
    assert.ok(large <= small * 8 * 1.5 + 200, `${unit}: ${small} steps, then ${large}`)
  }
})
