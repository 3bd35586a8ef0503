import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reciprocalRank } from './fuse.ts'

const order = (...lists: string[][]) => reciprocalRank(lists).map(({ item }) => item)

test('one ranking stays as it is', () => {
  assert.deepEqual(order(['a', 'b', 'c']), ['a', 'b', 'c'])
  assert.deepEqual(order([], ['a', 'b']), ['a', 'b'])
  assert.deepEqual(order(), [])
})

test('what two rankings have comes before what one has, and early in one before late in both is by the sum', () => {
  assert.deepEqual(order(['a', 'b'], ['b', 'c']), ['b', 'a', 'c'])
  assert.deepEqual(order(['a', 'b', 'c'], ['c', 'b', 'a']).slice(0, 1), ['a'])
})

test('a score is the sum of 1 / (k + place), places from 1', () => {
  assert.deepEqual(reciprocalRank([['a'], ['b', 'a']], 1), [
    { item: 'a', score: 1 / 2 + 1 / 3 },
    { item: 'b', score: 1 / 2 },
  ])
})
