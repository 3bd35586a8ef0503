import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isGiven, parseClientMetadata } from '../oauth/client-metadata.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { JsonObject } from '../oauth/json.ts'
import { judgeByRules, type RegistrationRules } from './policy.ts'

const WEB = 'https://client.example.com/callback'
const NATIVE = 'cursor://anysphere.cursor-mcp/oauth/callback'
const LOOPBACK = 'http://127.0.0.1:33418/'

/** What a registration results in, as the endpoint makes it. */
function registration(body: JsonObject) {
  const metadata = parseClientMetadata(body, { origin: 'https://notes.example.com' })
  if (metadata instanceof OAuthError) throw new Error(metadata.error_description)
  return { metadata, ...(isGiven(body.scope) && { registered_scope: metadata.scope }) }
}

function judge(rules: RegistrationRules, body: JsonObject, scope_limit?: string) {
  return judgeByRules(rules, registration(body), scope_limit)
}

function allowed(rules: RegistrationRules, body: JsonObject, scope_limit?: string) {
  const judged = judge(rules, body, scope_limit)
  assert.ok(!(judged instanceof OAuthError), JSON.stringify([rules, body, judged]))
  return judged
}

function refusal(rules: RegistrationRules, body: JsonObject, scope_limit?: string) {
  const judged = judge(rules, body, scope_limit)
  assert.ok(judged instanceof OAuthError, JSON.stringify([rules, body]))
  assert.equal(judged.status, 400)
  return [judged.error, judged.error_description]
}

test('without rules everything stays as it was asked for', () => {
  for (const body of [
    { redirect_uris: [WEB, NATIVE, LOOPBACK] },
    { redirect_uris: [WEB], scope: 'corpus:read offline_access', token_endpoint_auth_method: 'none' },
  ]) {
    assert.deepEqual(allowed({}, body), registration(body))
  }
})

test('redirect hosts: the whole host as a browser reads it, its port with it', () => {
  const rules = {
    redirect_hosts: ['client.example.com', '*.example.org', 'example.net:8443', 'localhost', '[::1]'],
  }
  for (const uri of [
    WEB,
    'https://CLIENT.example.com/callback',
    'https://client.example.com:443/other',
    'https://a.example.org/cb',
    'https://a.b.example.org/cb',
    'https://example.net:8443/cb',
    'http://localhost/cb',
    'http://localhost:1234/cb',
    'http://[::1]:1234/cb',
    // It has no host: its scheme has a rule of its own.
    NATIVE,
  ]) {
    allowed(rules, { redirect_uris: [uri] })
  }
  for (const [uri, host] of [
    ['https://evil.example/client.example.com', 'evil.example'],
    ['https://client.example.com.evil.example/cb', 'client.example.com.evil.example'],
    ['https://xclient.example.com/cb', 'xclient.example.com'],
    ['https://client.example.com./cb', 'client.example.com.'],
    ['https://client.example.com:8443/cb', 'client.example.com:8443'],
    ['https://example.org/cb', 'example.org'],
    ['https://xexample.org/cb', 'xexample.org'],
    ['https://example.net/cb', 'example.net'],
    ['https://localhost.evil.example/cb', 'localhost.evil.example'],
    [LOOPBACK, '127.0.0.1'],
  ]) {
    assert.deepEqual(refusal(rules, { redirect_uris: [WEB, uri as string] }), [
      'invalid_redirect_uri',
      `redirect_uris[1] leads to ${host}, and this server allows only client.example.com, *.example.org, example.net:8443, localhost, [::1]`,
    ])
  }
})

test('redirect schemes: those that are named, whatever the host', () => {
  const rules = { redirect_schemes: ['https', 'cursor'] }
  allowed(rules, { redirect_uris: [WEB, NATIVE, 'CURSOR://x/y'] })
  assert.deepEqual(refusal(rules, { redirect_uris: [LOOPBACK] }), [
    'invalid_redirect_uri',
    'redirect_uris[0] has the scheme http, and this server allows only https, cursor',
  ])
  assert.equal(refusal(rules, { redirect_uris: ['cursorx://x/y'] })[0], 'invalid_redirect_uri')
})

test('a long list of what is allowed is told by its first five', () => {
  const hosts = ['a.example', 'b.example', 'c.example', 'd.example', 'e.example', 'f.example', 'g.example']
  const [, description] = refusal({ redirect_hosts: hosts }, { redirect_uris: [WEB] })
  assert.match(
    description ?? '',
    /only a\.example, b\.example, c\.example, d\.example, e\.example and 2 more$/,
  )
})

