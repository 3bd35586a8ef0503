import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearness } from './near.ts'

/** Letters are terms: `a` and `b` are words of the question that say 10 and 4, `A` stands for `a`; the rest is not asked for. */
const PLACES = new Map(
  [...'aAbc'].map((letter) => [letter.charCodeAt(0), 'abc'.indexOf(letter.toLowerCase())]),
)
const near = (text: string) => {
  const terms = Array.from(text, (letter) => letter.charCodeAt(0))
  return Number(nearness(terms, PLACES, [10, 4, 7]).toFixed(9))
}

test('two question words beside each other add a fifth of what the commoner says', () => {
  assert.equal(near('xxabxx'), 0.8)
  assert.equal(near('ba'), 0.8)
  assert.equal(near('ac'), 1.4)
})

test('the further apart the less, and beyond five terms nothing', () => {
  assert.equal(near('axxxb'), 0.4)
  assert.equal(near('axxxxb'), Number((0.8 / Math.sqrt(5)).toFixed(9)))
  assert.equal(near('axxxxxb'), 0)
})

test('of each two the closest they come counts, once', () => {
  assert.equal(near('axxxbxxxxxxxab'), 0.8)
  assert.equal(near('abxxxxxxxaxxxb'), 0.8)
  assert.equal(near('abxxxxxxxbaxxxxxxxab'), 0.8)
})

test('several pairs add up; only words that follow one another are a pair', () => {
  assert.equal(near('abc'), 1.6)
  assert.equal(near('abxxxxxxxac'), 2.2)
})

test('a word said twice is near to nothing, nor is what stands for it, which is near to others', () => {
  assert.equal(near('aaxA'), 0)
  assert.equal(near('Ab'), 0.8)
  assert.equal(near(''), 0)
})
