import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonValue } from './json.ts'
import { MemberFault } from './member-fault.ts'
import {
  listOf,
  oneOf,
  type Rule,
  redirectUri,
  scope,
  softwareStatement,
  text,
  thoseOf,
  webUri,
} from './metadata-rule.ts'

const server = { origin: 'https://a.example' }

/** What is wrong, by code and sentence, or what is registered. */
function outcome(rule: Rule<unknown>, value: JsonValue): unknown {
  const result = rule(value, server)
  return result instanceof MemberFault ? `${result.error}: ${result.about('it')}` : result
}

test('a text is a string of some length that holds nothing invisible', () => {
  assert.equal(outcome(text(3), ' a '), ' a ')
  assert.equal(outcome(text(3), 1), 'invalid_client_metadata: it must be a string')
  assert.equal(outcome(text(3), 'abcd'), 'invalid_client_metadata: it must not be longer than 3 characters')
  assert.equal(outcome(text(3), '   '), 'invalid_client_metadata: it must not be blank')
  const unsafe = 'invalid_client_metadata: it must not contain control characters or directional overrides'
  for (const mark of ['\0', '\n', '\x7f', '\u2028', '\u2029', '\u202a', '\u202e', '\u2066', '\u2069']) {
    assert.equal(outcome(text(3), `a${mark}`), unsafe)
  }
})

test('one of some words', () => {
  assert.equal(outcome(oneOf(['a', 'b']), 'b'), 'b')
  for (const value of ['c', null, ['a']]) {
    assert.equal(outcome(oneOf(['a', 'b']), value), 'invalid_client_metadata: it must be one of a, b')
  }
})

test('RFC 7591 §3.2.1 those of a list that the server has, in its own order', () => {
  assert.deepEqual(outcome(thoseOf(['a', 'b', 'd']), ['c', 'b', 'a']), ['a', 'b'])
  const none = 'invalid_client_metadata: it must contain one of a, b'
  assert.equal(outcome(thoseOf(['a', 'b']), ['c']), none)
  for (const value of ['a', {}, ['a', 1]]) {
    assert.equal(
      outcome(thoseOf(['a', 'b']), value),
      'invalid_client_metadata: it must be an array of strings',
    )
  }
})

test('a list of bounded length; the first fault tells its place', () => {
  const rule = listOf(oneOf(['a']), 2, 'invalid_redirect_uri')
  assert.deepEqual(outcome(rule, ['a', 'a']), ['a', 'a'])
  assert.equal(outcome(rule, 'a'), 'invalid_redirect_uri: it must be an array')
  assert.equal(outcome(rule, ['a', 'a', 'a']), 'invalid_redirect_uri: it must not have more than 2 elements')
  assert.equal(outcome(rule, ['a', 'b']), 'invalid_client_metadata: it[1] must be one of a')
  assert.equal(outcome(listOf(oneOf(['a']), 2), 'a'), 'invalid_client_metadata: it must be an array')
})

test('RFC 7591 §5 a page of the web and nothing else', () => {
  const rule = webUri('https', 'http')
  const longest = `https://c.example/${'x'.repeat(2000 - 18)}`
  for (const uri of ['https://c.example/', 'http://c.example', longest]) assert.equal(outcome(rule, uri), uri)
  assert.equal(outcome(rule, 1), 'invalid_client_metadata: it must be a string')
  assert.equal(
    outcome(rule, `${longest}x`),
    'invalid_client_metadata: it must not be longer than 2000 characters',
  )
  assert.equal(outcome(rule, 'x'), 'invalid_client_metadata: it must be an absolute URI, with a scheme')
  const wrong = 'invalid_client_metadata: it must begin with https:// or http://'
  assert.equal(outcome(rule, 'javascript:alert(1)'), wrong)
  assert.equal(
    outcome(webUri('https'), 'http://c.example'),
    'invalid_client_metadata: it must begin with https://',
  )
})

test('a redirect URI is never one of the server’s own', () => {
  for (const uri of [
    'https://c.example/cb',
    'https://a.example:444/cb',
    'http://localhost/cb',
    'cursor://a.example/',
  ]) {
    assert.equal(outcome(redirectUri, uri), uri)
  }
  for (const uri of ['https://a.example/cb', 'HTTPS://A.example:443/cb']) {
    assert.equal(outcome(redirectUri, uri), 'invalid_redirect_uri: it must not be an address of this server')
  }
  assert.equal(outcome(redirectUri, 1), 'invalid_redirect_uri: it must be a string')
  assert.match(String(outcome(redirectUri, 'x')), /^invalid_redirect_uri: it must be an absolute URI/)
})

test('a scope is a string; a software statement too', () => {
  assert.equal(outcome(scope, 'corpus:read x'), 'corpus:read')
  assert.equal(outcome(scope, 1), 'invalid_client_metadata: it must be a string of words')
  assert.equal(outcome(softwareStatement, 1), 'invalid_software_statement: it must be a string')
  assert.equal(
    outcome(softwareStatement, 'x'),
    'invalid_software_statement: it must be a signed JWT in compact form',
  )
})

test('A-033 an address of an app is no address of this server, whatever it carries', () => {
  const carried = 'cursor://x/https://a.example/cb'
  assert.equal(outcome(redirectUri, carried), carried)
})