test('required members: what is missing, null or empty is missing', () => {
  const rules = { required_members: ['client_name', 'contacts'] }
  allowed(rules, { redirect_uris: [WEB], client_name: 'x', contacts: ['a@b.example'] })
  for (const nothing of [{}, { contacts: null }, { contacts: [] }]) {
    assert.deepEqual(refusal(rules, { redirect_uris: [WEB], client_name: 'x', ...nothing }), [
      'invalid_client_metadata',
      'contacts must be given: this server asks for it',
    ])
  }
  assert.match(
    refusal(rules, { redirect_uris: [WEB], 'client_name#fr': 'x' })[1] ?? '',
    /^client_name must be given: .*; contacts must be given: /,
  )
})

test('authentication methods by kind of client, the default one as well', () => {
  const rules: RegistrationRules = {
    web: { token_endpoint_auth_methods: ['client_secret_basic', 'client_secret_post'] },
    native: { token_endpoint_auth_methods: ['none'] },
    loopback: { token_endpoint_auth_methods: ['none'] },
  }
  allowed(rules, { redirect_uris: [WEB] })
  allowed(rules, { redirect_uris: [NATIVE, LOOPBACK], token_endpoint_auth_method: 'none' })
  assert.deepEqual(refusal(rules, { redirect_uris: [WEB], token_endpoint_auth_method: 'none' }), [
    'invalid_client_metadata',
    'token_endpoint_auth_method is none, and this server allows only client_secret_basic, client_secret_post for a client with an https redirect URI',
  ])
  assert.match(
    refusal(rules, { redirect_uris: [NATIVE] })[1] ?? '',
    /^token_endpoint_auth_method is client_secret_basic/,
  )
  assert.match(
    refusal(rules, { redirect_uris: ['https://localhost/cb'] })[1] ?? '',
    /for a client with a loopback redirect URI$/,
  )
  // Of two kinds: what suits the one does not suit the other.
  for (const method of ['none', 'client_secret_basic']) {
    refusal(rules, { redirect_uris: [WEB, LOOPBACK], token_endpoint_auth_method: method })
  }
})

test('RFC 7591 §3.2.1 scopes by kind of client narrow what it asked for, and one that asked for nothing is bounded too', () => {
  const rules: RegistrationRules = {
    loopback: { scopes: ['corpus:search'] },
    native: { scopes: ['corpus:read', 'offline_access'] },
  }
  const scopes = (body: JsonObject, scope_limit?: string) => {
    const { metadata, registered_scope } = allowed(rules, body, scope_limit)
    return [metadata.scope, registered_scope]
  }
  assert.deepEqual(scopes({ redirect_uris: [WEB] }), ['corpus:read corpus:search', undefined])
  assert.deepEqual(scopes({ redirect_uris: [LOOPBACK] }), ['corpus:search', 'corpus:search'])
  const asked = { redirect_uris: [LOOPBACK], scope: 'corpus:read corpus:search offline_access' }
  assert.deepEqual(scopes(asked), ['corpus:search offline_access', 'corpus:search offline_access'])
  assert.deepEqual(refusal(rules, { redirect_uris: [LOOPBACK], scope: 'corpus:read' }), [
    'invalid_client_metadata',
    'scope has nothing that is open to this client: ask for corpus:search',
  ])
  assert.match(
    refusal(rules, { redirect_uris: [LOOPBACK, NATIVE] })[1] ?? '',
    /^no scope is open to this client/,
  )
})

test('an initial access token bounds the scope, together with the rules', () => {
  const web: RegistrationRules = { web: { scopes: ['corpus:search'] } }
  const body = { redirect_uris: [WEB] }
  assert.equal(allowed({}, body, 'corpus:read').registered_scope, 'corpus:read')
  assert.equal(allowed({}, body, 'corpus:read').metadata.scope, 'corpus:read')
  assert.equal(allowed(web, body, 'corpus:read corpus:search').registered_scope, 'corpus:search')
  assert.equal(refusal({}, { ...body, scope: 'corpus:search' }, 'corpus:read')[0], 'invalid_client_metadata')
  assert.match(refusal(web, body, 'corpus:read')[1] ?? '', /^no scope is open to this client/)
})

test('every rule that is broken is told at once, with the first one’s code', () => {
  const rules: RegistrationRules = {
    redirect_hosts: ['claude.ai'],
    required_members: ['client_name'],
    web: { token_endpoint_auth_methods: ['none'] },
  }
  const [error, description] = refusal(rules, { redirect_uris: [WEB] })
  assert.equal(error, 'invalid_redirect_uri')
  assert.match(description ?? '', /^redirect_uris\[0\] .*; client_name .*; token_endpoint_auth_method /)
})
