import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressKey, createRateLimit } from './rate-limit.ts'

test('within the limit nothing happens; beyond it the seconds until the window ends', async () => {
  let time = 1000
  const limit = createRateLimit({ points: 2, seconds: 60 }, () => time)
  assert.equal(await limit.exceeded('a'), undefined)
  time = 1010
  assert.equal(await limit.exceeded('a'), undefined)
  assert.equal(await limit.exceeded('a'), 50)
  assert.equal(await limit.exceeded('b'), undefined)
  time = 1059
  assert.equal(await limit.exceeded('a'), 1)
  time = 1060
  assert.equal(await limit.exceeded('a'), undefined)
})

test('a clock that was set back locks nobody out', async () => {
  let time = 1_000_000
  const limit = createRateLimit({ points: 1, seconds: 60 }, () => time)
  await limit.exceeded('a')
  time = 1000
  assert.equal(await limit.exceeded('a'), undefined)
  assert.equal(await limit.exceeded('a'), 60)
})

test('A-035 the memory of a limit is bounded', async () => {
  const limit = createRateLimit({ points: 1, seconds: 60 }, () => 0, 3)
  for (const key of ['a', 'b', 'c']) assert.equal(await limit.exceeded(key), undefined)
  assert.equal(await limit.exceeded('d'), undefined)
  assert.equal(await limit.exceeded('d'), 60)
  assert.equal(await limit.exceeded('a'), undefined)
})

test('IPv6 counts by its first 64 bits, IPv4 by itself', () => {
  const expected: [string, string][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
    ['nonsense:', 'nonsense:'],
  ]
  for (const [address, key] of expected) assert.equal(addressKey(address), key, address)
})
