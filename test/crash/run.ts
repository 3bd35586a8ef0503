/**
 * `npm run crash`: many rounds of kill -9 against a running server, and what was lost by it. Exit code 1 where anything
 * was, with the seed. CORPUSIQ_CRASH_ROUNDS (default 50), CORPUSIQ_CRASH_SEED.
 */
import { randomInt } from 'node:crypto'
import { crashDeclared } from './declared-rounds.ts'
import { crashIndex } from './index-rounds.ts'
import { STEPS } from './life.ts'
import { crash } from './rounds.ts'
import { crashUses } from './uses.ts'

const rounds = Number(process.env.CORPUSIQ_CRASH_ROUNDS ?? 50)
const seed = Number(process.env.CORPUSIQ_CRASH_SEED ?? randomInt(2 ** 32))

console.log(`${rounds} rounds of kill -9, CORPUSIQ_CRASH_SEED=${seed}`)
try {
  const { acknowledged, inFlight } = await crash({ rounds, seed, tell: console.log })
  for (const step of STEPS) {
    console.log(`${step}: ${acknowledged[step]} acknowledged, ${inFlight[step]} in flight at a kill`)
  }
  console.log(`${rounds} rounds against the index of the corpus`)
  const { killedInTheMidst } = await crashIndex({ rounds, seed, tell: console.log })
  console.log(`${killedInTheMidst} in the midst of indexing; at the end the index is as one built afresh.`)
  const uses = await crashUses({ rounds, seed, tell: console.log })
  console.log(
    `by counted tokens ${uses.registrations} registrations, ${uses.revivals} revivals acknowledged, ${uses.inFlight} in flight at a kill`,
  )
  const declared = await crashDeclared({ rounds, seed, tell: console.log })
  console.log(
    `of a clients file ${declared.told} changes told before a kill, ${declared.left} left to the next start`,
  )
  console.log(`${rounds} rounds of each: nothing acknowledged was lost, nothing consumed came back.`)
} catch (fault) {
  console.error(fault)
  console.error(`Lost. CORPUSIQ_CRASH_SEED=${seed}`)
  process.exitCode = 1
}
