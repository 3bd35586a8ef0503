import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { crashDeclared } from './declared-rounds.ts'
import { createDice } from './dice.ts'
import { crash } from './rounds.ts'
import { crashUses } from './uses.ts'

const ROUNDS = Number(process.env.CORPUSIQ_CRASH_ROUNDS ?? 3)
const SEED = Number(process.env.CORPUSIQ_CRASH_SEED ?? randomInt(2 ** 32))

test('A-177 kill -9 amid registrations, exchanges, refreshes, updates, deletions: what was acknowledged is there, what was consumed stays so', async (t) => {
  t.diagnostic(`CORPUSIQ_CRASH_SEED=${SEED}`)
  const { acknowledged } = await crash({ rounds: ROUNDS, seed: SEED, tell: (line) => t.diagnostic(line) })
  assert.ok(acknowledged.registration > 0)
})

test('A-177 kill -9 amid registrations by a token of counted uses and revivals of removed clients: none acknowledged is lost, and none too many let in', async (t) => {
  t.diagnostic(`CORPUSIQ_CRASH_SEED=${SEED}`)
  const { registrations } = await crashUses({
    rounds: ROUNDS,
    seed: SEED,
    tell: (line) => t.diagnostic(line),
  })
  assert.ok(registrations > 0)
})

test('A-177 kill -9 while a changed clients file is taken in: the file is as it was, each client is of one whole version', async (t) => {
  t.diagnostic(`CORPUSIQ_CRASH_SEED=${SEED}`)
  const { told } = await crashDeclared({
    rounds: ROUNDS,
    seed: SEED,
    tell: (line) => t.diagnostic(line),
  })
  assert.ok(told > 0)
})

test('the dice fall alike for the same seed, and everywhere', () => {
  const throws = (seed: number) => {
    const dice = createDice(seed)
    return Array.from({ length: 1000 }, () => dice.below(10))
  }
  assert.deepEqual(throws(1), throws(1))
  assert.notDeepEqual(throws(1), throws(2))
  assert.equal(new Set(throws(1)).size, 10)
})
