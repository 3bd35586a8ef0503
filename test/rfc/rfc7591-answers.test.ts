import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sha256 } from '../../src/ops/digest.ts'
import { DEFAULTS, type Issued, REDIRECT, refused, register } from '../support/registering.ts'
import { postJson } from '../support/site.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

let app: TestApp
before(async () => {
  app = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
})
after(() => app[Symbol.asyncDispose]())

test('RFC 7591 §3.2.2 unapproved_software_statement: "not approved for use by this authorization server"', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const software_statement = `${part({ alg: 'RS256' })}.${part({ iss: 'https://issuer.example' })}.c2ln`
  await refused(app, { ...REDIRECT, software_statement }, 'unapproved_software_statement')
})

test('RFC 7591 §3.2.1 client_id "SHOULD NOT be currently valid for any other registered client"', async () => {
  const same = { ...REDIRECT, client_name: 'Twins', software_id: 'twins' }
  const answers = await Promise.all(Array.from({ length: 20 }, () => register(app, same)))
  const ids = answers.map(([{ client_id }]) => client_id)
  assert.equal(new Set(ids).size, ids.length)
  for (const id of ids) assert.match(id, /^client_[A-Za-z0-9_-]+$/)
})

test('RFC 7591 §3.2.1 client_secret: "If issued, this MUST be unique for each "client_id"" (§5: "SHOULD NOT issue the same client secret to multiple instances")', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => register(app, REDIRECT)))
  const secrets = answers.map(([{ client_secret }]) => client_secret)
  assert.equal(new Set(secrets).size, secrets.length)
  for (const secret of secrets) assert.match(secret ?? '', /^secret_[A-Za-z0-9_-]{43,}$/)
})

test('RFC 7591 §3.2.1 client_id_issued_at: "the number of seconds from 1970-01-01T00:00:00Z"', async () => {
  const [information] = await register(app, REDIRECT)
  assert.equal(information.client_id_issued_at, app.now())
})

test('RFC 7591 §3.2.1 client_secret_expires_at: "REQUIRED if "client_secret" is issued", "or 0 if it will not expire"', async () => {
  assert.equal((await register(app, REDIRECT))[0].client_secret_expires_at, app.now() + 90 * 86_400)
  await using forever = await createTestApp({ owner: false, env: { CORPUSIQ_CLIENT_SECRET_TTL_DAYS: '0' } })
  const response = await postJson(forever, `${forever.url}/register`, REDIRECT)
  assert.equal(((await response.json()) as Issued).client_secret_expires_at, 0)
})

test('RFC 7591 §3.2.1 "the authorization server MUST return all registered metadata about this client, including any fields provisioned by the authorization server itself"', async () => {
  const metadata = {
    redirect_uris: ['https://client.example.org/callback'],
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    client_name: 'Everything',
    client_uri: 'https://client.example.org/',
    logo_uri: 'https://client.example.org/logo.png',
    scope: 'corpus:read',
    contacts: ['ve7jtb@example.org', 'mary@example.org'],
    tos_uri: 'https://client.example.org/tos',
    policy_uri: 'https://client.example.org/policy',
    jwks_uri: 'https://client.example.org/jwks',
    software_id: '4NRB1-0XZABZI9E6-5SM3R',
    software_version: '2.0',
    application_type: 'web',
    'client_name#fr': 'Tout',
  }
  const [{ client_id }, registered] = await register(app, metadata)
  assert.deepEqual(registered, metadata)
  assert.deepEqual((await app.store.clients.find(client_id))?.metadata, metadata)
})

test('RFC 7591 §3.2.1 "The authorization server MAY reject or replace any of the client\'s requested metadata values": what it replaces, it tells', async () => {
  const [, registered] = await register(app, {
    ...REDIRECT,
    scope: 'openid corpus:read corpus:write',
    grant_types: ['authorization_code', 'client_credentials'],
    response_types: ['code', 'id_token'],
  })
  assert.deepEqual(registered, { ...REDIRECT, ...DEFAULTS, scope: 'corpus:read' })
})

