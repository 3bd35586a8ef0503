import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dot, quantise } from './quantise.ts'

test('a vector as whole numbers has length 1, whatever its length was', () => {
  for (const factor of [1e-6, 1, 1e6]) {
    const vector = Float32Array.from([0.3, -0.7, 0.2, 0.1, 0], (number) => number * factor)
    const quantised = quantise(vector)
    assert.ok(quantised)
    const { numbers, scale } = quantised
    assert.deepEqual([...numbers], [54, -127, 36, 18, 0])
    assert.ok(Math.abs(dot(numbers, numbers, 0) * scale * scale - 1) < 0.01)
  }
})

test('the product of two is their cosine, to a hundredth', () => {
  const one = Float32Array.from({ length: 385 }, (_, index) => Math.sin(index))
  const other = Float32Array.from({ length: 385 }, (_, index) => Math.sin(index * 1.01))
  let cosine = 0
  const size = (vector: Float32Array) => Math.hypot(...vector)
  for (const [index, number] of one.entries())
    cosine += (number * (other[index] ?? 0)) / size(one) / size(other)
  const [first, second] = [quantise(one), quantise(other)]
  assert.ok(first && second)
  const all = new Int8Array(1000)
  all.set(second.numbers, 400)
  assert.ok(Math.abs(dot(first.numbers, all, 400) * first.scale * second.scale - cosine) < 0.01)
})

test('a product is of all numbers, however many there are', () => {
  for (let length = 1; length <= 9; length++) {
    const numbers = Int8Array.from({ length }, (_, index) => index + 1)
    const squares = numbers.reduce((sum, number) => sum + number * number, 0)
    assert.equal(dot(numbers, numbers, 0), squares)
  }
})

test('what has no direction or is no number has no vector', () => {
  for (const numbers of [[], [0, 0], [Number.NaN, 1], [Number.POSITIVE_INFINITY, 1]]) {
    assert.equal(quantise(Float32Array.from(numbers)), undefined)
  }
})
