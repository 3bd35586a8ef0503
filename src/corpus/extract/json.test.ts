import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extractJson } from './json.ts'

const textOf = (source: string) => extractJson(source).text

test('JSON stands as it is', () => {
  for (const source of ['{"a": [1, 2]}\n', '{"a":1}\n{"a":2}\n', '{ not json', ''])
    assert.equal(textOf(source), source)
})

test('escapes are the characters they are', () => {
  assert.equal(
    textOf('{"city": "\\u6771\\u4eac", "face": "\\ud83d\\ude00"}\n{"e": "\\u00E9"}'),
    '{"city": "東京", "face": "😀"}\n{"e": "é"}',
  )
})

test('but those that are none by themselves, or that JSON needs', () => {
  for (const source of ['"\\u0000\\u001f"', '"\\u0022"', '"\\u005c"', '"\\ud83d"', '"\\\\u6771"'])
    assert.equal(textOf(source), source)
  assert.equal(textOf('"\\\\\\u6771"'), '"\\\\東"')
})
