import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseParameters } from './parameters.ts'

test('RFC 6749 §3.1 parameters without a value are as if omitted, and repeated ones are known', () => {
  const parameters = parseParameters('a=1&b=&c=x+y%21&a=2&b=&d=&d=4&a=')
  assert.ok(parameters)
  assert.equal(parameters.get('a'), '1')
  assert.equal(parameters.get('b'), undefined)
  assert.equal(parameters.get('c'), 'x y!')
  assert.equal(parameters.get('d'), '4')
  assert.equal(parameters.get('e'), undefined)
  assert.deepEqual(parameters.all('a'), ['1', '2'])
  assert.deepEqual(parameters.all('b'), [])
  assert.deepEqual(parameters.all('e'), [])
  assert.deepEqual(parameters.repeated, ['a', 'b', 'd'])
})

test('a hundred parameters are the most', () => {
  assert.ok(parseParameters('a=1&'.repeat(100)))
  assert.equal(parseParameters('a=1&'.repeat(101)), undefined)
})
