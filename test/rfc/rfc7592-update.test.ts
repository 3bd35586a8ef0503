import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { configure, metadataOf, readBack, registerManaged, update } from '../support/managing.ts'
import { DEFAULTS, REDIRECT } from '../support/registering.ts'
import { CONFIDENTIAL_CLIENT, PUBLIC_CLIENT } from '../support/scenario.ts'
import type { Answer } from '../support/stored.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

/* RFC 7592 §2.2, sentence by sentence. */

let app: TestApp
before(async () => {
  app = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
})
after(() => app[Symbol.asyncDispose]())

const FULL = {
  ...CONFIDENTIAL_CLIENT,
  client_name: 'My New Example',
  'client_name#fr': 'Mon Nouvel Exemple',
  logo_uri: 'https://client.example.org/newlogo.png',
  contacts: ['a@example.org'],
  scope: 'corpus:read',
}

/** 400 in the form of RFC 7591 §3.2.2. */
function isRefused({ status, headers, body }: Answer, error: string, description: RegExp): void {
  assert.deepEqual([status, body.error], [400, error], JSON.stringify(body))
  assert.match(String(body.error_description), description)
  assert.equal(headers.get('cache-control'), 'no-store')
}

test('RFC 7592 §2.2 "the client makes an HTTP PUT request to the client configuration endpoint with a content type of "application/json""', async () => {
  const client = await registerManaged(app)
  const body = JSON.stringify({ ...PUBLIC_CLIENT, client_id: client.client_id })
  for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
    const answer = await configure(app, 'PUT', client, { body, headers: { 'content-type': type } })
    assert.equal(answer.status, 415)
  }
  for (const wrong of ['', '{', '[]', '"x"']) {
    isRefused(await configure(app, 'PUT', client, { body: wrong }), 'invalid_client_metadata', /the body/)
  }
  assert.equal((await configure(app, 'PUT', client, { body })).status, 200)
})

test('RFC 7592 §2.2 "This request MUST include all client metadata fields as returned to the client from a previous registration, read, or update operation": and then changes nothing', async () => {
  for (const metadata of [REDIRECT, FULL, PUBLIC_CLIENT, { ...REDIRECT, scope: 'corpus:search openid' }]) {
    const client = await registerManaged(app, metadata)
    const before = await app.store.clients.find(client.client_id)
    const { body } = await readBack(app, client)
    const { client_id } = client
    const answer = await update(app, client, metadataOf(body))
    assert.deepEqual([answer.status, answer.body], [200, body])
    assert.deepEqual(await app.store.clients.find(client_id), { ...before, revision: 1 })
  }
})

test('RFC 7592 §2.2 "The updated client metadata fields request MUST NOT include the "registration_access_token", "registration_client_uri", "client_secret_expires_at", or "client_id_issued_at" fields"', async () => {
  const client = await registerManaged(app, FULL)
  const { client_secret_expires_at, client_id_issued_at } = (await readBack(app, client)).body
  const stored = await app.store.clients.find(client.client_id)
  for (const [name, value] of Object.entries({
    registration_access_token: client.registration_access_token,
    registration_client_uri: client.registration_client_uri,
    client_secret_expires_at,
    client_id_issued_at,
  })) {
    for (const sent of [value, 0, 'x']) {
      const answer = await update(app, client, { ...FULL, [name]: sent })
      isRefused(answer, 'invalid_client_metadata', new RegExp(`^${name} must not be in an update`))
    }
  }
  assert.deepEqual(await app.store.clients.find(client.client_id), stored)
})

test('RFC 7592 §2.2 "Valid values of client metadata fields in this request MUST replace, not augment, the values previously associated with this client"', async () => {
  const client = await registerManaged(app, FULL)
  const redirect_uris = ['https://client.example.org/alt']
  const answer = await update(app, client, { ...FULL, redirect_uris, contacts: ['b@example.org'] })
  assert.deepEqual(metadataOf(answer.body), { ...FULL, redirect_uris, contacts: ['b@example.org'] })
  assert.deepEqual(metadataOf((await readBack(app, client)).body), metadataOf(answer.body))
})

test('RFC 7592 §2.2 "Omitted fields MUST be treated as null or empty values by the server, indicating the client\'s request to delete them from the client\'s registration"', async () => {
  for (const nothing of [undefined, null, '', []]) {
    const client = await registerManaged(app, FULL)
    const empty = Object.fromEntries(Object.keys(FULL).map((name) => [name, nothing]))
    const { status, body } = await update(app, client, { ...empty, ...REDIRECT })
    assert.equal(status, 200)
    assert.deepEqual(metadataOf(body), { ...REDIRECT, ...DEFAULTS })
    assert.deepEqual(metadataOf((await readBack(app, client)).body), { ...REDIRECT, ...DEFAULTS })
    // What every client needs cannot be deleted.
    isRefused(
      await update(app, client, { ...FULL, redirect_uris: nothing }),
      'invalid_redirect_uri',
      /^redirect_uris/,
    )
  }
})

test('RFC 7592 §2.2 "The client MUST include its "client_id" field in the request, and it MUST be the same as its currently issued client identifier"', async () => {
  const client = await registerManaged(app, FULL)
  const other = await registerManaged(app, FULL)
  const stored = await app.store.clients.find(client.client_id)
  for (const client_id of [
    undefined,
    null,
    '',
    other.client_id,
    client.client_id.toUpperCase(),
    1,
    [client.client_id],
  ]) {
    const answer = await configure(app, 'PUT', client, {
      body: { ...FULL, client_id, client_name: 'Changed' },
    })
    const missing = client_id === undefined || client_id === null || client_id === ''
    const says = missing ? /^client_id must be in an update/ : /^client_id must be that of the client/
    isRefused(answer, 'invalid_client_metadata', says)
  }
  assert.deepEqual(await app.store.clients.find(client.client_id), stored)
})

