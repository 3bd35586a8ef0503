import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cleanText, cleanTitle, decode } from './characters.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)

test('UTF-8, with or without its byte order mark', () => {
  assert.equal(decode(Buffer.from('grün')), 'grün')
  assert.equal(decode(Buffer.from('\uFEFFgrün')), 'grün')
})

test('UTF-16 by its byte order mark, in both orders', () => {
  assert.equal(decode(bytes(0xff, 0xfe, 0x67, 0x00, 0xfc, 0x00)), 'gü')
  assert.equal(decode(bytes(0xfe, 0xff, 0x00, 0x67, 0x00, 0xfc)), 'gü')
})

test('what is not UTF-8 is read as it says itself, else as Windows-1252', () => {
  assert.equal(decode(Buffer.from('caf\u00e9', 'latin1')), 'café')
  const cyrillic = Buffer.concat([Buffer.from('<meta charset="windows-1251">'), bytes(0xec, 0xe8, 0xf0)])
  assert.equal(decode(cyrillic), '<meta charset="windows-1251">мир')
  const unknown = Buffer.concat([Buffer.from('<meta charset="no-such">'), bytes(0xe9)])
  assert.equal(decode(unknown), '<meta charset="no-such">é')
})

test('bytes with a NUL are no text', () => {
  assert.equal(decode(bytes(0x61, 0x00, 0x62)), undefined)
})

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
