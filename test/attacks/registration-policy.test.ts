/** Group 3: the policy judges the client that results, at every door there is. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DEFAULTS, REDIRECT } from '../support/registering.ts'
import { authorizationRequest, obtainTokens, PUBLIC_CLIENT, registerClient } from '../support/scenario.ts'
import { postForm } from '../support/site.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { isErrorObject, isRefusedMetadata, registers, servesNext } from './hostile-registration.ts'

let app: TestApp
before(async () => {
  app = await createTestApp({ env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
})
after(() => app[Symbol.asyncDispose]())

/** How sloppy and hostile clients write that they say nothing. */
const NOTHING = [undefined, null, '', []]

test('A-039 a member left out, null or empty is judged as what stands for it, and told', async () => {
  for (const nothing of NOTHING) {
    await isRefusedMetadata(
      app,
      { client_name: 'x', redirect_uris: nothing },
      { error: 'invalid_redirect_uri' },
    )
    for (const member of ['grant_types', 'response_types', 'token_endpoint_auth_method', 'scope']) {
      const told = await registers(app, { ...REDIRECT, [member]: nothing })
      assert.deepEqual(told, { ...REDIRECT, ...DEFAULTS }, member)
    }
    // Not with what was sent, but with what results, does the other member disagree.
    const agreed = { error: 'invalid_client_metadata', description: /must contain/ }
    await isRefusedMetadata(app, { ...REDIRECT, grant_types: nothing, response_types: ['token'] }, agreed)
    await isRefusedMetadata(app, { ...REDIRECT, grant_types: ['implicit'], response_types: nothing }, agreed)
  }
})

test('A-039 a client that leaves its method out gets the secret of the default, and has to show it', async () => {
  for (const token_endpoint_auth_method of NOTHING) {
    const client = await registerClient(app, { ...PUBLIC_CLIENT, token_endpoint_auth_method })
    assert.equal(client.token_endpoint_auth_method, 'client_secret_basic')
    assert.match(client.client_secret ?? '', /^secret_/)
    const response = await postForm(app, `${app.url}/token`, {
      grant_type: 'authorization_code',
      code: 'x',
      client_id: client.client_id,
    })
    assert.equal(response.status, 401)
    isErrorObject(response, await response.text(), 'invalid_client')
  }
})

test('A-039 words that are left out of a list are left out of what the policy allows', async () => {
  const client = await registerClient(app, {
    ...PUBLIC_CLIENT,
    scope: 'corpus:search admin',
    grant_types: ['authorization_code', 'implicit'],
    response_types: ['code', 'token'],
  })
  assert.equal(client.scope, 'corpus:search')
  const tokens = await obtainTokens(app, client, { scope: 'corpus:search corpus:read admin' })
  assert.equal(tokens.scope, 'corpus:search')
  assert.equal(tokens.refresh_token, undefined, 'a grant that was not registered')
})

test('A-039 a software statement brings nothing in', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = part({
    iss: 'https://issuer.example',
    redirect_uris: ['https://evil.example/cb'],
    scope: 'admin',
  })
  const error = 'invalid_software_statement'
  for (const [software_statement, refusal] of [
    [`${part({ alg: 'none' })}.${claims}.`, { error }],
    [`${part({ alg: 'none' })}.${claims}.AAAA`, { error }],
    [`${part({ alg: 'RS256' })}.${claims}.AAAA`, { error: 'unapproved_software_statement' }],
    [`${part({ alg: 'HS256' })}.${part({})}.AAAA`, { error }],
    ['not.a.jwt', { error }],
    ['x', { error }],
  ] as const) {
    await isRefusedMetadata(app, { ...REDIRECT, software_statement }, refusal)
    // Not even the address that it names counts as given.
    await isRefusedMetadata(app, { software_statement }, { error: 'invalid_redirect_uri' })
  }
})

test('A-039 there is no other door: no update without the token, no client by its URL', async () => {
  const client = await registerClient(app, REDIRECT)
  const stored = await app.store.clients.find(client.client_id)
  const body = JSON.stringify({
    ...REDIRECT,
    client_id: client.client_id,
    redirect_uris: ['https://evil.example/cb'],
  })
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    for (const [path, status, allow] of [
      ['/register', 405, 'POST, OPTIONS'],
      [`/register/${client.client_id}`, method === 'PATCH' ? 405 : 401, 'GET, HEAD, PUT, DELETE, OPTIONS'],
      [`/register?client_id=${client.client_id}`, 405, 'POST, OPTIONS'],
    ] as const) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${client.client_secret}` }
      const response = await app.fetch(new Request(app.url + path, { method, headers, body }))
      assert.equal(response.status, status, `${method} ${path}`)
      if (status === 405) assert.equal(response.headers.get('allow'), allow)
    }
  }
  const override = await app.fetch(
    new Request(`${app.url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-http-method-override': 'PUT' },
      body,
    }),
  )
  assert.notEqual(((await override.json()) as { client_id: string }).client_id, client.client_id)
  assert.deepEqual(await app.store.clients.find(client.client_id), stored)

  const before = await app.store.clients.count()
  for (const client_id of [
    'https://evil.example/client.json',
    'http://127.0.0.1/client',
    client.client_id.toUpperCase(),
  ]) {
    const { url } = authorizationRequest(app, { client_id, redirect_uris: ['https://evil.example/cb'] })
    const response = await app.fetch(new Request(url, { redirect: 'manual' }))
    assert.equal(response.status, 400)
    assert.equal(response.headers.get('location'), null)
    assert.match(await response.text(), /This client is not registered here/)
  }
  assert.equal(await app.store.clients.count(), before)
  await servesNext(app)
})

test('A-039 switched off, the door is shut for everything', async () => {
  await using shut = await createTestApp({
    owner: false,
    env: { CORPUSIQ_ALLOW_DYNAMIC_CLIENT_REGISTRATION: 'false' },
  })
  for (const [body, type] of [
    [JSON.stringify(REDIRECT), 'application/json'],
    ['{', 'application/json'],
    ['x'.repeat(1_000_000), 'application/json'],
    ['x=y', 'application/x-www-form-urlencoded'],
  ] as const) {
    const response = await shut.fetch(
      new Request(`${shut.url}/register`, { method: 'POST', body, headers: { 'content-type': type } }),
    )
    assert.equal(response.status, 403)
    isErrorObject(response, await response.text(), 'access_denied')
  }
  assert.equal(await shut.store.clients.count(), 0)
})
