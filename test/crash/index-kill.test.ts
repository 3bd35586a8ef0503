import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { crashIndex } from './index-rounds.ts'

const ROUNDS = Number(process.env.CORPUSIQ_CRASH_ROUNDS ?? 4)
const SEED = Number(process.env.CORPUSIQ_CRASH_SEED ?? randomInt(2 ** 32))

test('kill -9 amid indexing and changes leaves an index that is sound, and then as one built afresh', async (t) => {
  t.diagnostic(`CORPUSIQ_CRASH_SEED=${SEED}`)
  const { killedInTheMidst } = await crashIndex({
    rounds: ROUNDS,
    seed: SEED,
    tell: (line) => t.diagnostic(line),
  })
  assert.ok(killedInTheMidst > 0, 'never killed while it was indexing')
})
