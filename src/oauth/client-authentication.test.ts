import assert from 'node:assert/strict'
import { test } from 'node:test'
import { invalidClient, readClientCredentials } from './client-authentication.ts'
import { OAuthError } from './errors.ts'
import { parseParameters } from './parameters.ts'

const read = (authorization: string | null, body = '') => {
  const form = parseParameters(body)
  assert.ok(form)
  return readClientCredentials(authorization, form)
}
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
const refusal = (result: ReturnType<typeof read>): OAuthError => {
  assert.ok(result instanceof OAuthError, JSON.stringify(result))
  return result
}

test("RFC 6749 §2.3.1 the RFC's own example", () => {
  // "Authorization: Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"
  assert.deepEqual(read('Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3'), [
    { client_id: 's6BhdRkqt3', client_secret: '7Fjfp0ZBr1KtDRbnfVdmIw' },
  ])
  assert.deepEqual(read(null, 'client_id=s6BhdRkqt3&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw'), [
    { client_id: 's6BhdRkqt3', client_secret: '7Fjfp0ZBr1KtDRbnfVdmIw' },
  ])
})

test('RFC 6749 §3.2.1 a public client names itself by client_id', () => {
  assert.deepEqual(read(null, 'client_id=a'), [{ client_id: 'a', client_secret: undefined }])
})

test('A-107 Basic is read form-decoded first, then raw', () => {
  assert.deepEqual(read(basic('a%3Ab:c+d%25')), [
    { client_id: 'a:b', client_secret: 'c d%' },
    { client_id: 'a%3Ab', client_secret: 'c+d%25' },
  ])
  assert.deepEqual(read(basic('a:100%')), [{ client_id: 'a', client_secret: '100%' }])
  assert.deepEqual(read(basic('a:b:c')), [{ client_id: 'a', client_secret: 'b:c' }])
  assert.deepEqual(read(basic('clé:schlüssel')), [{ client_id: 'clé', client_secret: 'schlüssel' }])
  assert.deepEqual(read(basic('a:b').replace('Basic', 'bASIC')), [{ client_id: 'a', client_secret: 'b' }])
})

test('A-107 broken Basic is 401 invalid_client with a challenge', () => {
  const broken = [
    'Basic',
    'Basic ',
    'Basic !!!!',
    basic('nocolon'),
    basic(':secret'),
    'Basic YTpi, Basic YTpi',
  ]
  for (const header of [...broken, 'Bearer abc', 'Digest x', '', `Basic ${'='.repeat(65_536)}`]) {
    const { error, status, headers } = refusal(read(header, 'client_id=a'))
    assert.equal(error, 'invalid_client', header)
    assert.equal(status, 401)
    assert.match(headers['www-authenticate'] ?? '', /^Basic /)
  }
})

test('RFC 6749 §2.3.1 an empty secret is none: "The client MAY omit the parameter if the client secret is an empty string"', () => {
  assert.deepEqual(read(null, 'client_id=a&client_secret='), [{ client_id: 'a', client_secret: undefined }])
  assert.deepEqual(read(basic('a:'), 'client_id=a'), [{ client_id: 'a', client_secret: undefined }])
  assert.deepEqual(read(basic('a:b'), 'client_secret='), [{ client_id: 'a', client_secret: 'b' }])
})

test('A-105 two methods at once, or two clients, are invalid_request', () => {
  assert.equal(refusal(read(basic('a:b'), 'client_id=a&client_secret=b')).error, 'invalid_request')
  assert.equal(refusal(read(basic('a:b'), 'client_id=c')).error, 'invalid_request')
  assert.equal(refusal(read(basic('a:b'), 'client_assertion=x')).error, 'invalid_request')
  assert.equal(refusal(read(null, 'client_id=a&client_secret=b&client_assertion=x')).error, 'invalid_request')
  assert.ok(!(read(basic('a%3Ab:c'), 'client_id=a%3Ab') instanceof OAuthError))
})

test('RFC 6749 §5.2 invalid_client: "no client authentication included, or unsupported authentication method"', () => {
  assert.equal(refusal(read(null)).error, 'invalid_client')
  assert.equal(refusal(read(null, 'client_id=')).error, 'invalid_client')
  assert.equal(refusal(read(null, 'client_id=a&client_assertion=x')).error, 'invalid_client')
  // Without the header no challenge: a browser would ask the person for a password.
  assert.equal(refusal(read(null)).headers['www-authenticate'], undefined)
})

test('RFC 6749 §5.2 each refusal says what is wrong, and the log may know more than the client', () => {
  for (const [result, description] of [
    [read(null), 'the request names no client'],
    [read('Basic x'), 'the Authorization header does not hold HTTP Basic credentials'],
    [read(null, 'client_id=a&client_assertion_type=x'), 'client assertions are not supported'],
    [read(basic('a:b'), 'client_id=c'), 'client_id differs from that of the Authorization header'],
    [read(basic('a:b'), 'client_secret=b'), 'more than one method of client authentication'],
  ] as const) {
    assert.equal(refusal(result).error_description, description)
  }
  assert.equal(invalidClient('no', false).reason, 'no')
  assert.equal(invalidClient('no', false, 'the secret has expired').reason, 'the secret has expired')
  assert.deepEqual(refusal(read(null, 'client_id=a&client_assertion=x')).headers, {})
})

test('RFC 7617 §2 spaces around the credentials are none of them', () => {
  assert.deepEqual(read(basic('a:b').replace(' ', '   ')), [{ client_id: 'a', client_secret: 'b' }])
  assert.deepEqual(read(basic('a%3Ab:')), [
    { client_id: 'a:b', client_secret: undefined },
    { client_id: 'a%3Ab', client_secret: undefined },
  ])
  assert.deepEqual(read(basic('%zz:b')), [{ client_id: '%zz', client_secret: 'b' }])
})
