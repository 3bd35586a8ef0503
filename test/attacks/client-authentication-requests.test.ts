import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIDENTIAL_CLIENT, type RegisteredClient, registerClient } from '../support/scenario.ts'
import { postJson } from '../support/site.ts'
import { type Answer, basic, post } from '../support/stored.ts'
import {
  codeFor,
  createTargetOfFile,
  granted,
  redeem,
  refresh,
  refused,
  tokensFor,
} from '../support/target.ts'

const target = await createTargetOfFile()
const { app, open, holder } = target
const POSTING_CLIENT = { ...CONFIDENTIAL_CLIENT, token_endpoint_auth_method: 'client_secret_post' }
const poster = await registerClient(app, POSTING_CLIENT)

const secretOf = ({ client_secret }: RegisteredClient) => client_secret ?? assert.fail('no secret')

/** A token request for a fresh code without any proof of who asks. */
async function unproved(client: RegisteredClient): Promise<Record<string, string>> {
  const { code, verifier, redirect_uri } = await codeFor(target, client)
  return { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri }
}

test('A-108 credentials or parameters in the query: invalid_request, and nothing is spent', async () => {
  const request = {
    ...(await unproved(poster)),
    client_id: poster.client_id,
    client_secret: secretOf(poster),
  }
  const all = new URLSearchParams({ ...request, resource: app.settings.resource, scope: 'corpus:read' })
  refused(await post(app, `/token?${all}`, {}), 'invalid_request')
  refused(await post(app, `/token?${all}`, request), 'invalid_request')
  for (const [name, value] of all) {
    const others = Object.entries(request).filter(([other]) => other !== name)
    const query = new URLSearchParams({ [name]: value })
    const answer = await post(app, `/token?${query}`, Object.fromEntries(others))
    refused(answer, 'invalid_request')
    assert.match(String(answer.body.error_description), /query/, name)
  }
  granted(await post(app, '/token', request))
  const { refresh_token } = await tokensFor(target, open)
  const query = new URLSearchParams({ grant_type: 'refresh_token', refresh_token, client_id: open.client_id })
  refused(await post(app, `/token?${query}`, {}), 'invalid_request')
  for (const path of ['/revoke', '/introspect']) {
    const proof = { client_id: poster.client_id, client_secret: secretOf(poster) }
    refused(await post(app, `${path}?token=${refresh_token}`, proof), 'invalid_request')
    refused(
      await post(app, `${path}?${new URLSearchParams(proof)}`, { token: refresh_token }),
      'invalid_request',
    )
  }
  granted(await refresh(app, open, refresh_token))
})

test('A-108 any method but POST: 405', async () => {
  const request = new URLSearchParams({ ...(await unproved(open)), client_id: open.client_id })
  for (const path of ['/token', '/revoke', '/introspect']) {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH']) {
      const response = await app.fetch(new Request(`${app.url}${path}?${request}`, { method }))
      assert.equal(response.status, 405, method)
      assert.match(response.headers.get('allow') ?? '', /^POST\b/)
      assert.equal(response.headers.get('cache-control'), 'no-store')
    }
  }
  granted(await post(app, '/token', Object.fromEntries(request)))
})

test('A-112 grant_type missing, empty, unknown: refused, and the code is not spent', async () => {
  const code = await codeFor(target, open)
  for (const grant_type of [undefined, '']) {
    refused(await redeem(app, open, code, { grant_type }), 'invalid_request')
  }
  for (const grant_type of [
    'password',
    'client_credentials',
    'implicit',
    'token',
    'urn:ietf:params:oauth:grant-type:device_code',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:token-exchange',
    'Authorization_Code',
    'authorization_code ',
    ' refresh_token',
    'authorization_code refresh_token',
    '__proto__',
    'constructor',
    'toString',
    '\0',
    'x'.repeat(60_000),
  ]) {
    for (const client of [open, holder]) {
      const more = { grant_type, username: 'owner', password: 'x', scope: 'corpus:read' }
      refused(await redeem(app, client, code, more), 'unsupported_grant_type')
    }
  }
  granted(await redeem(app, open, code))
})

test('A-112 grants that a client did not register, or registered and was not given', async () => {
  const plain = await registerClient(app, { ...CONFIDENTIAL_CLIENT, grant_types: ['authorization_code'] })
  const { refresh_token } = await tokensFor(target, holder)
  refused(await refresh(app, plain, refresh_token), 'unauthorized_client')
  const answer = await redeem(app, plain, await codeFor(target, plain))
  assert.equal(answer.status, 200)
  assert.equal(answer.body.refresh_token, undefined)

  const greedy = {
    ...CONFIDENTIAL_CLIENT,
    grant_types: ['authorization_code', 'client_credentials', 'password'],
  }
  const response = await postJson(app, `${app.url}/register`, greedy)
  if (response.status !== 201) assert.equal(response.status, 400)
  else {
    const client = (await response.json()) as RegisteredClient
    assert.deepEqual(client.grant_types, ['authorization_code'])
    for (const grant_type of ['client_credentials', 'password']) {
      const header = basic(client.client_id, secretOf(client))
      refused(
        await post(app, '/token', { grant_type, scope: 'corpus:read' }, header),
        'unsupported_grant_type',
      )
    }
  }
  granted(await refresh(app, holder, refresh_token))
})

test('A-114 every answer forbids caches, and a good one says token_type and expires_in', async () => {
  const code = await codeFor(target, open)
  const good: Answer[] = [await redeem(app, open, code)]
  const first = granted(good[0] as Answer)
  good.push(await refresh(app, open, first.refresh_token))
  for (const { status, body, headers } of good) {
    assert.equal(status, 200)
    assert.deepEqual([body.token_type, body.expires_in], ['Bearer', 3600])
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('pragma'), 'no-cache')
  }
  const bad = [
    redeem(app, open, code),
    redeem(app, open, code, { code: undefined }),
    redeem(app, open, code, { grant_type: 'x' }),
    redeem(app, open, code, { client_id: 'x' }),
    refresh(app, open, 'x'),
    refresh(app, open, undefined),
    post(app, '/token', { x: 'y'.repeat(200_000) }),
    post(app, '/token', {}, { 'content-type': 'text/plain' }),
    post(app, '/token?code=x', {}),
    post(app, '/revoke', { client_id: open.client_id }),
    post(app, '/introspect', { client_id: open.client_id }),
  ]
  for (const { status, headers } of await Promise.all(bad)) {
    assert.ok(status >= 400 && status < 500)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.match(headers.get('content-type') ?? '', /^application\/json/)
  }
  for (const answer of [
    await post(app, '/revoke', { client_id: open.client_id, token: 'x' }),
    await post(app, '/introspect', { token: 'x' }, basic(holder.client_id, secretOf(holder))),
  ]) {
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('cache-control'), 'no-store')
  }
})
