import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { beat, createSleepWatch, endBeat, lastBeat } from './heartbeat.ts'

test('a beat is seen by other processes', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'corpusiq-'))
  t.after(() => rmSync(directory, { recursive: true }))
  assert.equal(lastBeat(directory), undefined)
  beat(directory)
  beat(directory)
  const at = lastBeat(directory) ?? 0
  assert.ok(Math.abs(at - Date.now() / 1000) < 10)
  endBeat(directory)
  assert.equal(lastBeat(directory), undefined)
})

test('sleep is noticed, whether the steady clock stops with the machine or not; a second is not sleep', () => {
  const hasSlept = createSleepWatch(0, 0)
  assert.equal(hasSlept(1000, 1000), false)
  assert.equal(hasSlept(3_601_000, 2000), true)
  assert.equal(hasSlept(3_602_000, 3000), false)
  assert.equal(hasSlept(7_202_000, 3_603_000), true)
  assert.equal(hasSlept(7_203_000, 3_604_000), false)
  // Somebody set the clock back.
  assert.equal(hasSlept(7_000_000, 3_605_000), true)
})
