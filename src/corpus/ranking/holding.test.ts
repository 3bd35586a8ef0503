import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createSegment } from '../../../test/support/segments.ts'
import { spelling } from '../answering/phrase.ts'
import { holding } from './holding.ts'

const held = (texts: readonly string[], phrase: string) => {
  const documents = holding([createSegment(texts).segment], phrase)
  return documents && [...documents]
}

test('a phrase is looked for where all its words stand in one passage', () => {
  assert.deepEqual(held(['green tea', 'tea that is green', 'green', 'tea'], 'Green TEA'), [1, 2])
  assert.deepEqual(held([`${'milk '.repeat(200)}green\n\n${'milk '.repeat(300)}\n\ntea`], 'green tea'), [])
  assert.deepEqual(held(['来年の春に東京都の博物館を訪ねる', '東京の博物館'], '東京都の博物館'), [1])
  assert.deepEqual(held(['茶'], '茶'), undefined)
  assert.deepEqual(held(['tea'], '…'), undefined)
})

test('whatever holds a phrase, word for word, is among them', () => {
  const word = fc.constantFrom('tea', 'teas', 'Tée', 'writeHTMLPage', '茶道', 'の', '한국', 'of', '7', 'ไทย')
  const words = fc.array(word, { maxLength: 8 }).map((all) => all.join(' '))
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 5 }), words, (texts, phrase) => {
      const documents = held(texts, phrase)
      for (const [index, text] of texts.entries()) {
        const isHeld = spelling(phrase) !== '' && spelling(text).includes(spelling(phrase))
        if (isHeld && documents) assert.ok(documents.includes(index + 1), `${text} holds ${phrase}`)
      }
    }),
  )
})
