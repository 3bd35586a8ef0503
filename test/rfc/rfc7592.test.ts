import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sha256 } from '../../src/ops/digest.ts'
import { configure, metadataOf, notTheToken, readBack, registerManaged, update } from '../support/managing.ts'
import { DEFAULTS, REDIRECT } from '../support/registering.ts'
import { CONFIDENTIAL_CLIENT, PUBLIC_CLIENT } from '../support/scenario.ts'
import { storeClient } from '../support/stored.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

/*
 * RFC 7592, sentence by sentence: every MUST and SHOULD of §2, §3 and §5 that is a server's to keep. Updates (§2.2) stand
 * in rfc7592-update.test.ts, deletions (§2.3) in rfc7592-delete.test.ts.
 */

let app: TestApp
before(async () => {
  app = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
})
after(() => app[Symbol.asyncDispose]())

test('RFC 7592 §2 "The client MUST use its registration access token in all calls to this endpoint as an OAuth 2.0 Bearer Token"', async () => {
  const client = await registerManaged(app)
  const { client_id, registration_access_token: token } = client
  const body = { ...PUBLIC_CLIENT, client_id, registration_access_token: token, access_token: token }
  const uri = `${client.registration_client_uri}?access_token=${token}&registration_access_token=${token}`
  for (const method of ['GET', 'PUT', 'DELETE']) {
    for (const authorization of [
      '',
      `Basic ${Buffer.from(`${client_id}:${token}`).toString('base64')}`,
      token,
    ]) {
      const answer = await configure(
        app,
        method,
        { ...client, registration_client_uri: uri },
        {
          headers: { authorization },
          ...(method === 'PUT' && { body }),
        },
      )
      assert.equal(answer.status, 401, `${method} ${authorization}`)
      // RFC 6750 §3.1: without credentials the answer "SHOULD NOT include an error code or other error information".
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="client registration"')
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      assert.equal(answer.body.error, undefined)
    }
  }
  assert.equal((await readBack(app, client)).status, 200)
})

test('RFC 7592 §2, §5 "The client configuration endpoint MUST be protected by a transport-layer security mechanism": its URL is https, or loopback', async () => {
  assert.match((await registerManaged(app)).registration_client_uri, /^https:/)
  const http = createTestApp({ env: { CORPUSIQ_OAUTH_RESOURCE_URL: 'http://notes.example.com' } })
  await assert.rejects(http, /CORPUSIQ_OAUTH_RESOURCE_URL/)
})

test('RFC 7592 §2 "If an authorization server does not support a particular method on the client configuration endpoint, it MUST respond with the appropriate error code"', async () => {
  const client = await registerManaged(app)
  for (const method of ['POST', 'PATCH']) {
    const { status, headers } = await configure(app, method, client, { body: REDIRECT })
    assert.equal(status, 405, method)
    assert.equal(headers.get('allow'), 'GET, HEAD, PUT, DELETE, OPTIONS')
  }
})

