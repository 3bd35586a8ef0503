import assert from 'node:assert/strict'
import { test } from 'node:test'
import { madeOnce } from './made-once.ts'

test('it is made once for all who ask, and anew after a failure', async () => {
  let tries = 0
  const get = madeOnce(async () => {
    tries++
    if (tries === 1) throw new Error('EMFILE')
    return tries
  })
  await Promise.all([assert.rejects(get(), /EMFILE/), assert.rejects(get(), /EMFILE/)])
  assert.equal(tries, 1, 'who came together failed together')
  assert.deepEqual(await Promise.all([get(), get()]), [2, 2])
  assert.equal(await get(), 2)
})
