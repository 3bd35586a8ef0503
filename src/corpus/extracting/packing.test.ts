import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createPreparation } from '../ranking/prepared-document.ts'
import { pack, unpack } from './packing.ts'

test('a document that was packed and unpacked is the same, with its pages', () => {
  const prepare = createPreparation()
  const line = fc.constantFrom(
    '# Tea',
    '## Green',
    'Two minutes. '.repeat(40),
    '',
    '茶の湯',
    'x'.repeat(3000),
  )
  const text = fc.array(line, { maxLength: 30 }).map((lines) => lines.join('\n'))
  const pages = fc.option(fc.uniqueArray(fc.nat(2000)).map((all) => [0, ...all.toSorted((a, b) => a - b)]))
  fc.assert(
    fc.property(text, pages, (text, pages) => {
      const named = { title: 'Tea', media_type: 'text/markdown' }
      const document = { ...named, ...prepare('a/b.md', { ...named, text, ...(pages && { pages }) }) }
      assert.deepEqual(unpack(structuredClone(pack(document))), document)
    }),
  )
})

test('why there is no document travels as it is', () => {
  assert.deepEqual(unpack(pack({ problem: 'not text' })), { problem: 'not text' })
})
