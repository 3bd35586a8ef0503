import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bearerChallenge, parseBearer } from './bearer.ts'
import { OAuthError } from './errors.ts'

test('RFC 6750 §2.1 the token is read, the scheme in any case (RFC 9110 §11.1)', () => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) {
    assert.equal(parseBearer(`${scheme} mF_9.B5f-4.1JqM`), 'mF_9.B5f-4.1JqM')
  }
  assert.equal(parseBearer('Bearer  abc== '), 'abc==')
})

test('RFC 6750 §3 no credentials of this scheme is not an error', () => {
  for (const header of [null, '', 'Basic abc', 'Bearerabc', 'BearerX abc', 'DPoP abc', 'Bearer-x abc']) {
    assert.equal(parseBearer(header), undefined, String(header))
  }
})

test('RFC 6750 §3.1 what is not one token is malformed', () => {
  const malformed = [
    'Bearer',
    'Bearer ',
    'Bearer\tabc',
    'Bearer abc def',
    'Bearer abc, Bearer def',
    'Bearer abc,def',
    'Bearer a=b',
    'Bearer "abc"',
    'Bearer abc\u00e9',
    'Bearer ===',
    'Bearer, Basic abc',
  ]
  for (const header of malformed) {
    const refusal = parseBearer(header)
    assert.ok(refusal instanceof OAuthError, header)
    assert.equal(refusal.error, 'invalid_token')
  }
})

test('A-132 a header of 64 KB is read in linear time', () => {
  assert.ok(parseBearer(`Bearer ${'='.repeat(65_536)}x`) instanceof OAuthError)
  assert.ok(parseBearer(`Bearer${' '.repeat(65_536)}`) instanceof OAuthError)
  assert.equal(parseBearer(`Bearer ${'a'.repeat(65_536)}`), 'a'.repeat(65_536))
})

test('RFC 9728 §5.1 the challenge names the metadata, Bearer first, and no error without credentials', () => {
  const where = { resource_metadata: 'https://a.example/.well-known/x', scope: 'corpus:read corpus:search' }
  assert.equal(
    bearerChallenge(where),
    'Bearer resource_metadata="https://a.example/.well-known/x", scope="corpus:read corpus:search"',
  )
  assert.equal(
    bearerChallenge({
      ...where,
      scope: 'a',
      error: 'invalid_token',
      error_description: 'it "has" expired\r\n',
    }),
    'Bearer resource_metadata="https://a.example/.well-known/x", scope="a", error="invalid_token", ' +
      'error_description="it ?has? expired??"',
  )
})

test('RFC 6750 §3.1 the refusal says what is wrong; a scheme that comes second is no bearer', () => {
  const refusal = parseBearer('Bearer a b')
  assert.ok(refusal instanceof OAuthError)
  assert.equal(refusal.error_description, 'the Authorization header does not hold one bearer token')
  assert.equal(parseBearer('Basic x, Bearer abc'), undefined)
})
