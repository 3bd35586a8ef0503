import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  basic,
  mcpStatus,
  post,
  refresh,
  type StoredClient,
  send,
  storeClient,
  storeGrant,
} from '../support/stored.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

let app: TestApp
let open: StoredClient
let holder: StoredClient

before(async () => {
  app = await createTestApp({ owner: false })
  open = await storeClient(app)
  holder = await storeClient(app, { token_endpoint_auth_method: 'client_secret_basic' })
})
after(() => app[Symbol.asyncDispose]())

const revoke = (token: string | undefined, client_id = open.client_id, more = {}) =>
  post(app, '/revoke', { token, client_id, ...more })

test('RFC 7009 §2.1 a refresh token: "the authorization server SHOULD also invalidate all access tokens based on the same authorization grant"', async () => {
  const tokens = await storeGrant(app, open)
  const next = await refresh(app, open, tokens.refresh_token)
  const other = await storeGrant(app, open)
  app.events.length = 0
  assert.equal((await revoke(tokens.refresh_token)).status, 200)
  assert.deepEqual(
    app.events.map(({ type }) => type),
    ['grant.revoked'],
  )
  assert.equal(await mcpStatus(app, tokens.access_token), 401)
  assert.equal(await mcpStatus(app, next.body.access_token), 401)
  assert.equal((await refresh(app, open, next.body.refresh_token)).body.error, 'invalid_grant')
  assert.equal(await mcpStatus(app, other.access_token), 200)
})

test('RFC 7009 §2.1 an access token: "the server MAY revoke the respective refresh token as well", and does', async () => {
  const tokens = await storeGrant(app, open)
  assert.equal((await revoke(tokens.access_token)).status, 200)
  assert.equal(await mcpStatus(app, tokens.access_token), 401)
  assert.equal((await refresh(app, open, tokens.refresh_token)).body.error, 'invalid_grant')
})

test('RFC 7009 §2.1 "The authorization server first validates the client credentials (in case of a confidential client)"', async () => {
  const tokens = await storeGrant(app, holder)
  for (const answer of [
    await revoke(tokens.refresh_token, holder.client_id),
    await revoke(tokens.refresh_token, holder.client_id, { client_secret: 'wrong' }),
    await post(app, '/revoke', { token: tokens.refresh_token }),
    await post(app, '/revoke', { token: tokens.refresh_token }, basic(holder.client_id, 'wrong')),
  ]) {
    assert.equal(answer.status, 401)
    assert.equal(answer.body.error, 'invalid_client')
  }
  assert.equal(await mcpStatus(app, tokens.access_token), 200)
  const answer = await post(
    app,
    '/revoke',
    { token: tokens.access_token },
    basic(holder.client_id, holder.secret),
  )
  assert.equal(answer.status, 200)
  assert.equal(await mcpStatus(app, tokens.access_token), 401)
})

test("A-133 somebody else's token: nothing happens to it, and nothing is told", async () => {
  const theirs = await storeGrant(app, holder)
  for (const token of [theirs.access_token, theirs.refresh_token]) {
    const answer = await revoke(token)
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, {})
  }
  assert.equal(await mcpStatus(app, theirs.access_token), 200)
  assert.equal((await refresh(app, holder, theirs.refresh_token)).status, 200)
})

test('RFC 7009 §2.2 "invalid tokens do not cause an error response": unknown, malformed, expired, revoked twice', async () => {
  const tokens = await storeGrant(app, open)
  for (const token of [
    'x',
    `refresh_${'0'.repeat(12)}${'A'.repeat(43)}`,
    'a.b.c',
    'x'.repeat(60_000),
    '\0',
  ]) {
    assert.equal((await revoke(token)).status, 200)
  }
  for (const token of [tokens.refresh_token, tokens.refresh_token, tokens.access_token]) {
    assert.equal((await revoke(token)).status, 200)
  }
})

test('RFC 7009 §2.2 "An invalid token type hint value is ignored by the authorization server", a wrong one too', async () => {
  for (const token_type_hint of ['refresh_token', 'access_token', 'pat', '']) {
    for (const kind of ['access_token', 'refresh_token'] as const) {
      const tokens = await storeGrant(app, open)
      assert.equal((await revoke(tokens[kind], open.client_id, { token_type_hint })).status, 200)
      assert.equal(await mcpStatus(app, tokens.access_token), 401)
    }
  }
})

test('RFC 7009 §2.1 token is REQUIRED, once, in the body of a POST', async () => {
  assert.equal((await revoke(undefined)).body.error, 'invalid_request')
  const twice = await send(app, '/revoke', `token=a&token=b&client_id=${open.client_id}`)
  assert.equal(twice.body.error, 'invalid_request')
  const query = await send(app, '/revoke?token=a', `client_id=${open.client_id}`)
  assert.equal(query.body.error, 'invalid_request')
  assert.equal((await app.fetch(new Request(`${app.url}/revoke?token=a`))).status, 405)
})
