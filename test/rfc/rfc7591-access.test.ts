import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initialAccessToken, registerBy } from '../support/initial-access.ts'
import { DEFAULTS, REDIRECT, refused, register } from '../support/registering.ts'
import { authorizationRequest } from '../support/scenario.ts'
import { createTestApp } from '../support/test-app.ts'

/* RFC 7591 §3: who may register, and what a server's policy may make of a registration. */

const BY_TOKEN = { owner: false, env: { CORPUSIQ_REGISTRATION_ACCESS: 'token' } } as const

test('RFC 7591 §3 the endpoint "MAY accept an initial access token in the form of an OAuth 2.0 access token to limit registration to only previously authorized parties"', async () => {
  await using app = await createTestApp(BY_TOKEN)
  const { token } = await initialAccessToken(app, { uses_left: 1 })
  const { status, body } = await registerBy(app, `Bearer ${token}`, REDIRECT)
  assert.equal(status, 201)
  assert.equal(await app.store.clients.count(), 1)
  assert.match(String(body.client_id), /^client_/)
  assert.equal((await registerBy(app, undefined, REDIRECT)).status, 401)
  assert.equal(await app.store.clients.count(), 1)
})

test('RFC 7591 §3.2.2 "When an OAuth 2.0 error condition occurs, such as the client presenting an invalid initial access token, the authorization server returns an error response appropriate to the OAuth 2.0 token type"', async () => {
  await using app = await createTestApp(BY_TOKEN)
  const { status, headers, body } = await registerBy(app, 'Bearer wrong', REDIRECT)
  // RFC 6750 §3.1: invalid_token, "The resource SHOULD respond with the HTTP 401 (Unauthorized) status code."
  assert.deepEqual([status, body.error], [401, 'invalid_token'])
  assert.equal(
    headers.get('www-authenticate'),
    `Bearer realm="client registration", error="invalid_token", error_description="${body.error_description}"`,
  )
  assert.equal(headers.get('content-type'), 'application/json')
})

test('RFC 6750 §3.1 "If the request lacks any authentication information […] the resource server SHOULD NOT include an error code or other error information" in the challenge', async () => {
  await using app = await createTestApp(BY_TOKEN)
  const { status, headers } = await registerBy(app, undefined, REDIRECT)
  assert.equal(status, 401)
  assert.equal(headers.get('www-authenticate'), 'Bearer realm="client registration"')
  // A page of another origin registers too, and has to read why it may not.
  const origin = 'https://client.example.org'
  const response = await app.fetch(
    new Request(`${app.url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify(REDIRECT),
    }),
  )
  assert.equal(response.headers.get('access-control-allow-origin'), '*')
  assert.match(response.headers.get('access-control-expose-headers') ?? '', /WWW-Authenticate/i)
})

test('RFC 8414 §2 registration_endpoint is there for whoever has, or may get, what it asks for', async () => {
  for (const access of ['open', 'token', 'approval', 'closed']) {
    await using app = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_ACCESS: access } })
    const response = await app.fetch(new Request(`${app.url}/.well-known/oauth-authorization-server`))
    const { registration_endpoint } = (await response.json()) as { registration_endpoint?: string }
    assert.equal(registration_endpoint, access === 'closed' ? undefined : `${app.url}/register`, access)
  }
})

test('RFC 7591 §3.2.1 "The authorization server MAY reject or replace any of the client’s requested metadata values submitted during the registration": what the policy made of the scope is told, and is what is registered', async () => {
  await using app = await createTestApp({
    owner: false,
    registrationRules: { web: { scopes: ['corpus:search'] } },
  })
  for (const scope of [undefined, 'corpus:read corpus:search', 'openid']) {
    const [{ client_id }, registered] = await register(app, { ...REDIRECT, ...(scope && { scope }) })
    assert.deepEqual(registered, { ...REDIRECT, ...DEFAULTS, scope: 'corpus:search' })
    const stored = await app.store.clients.find(client_id)
    assert.deepEqual([stored?.metadata, stored?.registered_scope], [registered, 'corpus:search'])
  }
})

test('RFC 7591 §3.2.2 a refusal by policy has the standard’s code and says what to change', async () => {
  await using app = await createTestApp({
    owner: false,
    registrationRules: {
      redirect_hosts: ['claude.ai', '*.example.org'],
      redirect_schemes: ['https', 'cursor'],
      required_members: ['client_name'],
      web: { token_endpoint_auth_methods: ['none', 'client_secret_basic'] },
    },
    registrationPolicy: ({ client_name }) =>
      client_name === 'Rude'
        ? { error: 'invalid_client_metadata', error_description: 'client_name must be polite' }
        : undefined,
  })
  const named = { ...REDIRECT, client_name: 'x' }
  await register(app, named)
  await register(app, { ...named, redirect_uris: ['cursor://anysphere.cursor-mcp/oauth/callback'] })
  for (const [metadata, error, description] of [
    [
      { ...named, redirect_uris: ['https://evil.example/cb'] },
      'invalid_redirect_uri',
      /allows only claude\.ai, \*\.example\.org/,
    ],
    [
      { ...named, redirect_uris: ['http://localhost/cb'] },
      'invalid_redirect_uri',
      /allows only https, cursor/,
    ],
    [REDIRECT, 'invalid_client_metadata', /client_name must be given/],
    [
      { ...named, token_endpoint_auth_method: 'client_secret_post' },
      'invalid_client_metadata',
      /allows only none, client_secret_basic/,
    ],
    [{ ...named, client_name: 'Rude' }, 'invalid_client_metadata', /^client_name must be polite$/],
  ] as const) {
    await refused(app, metadata, error, description)
  }
})

test('RFC 7591 §3.2.1 where the owner approves, the client is registered and told its id; it is the person who is told to wait', async () => {
  await using app = await createTestApp({ env: { CORPUSIQ_REGISTRATION_ACCESS: 'approval' } })
  const [{ client_id }, registered] = await register(app, REDIRECT)
  assert.deepEqual(registered, { ...REDIRECT, ...DEFAULTS })
  const { url } = authorizationRequest(app, { client_id, ...REDIRECT })
  const response = await app.fetch(new Request(url, { redirect: 'manual' }))
  assert.equal(response.status, 403)
  assert.match(await response.text(), /waits for approval/)
})
