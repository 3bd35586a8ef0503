import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLoginLimit, type LoginLimit } from './login-limit.ts'

function limitAt(start = 1_000_000): { limit: LoginLimit; pass(seconds: number): void } {
  let time = start
  return {
    limit: createLoginLimit(() => time),
    pass: (seconds) => {
      time += seconds
    },
  }
}

function fail(limit: LoginLimit, times: number, address: string, username = 'owner'): void {
  for (let count = 0; count < times; count++) limit.failed(address, username)
}

test('A-079 five failures are free, then an address waits, twice as long each time, up to 15 minutes', () => {
  const { limit, pass } = limitAt()
  fail(limit, 4, '192.0.2.1')
  assert.equal(limit.wait('192.0.2.1', 'owner'), 0)
  fail(limit, 1, '192.0.2.1')
  assert.equal(limit.wait('192.0.2.1', 'owner'), 5)
  assert.equal(limit.wait('192.0.2.1', 'somebody else'), 5)
  pass(5)
  assert.equal(limit.wait('192.0.2.1', 'owner'), 0)
  fail(limit, 1, '192.0.2.1')
  assert.equal(limit.wait('192.0.2.1', 'owner'), 10)
  fail(limit, 20, '192.0.2.1')
  assert.equal(limit.wait('192.0.2.1', 'owner'), 900)
})

test('A-079 an account under attack from many addresses waits for each that failed, not for one that did not', () => {
  const { limit } = limitAt()
  for (let host = 0; host < 10; host++) limit.failed(`198.51.100.${host}`, 'owner')
  assert.ok(limit.wait('198.51.100.3', 'owner') > 0)
  assert.equal(limit.wait('198.51.100.3', 'other'), 0)
  assert.equal(limit.wait('203.0.113.9', 'owner'), 0)
})

test('an address that got in starts anew, and an hour without failures is forgotten', () => {
  const { limit, pass } = limitAt()
  fail(limit, 8, '192.0.2.1')
  limit.succeeded('192.0.2.1')
  assert.equal(limit.wait('192.0.2.1', 'nobody'), 0)
  fail(limit, 8, '192.0.2.2')
  pass(3600)
  fail(limit, 1, '192.0.2.2')
  assert.equal(limit.wait('192.0.2.2', 'nobody'), 0)
})

test('A-079 memory is bounded: after 10,000 other addresses the first one is forgotten', () => {
  const { limit } = limitAt()
  fail(limit, 5, 'first', 'a')
  for (let host = 0; host < 10_000; host++) limit.failed(`host ${host}`, 'b')
  assert.equal(limit.wait('first', 'a'), 0)
})
