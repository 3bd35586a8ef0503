import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalUsername, credentialsFault } from './password-rules.ts'

test('NIST SP 800-63B §5.1.1.2 eight characters of any kind are enough, spaces and other alphabets included', () => {
  for (const password of ['kx7 pq2w', 'длинныйпароль', 'a long sentence', '🐢🐢🐢🐢🐢🐢🐢🐢']) {
    assert.equal(credentialsFault('owner', password), undefined, password)
  }
})

test('NIST SP 800-63B §5.1.1.2 too short, common, the username itself, endless: refused with a reason', () => {
  for (const password of [
    '',
    'short12',
    '🐢🐢🐢🐢',
    'password',
    'PassWord123',
    '12345678',
    'x'.repeat(1025),
  ]) {
    assert.match(credentialsFault('owner', password) ?? '', /password/, password)
  }
  assert.match(credentialsFault('frederick', 'Frederick') ?? '', /easy to guess/)
})

test('a username is some visible text', () => {
  for (const username of ['', '   ', 'a\nb', 'a\u202eb', 'a\u0000', 'x'.repeat(65)]) {
    assert.match(credentialsFault(username, 'a long sentence') ?? '', /username/, JSON.stringify(username))
  }
  assert.equal(canonicalUsername('  Ane\u0301 '), 'Ané')
})
