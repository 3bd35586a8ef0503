import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHostCheck } from './host.ts'

test("A-148 the public URL's name and the names of loopback are ours, on any port and in any case", () => {
  const { isOurs } = createHostCheck('https://notes.example.com')
  for (const host of [
    'notes.example.com',
    'NOTES.example.com:443',
    'notes.example.com:8787',
    'notes.example.com:',
    'localhost',
    'LocalHost:3000',
    '127.0.0.1:8787',
    '[::1]',
    '[::1]:8787',
  ]) {
    assert.equal(isOurs(host), true, host)
    assert.equal(isOurs(host), true, `${host} again, from memory`)
  }
})

test('A-148 every other host is refused, however it resembles ours', () => {
  const { isOurs } = createHostCheck('https://notes.example.com')
  for (const host of [
    '',
    'evil.example',
    'notes.example.com.evil.example',
    'evil.example:8787',
    'notes.example.com.',
    'localhost.',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.2',
    '0.0.0.0:8787',
    '[::]',
    '[::1',
    '[::ffff:127.0.0.1]',
    '::1',
    'notes.example.com@evil.example',
    'evil.example@notes.example.com',
    'evil.example/notes.example.com',
    'notes.example.com:80:80',
    'notes.example.com:x',
    'notes.example.com:123456',
    'notes.example.com, evil.example',
    'notes.example.com evil.example',
    'notes.example.com\\@evil.example',
  ]) {
    assert.equal(isOurs(host), false, host)
  }
})

test('a public URL that is an IPv6 address is ours in brackets', () => {
  const { isOurs } = createHostCheck('http://[2001:db8::1]:8787')
  assert.equal(isOurs('[2001:DB8::1]:8787'), true)
  assert.equal(isOurs('[2001:db8::2]:8787'), false)
})

test('a refused host is news once, and a flood of different ones ends the news', () => {
  const { isNews } = createHostCheck('https://notes.example.com')
  assert.equal(isNews('a.example'), true)
  assert.equal(isNews('a.example'), false)
  for (let n = 0; n < 1000; n++) isNews(`h${n}.example`)
  assert.equal(isNews('one-more.example'), false)
})
