import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type StandingPassage, stretchOf } from './part.ts'

/** Passages of these texts, one after the other. */
function standing(texts: readonly string[]): StandingPassage[] {
  let start = 0
  return texts.map((text) => {
    const passage = { start, text }
    start += text.length
    return passage
  })
}

const TEN = standing(Array.from({ length: 10 }, (_, index) => `${index}`.repeat(100)))

test('what fits is given whole, whatever passage was asked for', () => {
  assert.deepEqual(stretchOf(TEN, { passage: 7, bytes: 1000 }), { from: 0, to: 10, offset: 0 })
  assert.deepEqual(stretchOf(TEN, {}), { from: 0, to: 10, offset: 0 })
  assert.deepEqual(stretchOf(standing(['']), { passage: 3 }), { from: 0, to: 1, offset: 0 })
})

test('a longer document is given around the passage, a quarter of the space before it', () => {
  assert.deepEqual(stretchOf(TEN, { passage: 5, bytes: 400 }), { from: 4, to: 8, offset: 400 })
  assert.deepEqual(stretchOf(TEN, { passage: 9, bytes: 400 }), { from: 6, to: 10, offset: 600 })
  assert.deepEqual(stretchOf(TEN, { passage: 99, bytes: 400 }), { from: 0, to: 4, offset: 0 })
  assert.deepEqual(stretchOf(TEN, { passage: 5, bytes: 1 }), { from: 5, to: 6, offset: 500 })
})

test('an offset begins there, within a passage too, and never within a character', () => {
  assert.deepEqual(stretchOf(TEN, { offset: 250, bytes: 200 }), { from: 2, to: 4, offset: 250 })
  assert.deepEqual(stretchOf(TEN, { offset: 99_999 }), { from: 9, to: 10, offset: 1000 })
  assert.deepEqual(stretchOf(TEN, { offset: -5, bytes: 100 }), { from: 0, to: 1, offset: 0 })
  assert.equal(stretchOf(standing(['a😀b']), { offset: 2 }).offset, 1)
})

test('reading on by offsets gives the whole text once, in parts no larger than asked', () => {
  const texts = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), {
    minLength: 1,
    maxLength: 30,
  })
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 200 }), (parts, bytes) => {
      const passages = standing(parts)
      const whole = parts.join('')
      let read = ''
      while (read.length < whole.length) {
        const { to, offset } = stretchOf(passages, { offset: read.length, bytes })
        assert.equal(offset, read.length)
        const end = passages[to]?.start ?? whole.length
        const text = whole.slice(offset, end)
        assert.ok(text.length > 0)
        assert.ok(Buffer.byteLength(text) <= Math.max(bytes, ...parts.map((part) => Buffer.byteLength(part))))
        read += text
      }
      assert.equal(read, whole)
    }),
  )
})

test('the passage that was asked for is in its part', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(lengths, fc.nat(29), fc.integer({ min: 1, max: 500 }), (all, passage, bytes) => {
      const passages = standing(all.map((length) => 'x'.repeat(length)))
      const { from, to } = stretchOf(passages, { passage, bytes })
      if (passage < passages.length) assert.ok(from <= passage && passage < to)
    }),
  )
})
