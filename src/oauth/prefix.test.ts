import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CODE_PREFIX,
  claimedClientId,
  INITIAL_ACCESS_TOKEN_PREFIX,
  REFRESH_TOKEN_PREFIX,
  REGISTRATION_TOKEN_PREFIX,
  withoutSecrets,
} from './prefix.ts'

const KINDS = [
  CODE_PREFIX,
  REFRESH_TOKEN_PREFIX,
  REGISTRATION_TOKEN_PREFIX,
  INITIAL_ACCESS_TOKEN_PREFIX,
  'secret_',
  'session_',
  'setup_',
]

test('the prefixes are those that secret scanners look for', () => {
  assert.deepEqual(KINDS.slice(0, 4), ['code_', 'refresh_', 'registration_', 'initial_'])
})

test('CWE-532 a secret or token in the place of a client_id is never shown', () => {
  for (const kind of KINDS) {
    assert.equal(claimedClientId(`${kind}0123456789ab-X`), '', kind)
    assert.equal(claimedClientId(`x${kind}0123456789abX`), '', kind)
    assert.equal(claimedClientId(`${kind}0123456789`), `${kind}0123456789`)
  }
  assert.equal(claimedClientId('eyJhbGciOiJ'), '')
  assert.equal(claimedClientId('eyJhbG'), 'eyJhbG')
  assert.equal(claimedClientId(undefined), '')
  assert.equal(claimedClientId('client_1'), 'client_1')
  assert.equal(claimedClientId('x'.repeat(101)), 'x'.repeat(100))
})

test('CWE-532 a text is shown without the secrets in it', () => {
  const secret = 'code_0123456789abXY_-.z'
  assert.equal(withoutSecrets(`a ${secret} b eyJhbGciOiJF.e.c, c`), 'a [secret] b [secret], c')
  assert.equal(withoutSecrets('nothing code_12 here'), 'nothing code_12 here')
})
