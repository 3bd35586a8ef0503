import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OAuthError } from './errors.ts'
import {
  DEFAULT_SCOPE,
  SCOPES_SUPPORTED,
  scopeForAuthorization,
  scopeForRefresh,
  scopeForRegistration,
  scopeWithin,
} from './scope.ts'

test('the default is part of what is supported', () => {
  for (const word of DEFAULT_SCOPE.split(' ')) assert.ok(SCOPES_SUPPORTED.some((known) => known === word))
})

test('scopes are whole words, RFC 6749 §3.3 "case-sensitive strings"', () => {
  assert.equal(scopeWithin('corpus:read corpus:search', ['corpus:search']), 'corpus:search')
  for (const limit of ['corpus', 'Corpus:read', ''])
    assert.equal(scopeWithin('corpus:read', [limit]), undefined)
  assert.equal(scopeWithin('', ['corpus:read']), undefined)
})

test('registration keeps what it knows, once each, in the order asked for', () => {
  assert.equal(scopeForRegistration('corpus:read corpus:write'), 'corpus:read')
  assert.equal(scopeForRegistration('corpus:search  corpus:read corpus:search'), 'corpus:search corpus:read')
  assert.equal(scopeForRegistration('corpus:read offline_access'), 'corpus:read offline_access')
})

test('registration: where no known scope is left, the default stands in', () => {
  for (const scope of ['claudeai', 'openid profile', 'mcp', 'offline_access', ' ', 'admin *', '"\\']) {
    assert.equal(scopeForRegistration(scope), DEFAULT_SCOPE, scope)
  }
})

test('authorization: nothing asked for means the default', () => {
  assert.equal(scopeForAuthorization(undefined, undefined), DEFAULT_SCOPE)
  assert.equal(scopeForAuthorization('', undefined), DEFAULT_SCOPE)
  assert.equal(scopeForAuthorization(undefined, 'corpus:search'), 'corpus:search')
  assert.equal(scopeForAuthorization(undefined, 'corpus:search offline_access'), 'corpus:search')
})

test('authorization: a client without registered scope may have every scope there is', () => {
  assert.equal(
    scopeForAuthorization('offline_access corpus:search corpus:read', undefined),
    'offline_access corpus:search corpus:read',
  )
})

test('authorization never gives more than was registered, and never fails', () => {
  assert.equal(scopeForAuthorization('corpus:read corpus:search', 'corpus:read'), 'corpus:read')
  assert.equal(scopeForAuthorization('corpus:search', 'corpus:read'), 'corpus:read')
  assert.equal(scopeForAuthorization('claudeai', 'corpus:read'), 'corpus:read')
  assert.equal(scopeForAuthorization('openid mcp', undefined), DEFAULT_SCOPE)
})

test('authorization: offline_access is granted beside a known scope, registered or not; alone it is the default', () => {
  assert.equal(
    scopeForAuthorization('offline_access corpus:read', 'corpus:read'),
    'offline_access corpus:read',
  )
  assert.equal(scopeForAuthorization('offline_access', undefined), DEFAULT_SCOPE)
  assert.equal(scopeForAuthorization('offline_access openid', 'corpus:read'), 'corpus:read')
})

test('RFC 6749 §6 a refresh gives what was granted, or the part that is asked for', () => {
  assert.equal(scopeForRefresh(undefined, 'corpus:read corpus:search'), 'corpus:read corpus:search')
  assert.equal(scopeForRefresh('', 'corpus:read'), 'corpus:read')
  assert.equal(scopeForRefresh('corpus:search', 'corpus:read corpus:search'), 'corpus:search')
  assert.equal(scopeForRefresh('offline_access', 'corpus:read'), 'corpus:read')
  assert.equal(scopeForRefresh('openid corpus:read', 'corpus:read corpus:search'), 'corpus:read')
})

test('RFC 6749 §6 "The requested scope MUST NOT include any scope not originally granted by the resource owner"', () => {
  for (const scope of ['corpus:read', 'corpus:search corpus:read', 'admin', 'claudeai']) {
    const refused = scopeForRefresh(scope, 'corpus:search')
    assert.ok(refused instanceof OAuthError, scope)
    assert.equal(refused.error, 'invalid_scope')
  }
})

test('RFC 6749 §6 the refusal of a wider scope says so', () => {
  const refusal = scopeForRefresh('corpus:read corpus:search', 'corpus:read')
  assert.ok(refusal instanceof OAuthError)
  assert.equal(refusal.error_description, 'the scope is more than what was granted')
})