test('RFC 7592 §2.1 "Upon successful read of the information for a currently active client, the authorization server responds with an HTTP 200 OK with content type of "application/json" and a payload as described in Section 3"', async () => {
  const client = await registerManaged(app, { ...REDIRECT, client_name: 'Read' })
  const { status, headers, body } = await readBack(app, client)
  assert.equal(status, 200)
  assert.match(headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(headers.get('cache-control'), 'no-store')
  const { client_secret, ...told } = client
  // The secret is stored as a hash, so it is told only when it is made.
  assert.deepEqual(body, told)
})

test('RFC 7592 §2.1, §2.2 "The value of the "client_id" MUST NOT change from the initial registration response"', async () => {
  const client = await registerManaged(app)
  assert.equal((await readBack(app, client)).body.client_id, client.client_id)
  assert.equal(
    (await update(app, client, { ...PUBLIC_CLIENT, client_name: 'Other' })).body.client_id,
    client.client_id,
  )
  assert.equal((await readBack(app, client)).body.client_id_issued_at, app.now())
})

test('RFC 7592 §2.1 "If the registration access token used to make this request is not valid, the server MUST respond with an error as described in the OAuth Bearer Token Usage specification [RFC6750]"', async () => {
  const client = await registerManaged(app)
  const other = await registerManaged(app)
  const token = client.registration_access_token
  for (const wrong of [
    'x',
    other.registration_access_token,
    `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    `${token.slice(0, -1)}`,
    `${token}A`,
    token.toUpperCase(),
    sha256(token),
  ]) {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = { body: { ...PUBLIC_CLIENT, client_id: client.client_id } }
      const asked = { ...client, registration_access_token: wrong }
      notTheToken(await configure(app, method, asked, method === 'PUT' ? body : {}), wrong)
    }
  }
  assert.equal((await readBack(app, client)).status, 200)
  assert.equal((await readBack(app, other)).status, 200)
})

test('RFC 7592 §2.1, §2.2, §2.3 "If the client does not exist on this server, the server MUST respond with HTTP 401 Unauthorized, and the registration access token used to make this request SHOULD be immediately revoked"', async () => {
  const client = await registerManaged(app, CONFIDENTIAL_CLIENT)
  const { client_id, registration_access_token: token } = client
  await app.store.clients.remove(client_id, { at: app.now(), type: 'client.deleted' })
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const body = method === 'PUT' ? { body: { ...CONFIDENTIAL_CLIENT, client_id } } : {}
    notTheToken(await configure(app, method, client, body), method)
  }
  // It is a member of its client, and went with it.
  const left = [await app.store.clients.find(client_id), await app.store.clients.findTombstone(client_id)]
  assert.ok(!JSON.stringify(left).includes(sha256(token)))
})

test('RFC 7592 §2.1, §2.2, §2.3 "If the client is not allowed to update its records, the server MUST respond with HTTP 403 Forbidden": one that the operator declared reads, and changes nothing', async () => {
  const registration_access_token = `registration_${'0'.repeat(12)}${'A'.repeat(43)}`
  const { client_id, client } = await storeClient(
    app,
    {},
    {
      source: 'declared',
      registration_token_hash: sha256(registration_access_token),
    },
  )
  const declared = { registration_client_uri: `${app.url}/register/${client_id}`, registration_access_token }
  assert.equal((await configure(app, 'GET', declared)).status, 200)
  for (const [method, body] of [
    ['PUT', { ...PUBLIC_CLIENT, client_id }],
    ['DELETE', undefined],
  ] as const) {
    const answer = await configure(app, method, declared, { body })
    assert.equal(answer.status, 403, method)
    assert.equal(answer.body.error, 'access_denied')
  }
  assert.deepEqual(await app.store.clients.find(client_id), client)
})

test('RFC 7592 §3 "registration_client_uri REQUIRED. String containing the fully qualified URL of the client configuration endpoint for this client", and it is served as given', async () => {
  for (const [endpoint, path] of [
    ['https://notes.example.com/register', '/register'],
    ['https://notes.example.com/oauth/clients', '/oauth/clients'],
  ] as const) {
    await using other = await createTestApp({
      owner: false,
      env: { CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT: endpoint },
    })
    const client = await registerManaged(other)
    assert.equal(client.registration_client_uri, `https://notes.example.com${path}/${client.client_id}`)
    const read = await readBack(other, client)
    assert.equal(read.body.registration_client_uri, client.registration_client_uri)
    const written = await update(other, client, PUBLIC_CLIENT)
    assert.equal(written.body.registration_client_uri, client.registration_client_uri)
    // The default path serves too, whatever the settings name.
    const guessed = `${other.url}/register/${client.client_id}`
    assert.equal(
      (await configure(other, 'DELETE', { ...client, registration_client_uri: guessed })).status,
      204,
    )
  }
})

test('RFC 7592 §3 "registration_access_token REQUIRED. String containing the access token to be used at the client configuration endpoint", told by each answer', async () => {
  const client = await registerManaged(app)
  const read = await readBack(app, client)
  assert.equal(read.body.registration_access_token, client.registration_access_token)
  const written = await update(app, client, PUBLIC_CLIENT)
  assert.equal(written.body.registration_access_token, client.registration_access_token)
})

test('RFC 7592 §3 "the authorization server MUST return all registered metadata about this client, including any fields provisioned by the authorization server itself"', async () => {
  const metadata = {
    redirect_uris: ['https://client.example.org/callback'],
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    client_name: 'Everything',
    client_uri: 'https://client.example.org/',
    logo_uri: 'https://client.example.org/logo.png',
    scope: 'corpus:read',
    contacts: ['ve7jtb@example.org'],
    tos_uri: 'https://client.example.org/tos',
    policy_uri: 'https://client.example.org/policy',
    jwks_uri: 'https://client.example.org/jwks',
    software_id: '4NRB1-0XZABZI9E6-5SM3R',
    software_version: '2.0',
    application_type: 'web',
    'client_name#fr': 'Tout',
  }
  const client = await registerManaged(app, metadata)
  assert.deepEqual(metadataOf((await readBack(app, client)).body), metadata)
  const least = await registerManaged(app, REDIRECT)
  assert.deepEqual(metadataOf((await readBack(app, least)).body), { ...REDIRECT, ...DEFAULTS })
  for (const { body } of [await update(app, client, REDIRECT), await readBack(app, client)]) {
    assert.deepEqual(metadataOf(body), { ...REDIRECT, ...DEFAULTS })
    assert.equal(body.client_secret_expires_at, app.now() + 90 * 86_400)
  }
})

test('RFC 7592 §5 "While the client secret can expire, the registration access token SHOULD NOT expire while a client is still actively registered"', async () => {
  await using old = await createTestApp({ owner: false })
  const client = await registerManaged(old, CONFIDENTIAL_CLIENT)
  const expires = old.now() + 90 * 86_400
  old.advance(20 * 365 * 86_400)
  const read = await readBack(old, client)
  assert.deepEqual([read.status, read.body.client_secret_expires_at], [200, expires])
  // And by it the client gets a secret that is good, in place of the one that expired.
  const { status, body } = await update(old, client, CONFIDENTIAL_CLIENT)
  assert.equal(status, 200)
  assert.match(String(body.client_secret), /^secret_/)
  assert.equal(body.client_secret_expires_at, old.now() + 90 * 86_400)
})

test('RFC 7592 §5 "the registration access token MUST contain sufficient entropy to prevent a random guessing attack of this token": 256 random bits, each its own', async () => {
  const clients = await Promise.all(Array.from({ length: 50 }, () => registerManaged(app)))
  const dice = clients.map(({ registration_access_token: token }) => {
    assert.match(token, /^registration_[0-9a-f]{12}[A-Za-z0-9_-]{43}$/)
    return token.slice(-43)
  })
  assert.equal(new Set(dice).size, dice.length)
})

test('RFC 7592 §5 clear-text credentials leave once: only the hash of a registration access token is stored', async () => {
  const { client_id, registration_access_token: token } = await registerManaged(app)
  const stored = await app.store.clients.find(client_id)
  assert.equal(stored?.registration_token_hash, sha256(token))
  assert.ok(
    !JSON.stringify([stored, app.events, await app.store.audit.page({ limit: 1000 })]).includes(token),
  )
})
