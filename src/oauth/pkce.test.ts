import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { isCodeVerifier, parseCodeChallenge, verifyChallenge } from './pkce.ts'

// RFC 7636 Appendix B.
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

test('RFC 7636 Appendix B: the example verifier proves the example challenge', () => {
  assert.equal(verifyChallenge(verifier, challenge), true)
})

test('RFC 7636 §4.6 another verifier, the challenge itself and an empty one prove nothing', () => {
  assert.equal(verifyChallenge(`${verifier.slice(0, -1)}l`, challenge), false)
  assert.equal(verifyChallenge(challenge, challenge), false)
  assert.equal(verifyChallenge('', challenge), false)
  assert.equal(verifyChallenge(verifier, `${challenge}A`), false)
})

test('RFC 7636 §4.1 A-097 a verifier has 43 to 128 characters of [A-Z] [a-z] [0-9] - . _ ~', () => {
  assert.equal(isCodeVerifier('a'.repeat(42)), false)
  assert.equal(isCodeVerifier('a'.repeat(43)), true)
  assert.equal(isCodeVerifier('~._-'.repeat(32)), true)
  assert.equal(isCodeVerifier('a'.repeat(129)), false)
  for (const foreign of ['+', '/', '=', ' ', 'é', '\n', '%']) {
    assert.equal(isCodeVerifier('a'.repeat(42) + foreign), false, foreign)
    assert.equal(isCodeVerifier('a'.repeat(50) + foreign), false, foreign)
  }
})

test('RFC 7636 §4.2 a challenge of S256 has exactly 43 base64url characters', () => {
  assert.equal(parseCodeChallenge(challenge), challenge)
  for (const wrong of [
    undefined,
    '',
    challenge.slice(1),
    `${challenge}A`,
    `${challenge.slice(1)}=`,
    `${challenge.slice(1)}\n`,
    `${challenge.slice(1)}~`,
  ]) {
    assert.equal(parseCodeChallenge(wrong), undefined, String(wrong))
  }
})

test('RFC 7636 §4.1, §4.2 what stands before a verifier or a challenge counts too; a verifier of another form proves nothing', () => {
  assert.equal(isCodeVerifier(`!${'a'.repeat(43)}`), false)
  assert.equal(parseCodeChallenge(`!${challenge.slice(1)}`), undefined)
  // The SHA-256 of 'short', as base64url: the hash agrees, the form does not.
  const short = createHash('sha256').update('short').digest('base64url')
  assert.equal(verifyChallenge('short', short), false)
})
