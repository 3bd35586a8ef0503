import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBoundedCache } from './bounded-cache.ts'

test('what is asked for stays, the rest goes, and no more than size is kept', () => {
  const cache = createBoundedCache<number>(100)
  cache.set('used', -1)
  for (let index = 0; index < 1000; index++) {
    cache.set(`k${index}`, index)
    assert.equal(cache.get('used'), -1)
  }
  let kept = 0
  for (let index = 0; index < 1000; index++) {
    // From the newest on, since asking for an old one moves it.
    if (cache.get(`k${999 - index}`) !== undefined) kept++
  }
  assert.ok(kept >= 49 && kept <= 100, String(kept))
  assert.equal(cache.get('k0'), undefined)
})