test('RFC 7592 §2.2 "If the client includes the "client_secret" field in the request, the value of this field MUST match the currently issued client secret for that client"', async () => {
  const client = await registerManaged(app, FULL)
  const { client_secret } = client
  const { status, body } = await update(app, client, { ...FULL, client_secret })
  assert.equal(status, 200)
  assert.equal(body.client_secret, undefined, 'it is the one that the client knows')
  // Left out it is not deleted: it is no metadata.
  assert.equal((await update(app, client, { ...FULL, client_secret: null })).status, 200)
  assert.equal((await update(app, client, { ...FULL, client_secret })).status, 200)
})

test('RFC 7592 §2.2 "The client MUST NOT be allowed to overwrite its existing client secret with its own chosen value"', async () => {
  const client = await registerManaged(app, FULL)
  const open = await registerManaged(app, PUBLIC_CLIENT)
  const other = await registerManaged(app, FULL)
  for (const [who, metadata] of [
    [client, FULL],
    [open, PUBLIC_CLIENT],
    [open, FULL],
  ] as const) {
    const stored = await app.store.clients.find(who.client_id)
    for (const client_secret of [
      'chosen',
      other.client_secret,
      7,
      ['x'],
      stored?.client_secret_hash ?? 'none',
    ]) {
      const answer = await update(app, who, { ...metadata, client_secret })
      isRefused(answer, 'invalid_client_metadata', /^client_secret must be/)
    }
    assert.deepEqual(await app.store.clients.find(who.client_id), stored)
  }
})

test('RFC 7592 §2.2 "the authorization server MAY replace any invalid values with suitable default values, and it MUST return any such fields to the client in the response"', async () => {
  const client = await registerManaged(app, FULL)
  const { status, body } = await update(app, client, {
    ...REDIRECT,
    scope: 'openid corpus:search',
    grant_types: ['authorization_code', 'client_credentials'],
    response_types: ['code', 'id_token'],
  })
  assert.equal(status, 200)
  assert.deepEqual(metadataOf(body), { ...REDIRECT, ...DEFAULTS, scope: 'corpus:search' })
})

test('RFC 7592 §2.2 "Upon successful update, the authorization server responds with an HTTP 200 OK message with content type "application/json" and a payload as described in Section 3"', async () => {
  const client = await registerManaged(app, FULL)
  const { status, headers, body } = await update(app, client, { ...FULL, client_name: 'Another' })
  assert.equal(status, 200)
  assert.match(headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(headers.get('cache-control'), 'no-store')
  const { client_secret, ...told } = client
  assert.deepEqual(body, { ...told, client_name: 'Another' })
  assert.deepEqual((await readBack(app, client)).body, body)
})

test('RFC 7592 §2.2 "If the client attempts to set an invalid metadata field and the authorization server does not set a default value, the authorization server responds with an error as described in [RFC7591]"', async () => {
  const client = await registerManaged(app, FULL)
  const stored = await app.store.clients.find(client.client_id)
  for (const [change, error] of [
    [{ redirect_uris: ['http://client.example.org/'] }, 'invalid_redirect_uri'],
    [{ redirect_uris: ['https://client.example.org/', 'javascript:alert(1)'] }, 'invalid_redirect_uri'],
    [{ token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata'],
    [{ grant_types: ['implicit'] }, 'invalid_client_metadata'],
    [{ logo_uri: 'javascript:alert(1)' }, 'invalid_client_metadata'],
    [{ software_statement: 'x' }, 'invalid_software_statement'],
  ] as const) {
    isRefused(await update(app, client, { ...FULL, ...change }), error, /./)
  }
  assert.deepEqual(await app.store.clients.find(client.client_id), stored)
})

test('RFC 7592 §2.2 the example request', async () => {
  const client = await registerManaged(app, REDIRECT)
  const metadata = {
    redirect_uris: ['https://client.example.org/callback', 'https://client.example.org/alt'],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_basic',
    jwks_uri: 'https://client.example.org/my_public_keys.jwks',
    client_name: 'My New Example',
    'client_name#fr': 'Mon Nouvel Exemple',
    logo_uri: 'https://client.example.org/newlogo.png',
    'logo_uri#fr': 'https://client.example.org/fr/newlogo.png',
  }
  const { client_secret } = client
  const { status, body } = await update(app, client, { client_secret, ...metadata })
  assert.equal(status, 200)
  assert.deepEqual(metadataOf(body), { ...DEFAULTS, ...metadata })
})

test('RFC 6585 §4 updates are counted by address, as registrations are, and reading and deleting go on', async () => {
  await using limited = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: '2/minute' } })
  const client = await registerManaged(limited)
  await update(limited, client, PUBLIC_CLIENT)
  assert.equal((await update(limited, client, PUBLIC_CLIENT)).status, 200)
  const { status, headers, body } = await update(limited, client, { ...PUBLIC_CLIENT, client_name: 'Third' })
  assert.deepEqual([status, body.error], [429, 'temporarily_unavailable'])
  assert.ok(Number(headers.get('retry-after')) >= 1)
  assert.equal((await readBack(limited, client)).body.client_name, PUBLIC_CLIENT.client_name)
  limited.advance(60)
  assert.equal((await update(limited, client, PUBLIC_CLIENT)).status, 200)
  assert.equal((await configure(limited, 'DELETE', client)).status, 204)
})
