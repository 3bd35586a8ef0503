import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sameContent, sameStamp, stampOf, stampRead } from './stamp.ts'

const at = (mtimeMs: number, ctimeMs = mtimeMs, size = 10) => ({ size, mtimeMs, ctimeMs })

test('a stamp as young as the clock’s step proves nothing: the file may change and keep it', () => {
  const young = at(5_000.25)
  assert.notEqual(stampRead(young, 5_010), stampOf(young))
  assert.equal(stampRead(young, 5_021), stampOf(young))
  assert.ok(sameStamp(stampRead(young, 5_010), stampOf(young)))
})

test('where times have no fractions of a second the step is two of them', () => {
  const whole = at(5_000)
  assert.notEqual(stampRead(whole, 6_900), stampOf(whole))
  assert.equal(stampRead(whole, 7_000), stampOf(whole))
})

test('a time to come proves nothing', () => {
  const future = at(5_000.25)
  assert.notEqual(stampRead(future, 1_000), stampOf(future))
})

test('renaming changes the last time alone; size and time of the content tell the rest', () => {
  assert.ok(sameContent(stampOf(at(1.5, 2.5)), stampOf(at(1.5, 99.5))))
  assert.ok(!sameContent(stampOf(at(1.5, 2.5)), stampOf(at(1.25, 2.5))))
  assert.ok(!sameContent(stampOf(at(1.5, 2.5)), stampOf(at(1.5, 2.5, 11))))
  assert.ok(!sameContent(stampRead(at(1.5), 2), stampOf(at(1.5, 99.5))))
  assert.ok(!sameContent('', ''))
})
