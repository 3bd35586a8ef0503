import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cleanText, cleanTitle } from './characters.ts'

test('A-161 characters that no reader sees are dropped from all text', () => {
  const tags = [...'ignore'].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')
  assert.equal(cleanText(`pass\u200Bword\u2060s${tags}\u202E\uFEFF!`), 'passwords!')
  assert.equal(cleanText('a\u200Db\u200Cc'), 'abc')
  assert.equal(cleanText('❤\uFE0F\u{E0101}'), '❤')
})

test('joiners stay where the script needs them', () => {
  assert.equal(cleanText('می\u200Cخواهم'), 'می\u200Cخواهم')
  assert.equal(cleanText('क्\u200Dष'), 'क्\u200Dष')
})

test('line ends are one character, controls are gone, lone surrogates are replaced', () => {
  assert.equal(cleanText('a\r\nb\rc\u2028d\u0000\u001b[31me\ud800'), 'a\nb\nc\nd[31me\ufffd')
})

test('a title is one line of at most 200 characters', () => {
  assert.equal(cleanTitle(' a\n b\tc '), 'a b c')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), (text) => {
      const title = cleanTitle(text)
      return title.length <= 200 && !/[\n\r]/.test(title) && title.isWellFormed()
    }),
  )
})
