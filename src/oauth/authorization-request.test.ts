import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type AuthorizationRequest,
  parseAuthorizationRequest,
  parseUntrustedRequest,
  type TrustedRequest,
  trustRequest,
} from './authorization-request.ts'
import type { Client } from './client.ts'
import { OAuthError } from './errors.ts'
import { parseParameters } from './parameters.ts'

const server = { resourceUrl: 'https://notes.example.com', resource: 'https://notes.example.com/mcp' }

function client(redirect_uris: readonly string[], more: Partial<Client> = {}): Client {
  return {
    client_id: 'client_1',
    client_id_issued_at: 0,
    metadata: {
      redirect_uris,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      scope: 'corpus:read corpus:search',
    },
    ...more,
  }
}

const CALLBACK = 'https://client.example/cb'
const GOOD = {
  response_type: 'code',
  client_id: 'client_1',
  redirect_uri: CALLBACK,
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
  state: 'xyz',
}

function query(changes: Readonly<Record<string, string | undefined>> = {}, raw = ''): string {
  const pairs = Object.entries({ ...GOOD, ...changes }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  )
  return new URLSearchParams(pairs).toString() + raw
}

function trust(text: string, known = client([CALLBACK])): TrustedRequest | OAuthError {
  const parameters = parseParameters(text)
  assert.ok(parameters)
  const untrusted = parseUntrustedRequest(parameters)
  return untrusted instanceof OAuthError ? untrusted : trustRequest(untrusted, known)
}

function parse(text: string, known?: Client): AuthorizationRequest | OAuthError {
  const trusted = trust(text, known)
  assert.ok(!(trusted instanceof OAuthError), JSON.stringify(trusted))
  return parseAuthorizationRequest(trusted, server)
}

function accepted(text: string, known?: Client): AuthorizationRequest {
  const request = parse(text, known)
  assert.ok(!(request instanceof OAuthError), JSON.stringify(request))
  return request
}

function refused(result: unknown, error: string, description?: string): void {
  assert.ok(result instanceof OAuthError, `not refused with ${error}`)
  assert.equal(result.error, error)
  if (description !== undefined) assert.equal(result.error_description, description)
}

test('RFC 6749 §4.1.1 a request in order is taken as it is', () => {
  const request = accepted(query())
  assert.equal(request.redirect_uri, CALLBACK)
  assert.equal(request.redirect_uri_given, true)
  assert.equal(request.state, 'xyz')
  assert.equal(request.code_challenge, GOOD.code_challenge)
  assert.equal(request.resource, server.resource)
  assert.equal(request.scope, 'corpus:read corpus:search')
})

test('A-063 RFC 9700 §4.1.3 a redirect URI that is not exactly one of the registered ones is refused before it is trusted', () => {
  for (const redirect_uri of [
    'https://client.example/other',
    'https://evil.example/cb',
    'https://client.example/cb/sub',
    'https://client.example/cb?x=1',
    'https://client.example/CB',
    'https://client.example/cb/',
    'https://client.example/%63b',
    'https://client.example:443/cb',
    'https://client.example/cb#',
    'http://client.example/cb',
  ]) {
    refused(trust(query({ redirect_uri })), 'invalid_request')
  }
})

test('A-064 RFC 6749 §3.1.2.3 a missing redirect URI stands for the only registered one, and for none of several', () => {
  const only = accepted(query({ redirect_uri: undefined }))
  assert.equal(only.redirect_uri, CALLBACK)
  assert.equal(only.redirect_uri_given, false)
  refused(
    trust(query({ redirect_uri: undefined }), client([CALLBACK, 'https://client.example/2'])),
    'invalid_request',
  )
})

test('RFC 8252 §7.3 a loopback redirect URI may come with another port, and keeps it', () => {
  const request = accepted(
    query({ redirect_uri: 'http://127.0.0.1:52101/' }),
    client(['http://127.0.0.1/', 'http://127.0.0.1:33418/']),
  )
  assert.equal(request.redirect_uri, 'http://127.0.0.1:52101/')
})

test('A-065 RFC 7636 §4.4.1 no challenge, plain, another method, a method alone, a challenge of the wrong form: invalid_request', () => {
  for (const changes of [
    { code_challenge: undefined },
    { code_challenge: undefined, code_challenge_method: undefined },
    { code_challenge: '' },
    { code_challenge_method: 'plain' },
    { code_challenge_method: undefined },
    { code_challenge_method: 's256' },
    { code_challenge_method: 'S512' },
    { code_challenge: GOOD.code_challenge.slice(1) },
    { code_challenge: `${GOOD.code_challenge}A` },
    { code_challenge: `${GOOD.code_challenge.slice(1)}+` },
  ]) {
    refused(parse(query(changes)), 'invalid_request')
  }
})

test('A-066 RFC 6749 §4.1.2.1 a response type other than code is unsupported, a missing one invalid', () => {
  for (const response_type of ['token', 'code token', 'id_token', 'none', 'CODE']) {
    refused(parse(query({ response_type })), 'unsupported_response_type')
  }
  refused(parse(query({ response_type: undefined })), 'invalid_request')
})

test('A-067 RFC 6749 §4.1.2.1 a missing or empty client_id is refused before anything is trusted', () => {
  refused(trust(query({ client_id: undefined })), 'invalid_request')
  refused(trust(query({ client_id: '' })), 'invalid_request')
})

