import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createChunkCache } from './chunk-cache.ts'

test('chunks that were asked for last are kept, the others make room', () => {
  const cache = createChunkCache(300)
  const chunks = [0, 1, 2].map((number) => new Uint8Array(100).fill(number))
  for (const [number, chunk] of chunks.entries()) cache.set(number, chunk)
  assert.deepEqual(
    chunks.map((_, number) => cache.get(number)),
    chunks,
  )
  cache.get(0)
  cache.set(3, new Uint8Array(50))
  assert.equal(cache.get(1), undefined)
  assert.equal(cache.get(0), chunks[0])
  cache.set(3, new Uint8Array(100))
  assert.equal(cache.get(2), chunks[2], 'one that is kept again counts once')
  cache.set(4, new Uint8Array(1000))
  assert.deepEqual(
    [0, 1, 2, 3].map((number) => cache.get(number)),
    [undefined, undefined, undefined, undefined],
  )
})

const step = fc.record({
  kind: fc.constantFrom('get' as const, 'set' as const),
  number: fc.nat(6),
  length: fc.nat(120),
})

test('after any asking and keeping it holds the last used that fit, and the very last whatever its size', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.array(step, { maxLength: 60 }), (budget, steps) => {
      const cache = createChunkCache(budget)
      /** The last used first. */
      let expected: { number: number; chunk: Uint8Array }[] = []
      for (const { kind, number, length } of steps) {
        const known = expected.find((one) => one.number === number)
        if (kind === 'get') assert.equal(cache.get(number), known?.chunk)
        if (kind === 'get' && !known) continue
        const chunk = kind === 'get' && known ? known.chunk : new Uint8Array(length)
        if (kind === 'set') cache.set(number, chunk)
        expected = [{ number, chunk }, ...expected.filter((one) => one.number !== number)]
        // What was asked for takes no room of its own.
        if (kind === 'get') continue
        while (expected.length > 1 && sizeOf(expected) > budget) expected.pop()
      }
    }),
  )
})

function sizeOf(kept: readonly { chunk: Uint8Array }[]): number {
  return kept.reduce((sum, { chunk }) => sum + chunk.length, 0)
}
