import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { spelling } from './phrase.ts'

const contains = (text: string, phrase: string) => spelling(text).includes(spelling(phrase))

test('a phrase stands in a text word for word, whatever case, accents and punctuation', () => {
  assert.ok(contains('He ordered Green  Tea, twice.', 'green tea'))
  assert.ok(contains('Crème\nbrûlée', 'creme brulee'))
  assert.ok(contains('ＦＵＬＬ width', 'full width'))
  assert.ok(!contains('evergreen teapots', 'green tea'))
  assert.ok(!contains('tea, green', 'green tea'))
  assert.ok(!contains('teas', 'tea'), 'no stems')
})

test('scripts without spaces: a phrase stands anywhere, character for character', () => {
  assert.ok(contains('来年の春に東京都の博物館を訪ねる', '東京都の博物館'))
  assert.ok(!contains('来年の春に東京都の博物館を訪ねる', '京東'))
  assert.ok(contains('พรุ่งนี้เราจะไปพิพิธภัณฑ์ในกรุงเทพ', 'พิพิธภัณฑ์'))
})

test('any stretch of words of a text is a phrase of it', () => {
  const words = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1 })
  fc.assert(
    fc.property(words, words, words, (before, phrase, after) => {
      const text = [...before, ...phrase, ...after].join(' ')
      assert.ok(contains(text, phrase.join(' ')))
    }),
  )
})

test('without a word there is nothing', () => {
  for (const text of ['', ' ', '—…!?', '\ud800', '👍']) assert.equal(spelling(text), '')
})