test('RFC 7591 §3.2.1 "an HTTP 201 Created status code with a body of type "application/json"", not to be stored by any cache', async () => {
  const response = await postJson(app, `${app.url}/register`, REDIRECT)
  assert.equal(response.status, 201)
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(response.headers.get('cache-control'), 'no-store')
})

test('RFC 7591 §3.2.1 no member of the answer is null or empty', async () => {
  const response = await postJson(app, `${app.url}/register`, {
    ...REDIRECT,
    scope: '',
    contacts: [],
    client_uri: null,
    logo_uri: '',
    jwks: null,
    software_id: null,
  })
  for (const [name, value] of Object.entries((await response.json()) as object)) {
    assert.ok(value !== null && value !== '' && JSON.stringify(value) !== '[]', name)
  }
})

test('RFC 7591 §3.2.2 an error is "an HTTP 400 status code […] with content type "application/json"" and a "Single ASCII error code string"', async () => {
  for (const body of [
    '{',
    '[]',
    '',
    '{"redirect_uris":["é"]}',
    '{"redirect_uris":["https://c.example/"],"client_name":{"é":1}}',
  ]) {
    const response = await app.fetch(
      new Request(`${app.url}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }),
    )
    assert.equal(response.status, 400)
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
    assert.equal(response.headers.get('cache-control'), 'no-store')
    const { error, error_description } = (await response.json()) as {
      error: string
      error_description: string
    }
    assert.match(error, /^invalid_(client_metadata|redirect_uri)$/)
    assert.match(error_description, /^[\x20-\x7e]+$/)
  }
})

test('RFC 7591 §3.2.2 invalid_redirect_uri: "The value of one or more redirection URIs is invalid"', async () => {
  const redirect_uris = ['https://client.example.org/callback', 'http://sketchy.example.com']
  await refused(app, { redirect_uris }, 'invalid_redirect_uri', /^redirect_uris\[1\] must be https/)
})

test('RFC 7591 §3.2.2 invalid_client_metadata: "The value of one of the client metadata fields is invalid"', async () => {
  const metadata = { ...REDIRECT, token_endpoint_auth_method: 'private_key_jwt' }
  await refused(
    app,
    metadata,
    'invalid_client_metadata',
    /one of none, client_secret_basic, client_secret_post/,
  )
})

test('RFC 7591 §5 "registered redirection URI values MUST be one of" TLS, a web site on the local machine, an application-specific URL', async () => {
  for (const uri of [
    'https://client.example.com/oauth_redirect',
    'http://localhost:8080/oauth_redirect',
    'exampleapp://oauth_redirect',
  ]) {
    await register(app, { redirect_uris: [uri] })
  }
  for (const uri of [
    'http://client.example.com/',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///x',
    'https:///x',
    '/x',
  ]) {
    await refused(app, { redirect_uris: [uri] }, 'invalid_redirect_uri')
  }
})

test('RFC 7591 §5 clear-text credentials leave once: only the hash of a secret is stored', async () => {
  const [{ client_id, client_secret = '' }] = await register(app, REDIRECT)
  const stored = await app.store.clients.find(client_id)
  assert.equal(stored?.client_secret_hash, `sha256:${sha256(client_secret)}`)
  assert.ok(!JSON.stringify([stored, app.events]).includes(client_secret))
})

test('RFC 7591 §5 "it must be extremely careful with any URL provided by the client that will be displayed to the user"', async () => {
  for (const name of ['logo_uri', 'tos_uri', 'client_uri', 'policy_uri']) {
    for (const uri of [
      'javascript:alert(1)',
      'data:text/html,x',
      '//evil.example',
      'https://u:p@evil.example/',
    ]) {
      await refused(app, { ...REDIRECT, [name]: uri }, 'invalid_client_metadata', new RegExp(`^${name}`))
    }
  }
})

test('RFC 7591 §5 a server "MUST treat all client metadata as self-asserted": software_id gives nobody another’s client', async () => {
  const software = { ...REDIRECT, client_name: 'ChatGPT', software_id: 'a', software_version: '1' }
  const [first] = await register(app, software)
  const [second] = await register(app, {
    ...software,
    client_id: first.client_id,
    client_secret: first.client_secret,
  })
  assert.notEqual(first.client_id, second.client_id)
  assert.notEqual(first.client_secret, second.client_secret)
})
