import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorLocation, successLocation } from './authorization-response.ts'
import { OAuthError } from './errors.ts'

const iss = 'https://notes.example.com'

test('RFC 6749 §4.1.2 the code, the state and, RFC 9207 §2, the issuer are added to the redirect URI', () => {
  assert.equal(
    successLocation({ redirect_uri: 'https://client.example/cb', state: 'xyz', iss }, 'code_1'),
    'https://client.example/cb?code=code_1&state=xyz&iss=https%3A%2F%2Fnotes.example.com',
  )
})

test('RFC 6749 §4.1.2 no state is sent where none was received', () => {
  assert.equal(
    successLocation({ redirect_uri: 'https://client.example/cb', state: undefined, iss }, 'c'),
    'https://client.example/cb?code=c&iss=https%3A%2F%2Fnotes.example.com',
  )
})

test('RFC 6749 §3.1.2 the query of a redirect URI is retained, byte for byte', () => {
  const to = (redirect_uri: string) => successLocation({ redirect_uri, state: undefined, iss: 'i' }, 'c')
  assert.equal(
    to('https://raycast.com/redirect?packageName=Extension'),
    'https://raycast.com/redirect?packageName=Extension&code=c&iss=i',
  )
  assert.equal(
    to('com.raycast:/oauth?package_name=Extension'),
    'com.raycast:/oauth?package_name=Extension&code=c&iss=i',
  )
  assert.equal(to('https://c.example/cb?'), 'https://c.example/cb?code=c&iss=i')
  assert.equal(to('https://c.example/cb?a=1&'), 'https://c.example/cb?a=1&code=c&iss=i')
  assert.equal(to('https://c.example/mcp:x/%7Ecb'), 'https://c.example/mcp:x/%7Ecb?code=c&iss=i')
  assert.equal(
    to('cursor://anysphere.cursor-mcp/oauth/callback'),
    'cursor://anysphere.cursor-mcp/oauth/callback?code=c&iss=i',
  )
})

test('A-073 a state with line ends, markup, separators and other alphabets comes back unchanged, and cannot leave its place', () => {
  for (const state of [
    'a\r\nSet-Cookie: x=1',
    '"><script>alert(1)</script>',
    'x&error=access_denied',
    'ключ 🔑',
    'a+b c%20',
    '#',
  ]) {
    const location = successLocation({ redirect_uri: 'https://c.example/cb', state, iss }, 'c')
    assert.match(location, /^[\x21-\x7e]+$/)
    const parameters = new URL(location).searchParams
    assert.equal(parameters.get('state'), state)
    assert.deepEqual([...parameters.keys()], ['code', 'state', 'iss'])
  }
})

test('RFC 6749 §4.1.2.1 RFC 9207 §2 a refusal carries error, description, state and issuer', () => {
  const refusal = new OAuthError('invalid_request', 'code_challenge is missing')
  assert.equal(
    errorLocation({ redirect_uri: 'https://c.example/cb', state: 's', iss }, refusal),
    'https://c.example/cb?error=invalid_request&error_description=code_challenge%20is%20missing&state=s&iss=https%3A%2F%2Fnotes.example.com',
  )
})
