import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import {
  basic,
  fetchOf,
  post,
  refresh,
  type StoredClient,
  storeClient,
  storeCode,
  storeGrant,
} from '../support/stored.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

let app: TestApp
let holder: StoredClient

before(async () => {
  app = await createTestApp({ owner: false })
  holder = await storeClient(app, { token_endpoint_auth_method: 'client_secret_basic' })
})
after(() => app[Symbol.asyncDispose]())

const introspect = (token: string | undefined, more = {}, by = holder) =>
  post(app, '/introspect', { token, ...more }, basic(by.client_id, by.secret))

async function inactive(token: string, by = holder): Promise<void> {
  const { status, body } = await introspect(token, {}, by)
  assert.equal(status, 200)
  assert.deepEqual(body, { active: false })
}

test('RFC 7662 §2.2 an access token of the client is told as it is', async () => {
  const { access_token } = await storeGrant(app, holder)
  const { status, headers, body } = await introspect(access_token)
  assert.equal(status, 200)
  assert.equal(headers.get('cache-control'), 'no-store')
  const { jti, ...others } = body
  assert.match(String(jti), /^at_/)
  assert.deepEqual(others, {
    active: true,
    token_type: 'Bearer',
    iss: app.settings.issuer,
    aud: app.settings.resource,
    sub: 'account_test',
    client_id: holder.client_id,
    scope: 'corpus:read corpus:search',
    iat: app.now(),
    exp: app.now() + 3600,
  })
})

test('RFC 7662 §2.2 a refresh token is active until it is used', async () => {
  const { refresh_token } = await storeGrant(app, holder)
  const { body } = await introspect(refresh_token, { token_type_hint: 'access_token' })
  assert.deepEqual(body, {
    active: true,
    client_id: holder.client_id,
    scope: 'corpus:read corpus:search',
    sub: 'account_test',
    aud: app.settings.resource,
    iss: app.settings.issuer,
    exp: app.now() + 90 * 86_400,
  })
  const next = await refresh(app, holder, refresh_token)
  await inactive(refresh_token)
  assert.equal((await introspect(String(next.body.refresh_token))).body.active, true)
})

test('RFC 7662 §2.2 a foreign client library takes the answer', async () => {
  const { access_token } = await storeGrant(app, holder)
  const as: oauth.AuthorizationServer = {
    issuer: app.settings.issuer,
    introspection_endpoint: `${app.url}/introspect`,
  }
  const client: oauth.Client = { client_id: holder.client_id }
  const response = await oauth.introspectionRequest(
    as,
    client,
    oauth.ClientSecretBasic(holder.secret),
    access_token,
    { [oauth.customFetch]: fetchOf(app) },
  )
  const answer = await oauth.processIntrospectionResponse(as, client, response)
  assert.equal(answer.active, true)
})

test('RFC 7662 §2.1 "the endpoint MUST also require some form of authorization to access this endpoint"', async () => {
  const { access_token } = await storeGrant(app, holder)
  const open = await storeClient(app)
  const theirs = await storeGrant(app, open)
  for (const answer of [
    await post(app, '/introspect', { token: access_token }),
    await post(app, '/introspect', { token: access_token, client_id: holder.client_id }),
    await post(app, '/introspect', { token: access_token }, basic(holder.client_id, 'wrong')),
    await post(app, '/introspect', { token: access_token }, { authorization: `Bearer ${access_token}` }),
    // The id of a public client is known to everybody: it authorizes nothing.
    await post(app, '/introspect', { token: theirs.access_token, client_id: open.client_id }),
  ]) {
    assert.equal(answer.status, 401)
    assert.equal(answer.body.error, 'invalid_client')
  }
})

test("A-137 another client's token is not active", async () => {
  const { access_token, refresh_token } = await storeGrant(app, holder)
  const other = await storeClient(app, { token_endpoint_auth_method: 'client_secret_post' })
  await inactive(access_token, other)
  await inactive(refresh_token, other)
})

test('RFC 7662 §2.2 what is no live token: {"active": false}, and it "SHOULD NOT include any additional information about an inactive token, including why the token is inactive"', async () => {
  const { access_token, refresh_token } = await storeGrant(app, holder)
  const code = await storeCode(app, holder.client_id)
  for (const token of [code, holder.secret, 'x', 'a.b.c', `${access_token}x`, 'x'.repeat(60_000)]) {
    await inactive(token)
  }
  const brief = await storeGrant(app, holder)
  app.advance(3600)
  await inactive(brief.access_token)
  app.advance(90 * 86_400)
  await inactive(brief.refresh_token)
  await inactive(refresh_token)
})

test('RFC 7662 §2.2 a revoked token is not active', async () => {
  const { access_token, refresh_token } = await storeGrant(app, holder)
  await post(app, '/revoke', { token: refresh_token }, basic(holder.client_id, holder.secret))
  await inactive(access_token)
  await inactive(refresh_token)
})

test('RFC 7662 §2.1 token is REQUIRED, and the request is a POST', async () => {
  assert.equal((await introspect(undefined)).body.error, 'invalid_request')
  assert.equal((await app.fetch(new Request(`${app.url}/introspect?token=x`))).status, 405)
})
