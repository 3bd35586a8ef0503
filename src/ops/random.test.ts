import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemRandom } from './random.ts'

test('10,000 secrets and ids are all different, in the alphabet that both encodings of Basic read alike', () => {
  const made = new Set<string>()
  for (let count = 0; count < 5_000; count++) {
    made.add(systemRandom.secret('secret_').slice(-43))
    made.add(systemRandom.id('client_').slice(-22))
  }
  assert.equal(made.size, 10_000)
  for (const text of made) assert.match(text, /^[A-Za-z0-9_-]+$/)
})

test('a secret is its prefix, 48 bits of time and 256 random bits, an id has 128', () => {
  assert.match(systemRandom.secret('code_'), /^code_[0-9a-f]{12}[\w-]{43}$/)
  assert.match(systemRandom.id('client_'), /^client_[0-9a-f]{12}[\w-]{22}$/)
})

test('A-101 every bit of a secret is as often set as not, so no byte is wiped before it was used', () => {
  const ones = new Array<number>(256).fill(0)
  const draws = 2_000
  for (let draw = 0; draw < draws; draw++) {
    const bytes = Buffer.from(systemRandom.secret('').slice(12), 'base64url')
    for (let bit = 0; bit < 256; bit++)
      ones[bit] = (ones[bit] ?? 0) + (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1)
  }
  // Ten standard deviations: never by chance.
  for (const count of ones) assert.ok(Math.abs(count - draws / 2) < 10 * Math.sqrt(draws / 4), String(count))
})