test('A-068 RFC 6749 §3.1 a parameter sent twice: before trust where the doubt is about client or address, else invalid_request', () => {
  refused(trust(query({}, '&client_id=client_2')), 'invalid_request')
  refused(trust(query({}, '&redirect_uri=https%3A%2F%2Fevil.example')), 'invalid_request')
  for (const name of ['state', 'scope', 'code_challenge', 'response_type', 'nonsense']) {
    refused(parse(query({ [name]: GOOD[name as keyof typeof GOOD] ?? 'x' }, `&${name}=x`)), 'invalid_request')
  }
})

test('A-069 RFC 6749 §3.3 never more scope than registered, and never an error', () => {
  const restricted = client([CALLBACK], { registered_scope: 'corpus:read' })
  const scopeOf = (scope: string | undefined, known?: Client) => accepted(query({ scope }), known).scope
  assert.equal(scopeOf(undefined), 'corpus:read corpus:search')
  assert.equal(scopeOf(''), 'corpus:read corpus:search')
  assert.equal(scopeOf('corpus:search admin *'), 'corpus:search')
  assert.equal(scopeOf('claudeai'), 'corpus:read corpus:search')
  assert.equal(scopeOf(`${' '.repeat(10_000)}corpus:read`), 'corpus:read')
  assert.equal(scopeOf('corpus:read corpus:search', restricted), 'corpus:read')
  assert.equal(scopeOf('corpus:search', restricted), 'corpus:read')
})

test('A-070 RFC 8707 §2 the resource of somebody else, alone or beside ours: invalid_target', () => {
  refused(parse(query({ resource: 'https://evil.example/mcp' })), 'invalid_target')
  refused(
    parse(query({ resource: server.resource }, '&resource=https%3A%2F%2Fevil.example')),
    'invalid_target',
  )
  assert.equal(
    accepted(query({ resource: server.resource }, `&resource=${server.resource}/`)).resource,
    server.resource,
  )
})

test('A-071 RFC 9101 request objects are refused by name, registration is ignored', () => {
  refused(parse(query({ request: 'eyJ' })), 'request_not_supported')
  refused(parse(query({ request_uri: 'http://169.254.169.254/' })), 'request_uri_not_supported')
  accepted(query({ registration: '{}' }))
})

test('A-072 a response mode other than query: invalid_request', () => {
  for (const response_mode of ['fragment', 'web_message', 'form_post', 'x']) {
    refused(parse(query({ response_mode })), 'invalid_request')
  }
  accepted(query({ response_mode: 'query' }))
})

test('OpenID Connect Core §3.1.2.1 prompt: none excludes others, consent asks, the rest is passed over', () => {
  assert.equal(accepted(query({ prompt: 'none' })).prompt, 'none')
  assert.equal(accepted(query({ prompt: 'login consent' })).prompt, 'consent')
  assert.equal(accepted(query({ prompt: 'select_account' })).prompt, undefined)
  refused(parse(query({ prompt: 'none consent' })), 'invalid_request')
})

test('RFC 6749 §4.1.2.1 unauthorized_client: "The client is not authorized to request an authorization code using this method"', () => {
  const { metadata } = client([CALLBACK])
  refused(
    parse(query(), client([CALLBACK], { metadata: { ...metadata, grant_types: ['refresh_token'] } })),
    'unauthorized_client',
    'the client did not register the authorization_code grant',
  )
})

test('RFC 6749 §4.1.2.1 error_description: "to assist the client developer in understanding the error that occurred"', () => {
  const several = client([CALLBACK, 'https://client.example/2'])
  refused(trust(query({ client_id: undefined })), 'invalid_request', 'client_id is missing')
  refused(trust(query({}, '&client_id=x')), 'invalid_request', 'client_id must not be sent more than once')
  refused(
    trust(query({}, '&redirect_uri=x')),
    'invalid_request',
    'redirect_uri must not be sent more than once',
  )
  refused(trust(query({ redirect_uri: undefined }), several), 'invalid_request', 'redirect_uri is missing')
  refused(
    trust(query({ redirect_uri: 'https://evil.example' })),
    'invalid_request',
    'redirect_uri is not one that the client registered',
  )
  for (const [changes, error, description] of [
    [{ request: 'x' }, 'request_not_supported', 'request objects are not supported'],
    [{ request_uri: 'https://x.example' }, 'request_uri_not_supported', 'request_uri is not supported'],
    [{ response_type: undefined }, 'invalid_request', 'response_type is missing'],
    [{ response_type: 'token' }, 'unsupported_response_type', 'response_type must be code'],
    [{ response_mode: 'fragment' }, 'invalid_request', 'response_mode must be query'],
    [{ code_challenge: undefined }, 'invalid_request', 'code_challenge is required (PKCE)'],
    [{ code_challenge_method: 'plain' }, 'invalid_request', 'code_challenge_method must be S256'],
    [{ code_challenge: 'x' }, 'invalid_request', 'code_challenge must be 43 base64url characters'],
    [{ prompt: 'none login' }, 'invalid_request', 'prompt=none excludes other values'],
  ] as const) {
    refused(parse(query(changes)), error, description)
  }
  refused(parse(query({}, '&state=2')), 'invalid_request', 'a parameter was sent more than once')
})
