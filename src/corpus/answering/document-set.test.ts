import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { documentSet } from './document-set.ts'

test('a set has what its list names, and nothing else', () => {
  const numbers = fc.uniqueArray(fc.nat(1_000_000), { maxLength: 50 })
  fc.assert(
    fc.property(numbers, fc.array(fc.nat(1_000_001)), (listed, others) => {
      const set = documentSet(listed.join(','))
      assert.equal(set.size, listed.length)
      for (const number of listed) assert.ok(set.has(number))
      for (const number of others) assert.equal(set.has(number), listed.includes(number))
    }),
  )
})

test('no list is no document', () => {
  for (const list of [null, '']) {
    assert.equal(documentSet(list).size, 0)
    assert.equal(documentSet(list).has(0), false)
  }
})
