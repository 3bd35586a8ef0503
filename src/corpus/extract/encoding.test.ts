import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode } from './encoding.ts'

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
