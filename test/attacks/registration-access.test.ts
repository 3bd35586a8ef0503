/** Group 5: registration by an initial access token (RFC 7591 §3), and who comes without a good one. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { systemRandom } from '../../src/ops/random.ts'
import { initialAccessToken, registerBy } from '../support/initial-access.ts'
import { type ManagedClient, update } from '../support/managing.ts'
import { REDIRECT } from '../support/registering.ts'
import { authorize, PUBLIC_CLIENT } from '../support/scenario.ts'
import { postForm } from '../support/site.ts'
import type { Answer } from '../support/stored.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { failures } from './hostile-registration.ts'

let app: TestApp
before(async () => {
  app = await createTestApp({
    env: { CORPUSIQ_REGISTRATION_ACCESS: 'token', CORPUSIQ_REGISTRATION_RATE: 'off' },
  })
})
after(async () => {
  assert.deepEqual(failures(app), [])
  await app[Symbol.asyncDispose]()
})

/** 401 `invalid_token` with a Bearer challenge that names the error only where a token came; nothing is stored. */
async function isTurnedAway(
  attempt: () => Promise<Answer>,
  description: RegExp,
  presented = true,
): Promise<void> {
  const before = await app.store.clients.count()
  const { status, headers, body } = await attempt()
  assert.deepEqual([status, body.error], [401, 'invalid_token'], JSON.stringify(body))
  assert.match(String(body.error_description), description)
  assert.equal(headers.get('cache-control'), 'no-store')
  const challenge = headers.get('www-authenticate') ?? ''
  assert.match(challenge, /^Bearer realm="client registration"/)
  assert.equal(challenge.includes('error="invalid_token"'), presented, challenge)
  assert.equal(await app.store.clients.count(), before)
}

test('A-051 without a token nobody registers, whatever else is in the request', async () => {
  const missing = /initial access token .*ask its operator/
  for (const header of [undefined, '', 'Basic Y2xpZW50OnNlY3JldA==', 'Bearertoken', 'DPoP initial_x']) {
    await isTurnedAway(() => registerBy(app, header, REDIRECT), missing, false)
  }
  const { token } = await initialAccessToken(app)
  // In the address it would land in logs (RFC 6750 §5.3), in the body it would be metadata.
  await isTurnedAway(() => at(`/register?access_token=${token}`, JSON.stringify(REDIRECT)), missing, false)
  await isTurnedAway(
    () => registerBy(app, undefined, { ...REDIRECT, access_token: token, initial_access_token: token }),
    missing,
    false,
  )
  // The door is shut before anything is read.
  for (const body of ['{', '[]', 'x'.repeat(200_000)]) {
    await isTurnedAway(() => at('/register', body), missing, false)
  }
  const [before] = await app.store.registrationTokens.list()
  assert.equal(before?.uses_left, undefined)
})

async function at(path: string, body: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  const response = await app.fetch(new Request(app.url + path, { method: 'POST', headers, body }))
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
}

test('A-051 a wrong token, and one of any other kind, opens nothing', async () => {
  const { token } = await initialAccessToken(app)
  const client = (
    await registerBy(app, `Bearer ${token}`, {
      ...PUBLIC_CLIENT,
      token_endpoint_auth_method: 'client_secret_basic',
    })
  ).body as unknown as ManagedClient
  const { code, verifier, redirect_uri } = await authorize(app, client)
  const tokens = await postForm(app, `${app.url}/token`, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri,
    client_id: client.client_id,
    client_secret: client.client_secret ?? '',
  })
  const { access_token, refresh_token } = (await tokens.json()) as {
    access_token: string
    refresh_token: string
  }
  assert.ok(access_token && refresh_token)
  for (const wrong of [
    systemRandom.secret('initial_'),
    token.slice(0, -1),
    `${token}x`,
    token.toUpperCase(),
    token.slice('initial_'.length),
    `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`,
    token.replace('initial_', 'registration_'),
    client.registration_access_token,
    client.client_secret ?? '',
    access_token,
    refresh_token,
    code,
  ]) {
    await isTurnedAway(() => registerBy(app, `Bearer ${wrong}`, REDIRECT), /unknown or was revoked/)
  }
  for (const malformed of [
    `Bearer ${token}, Bearer ${token}`,
    `Bearer ${token} ${token}`,
    'Bearer',
    'Bearer ü?',
  ]) {
    await isTurnedAway(
      () => registerBy(app, Buffer.from(malformed).toString('latin1'), REDIRECT),
      /does not hold one bearer token/,
    )
  }
  assert.equal((await registerBy(app, `bearer  ${token}`, REDIRECT)).status, 201)
})

test('A-051 a token that is used up, has expired or was revoked is told as such', async () => {
  const once = await initialAccessToken(app, { uses_left: 1 })
  assert.equal((await registerBy(app, `Bearer ${once.token}`, REDIRECT)).status, 201)
  await isTurnedAway(() => registerBy(app, `Bearer ${once.token}`, REDIRECT), /is used up/)

  const short = await initialAccessToken(app, { expires_at: app.now() + 10 })
  app.advance(9)
  assert.equal((await registerBy(app, `Bearer ${short.token}`, REDIRECT)).status, 201)
  app.advance(1)
  await isTurnedAway(() => registerBy(app, `Bearer ${short.token}`, REDIRECT), /has expired/)

  const revoked = await initialAccessToken(app)
  assert.equal((await registerBy(app, `Bearer ${revoked.token}`, REDIRECT)).status, 201)
  await app.store.registrationTokens.revoke(revoked.token_id, {
    at: app.now(),
    type: 'registration_token.revoked',
  })
  await isTurnedAway(() => registerBy(app, `Bearer ${revoked.token}`, REDIRECT), /unknown or was revoked/)
})

for (const uses of [1, 3]) {
  test(`A-051 50 registrations in parallel by a token of ${uses}: exactly as many clients as uses`, async () => {
    const { token, token_id } = await initialAccessToken(app, { uses_left: uses })
    const before = await app.store.clients.count()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => registerBy(app, `Bearer ${token}`, REDIRECT)),
    )
    const registered = answers.filter(({ status }) => status === 201)
    assert.equal(registered.length, uses)
    assert.equal(new Set(registered.map(({ body }) => body.client_id)).size, uses)
    for (const { status, body } of answers.filter(({ status }) => status !== 201)) {
      assert.deepEqual([status, body.error], [401, 'invalid_token'])
      assert.match(String(body.error_description), /is used up/)
    }
    assert.equal(await app.store.clients.count(), before + uses)
    const left = (await app.store.registrationTokens.list()).find((each) => each.token_id === token_id)
    assert.equal(left?.uses_left, 0)
  })
}

test('A-051 what is refused for another reason spends no use', async () => {
  const { token, token_id } = await initialAccessToken(app, { uses_left: 1, scope: 'corpus:search' })
  for (const wrong of [
    { redirect_uris: ['http://evil.example/cb'] },
    { ...REDIRECT, grant_types: ['implicit'] },
    { ...REDIRECT, scope: 'corpus:read' },
  ]) {
    assert.equal((await registerBy(app, `Bearer ${token}`, wrong)).status, 400)
  }
  const left = (await app.store.registrationTokens.list()).find((each) => each.token_id === token_id)
  assert.equal(left?.uses_left, 1)
  assert.equal((await registerBy(app, `Bearer ${token}`, REDIRECT)).status, 201)
})

test('A-051 A-044 the scope of the token bounds its clients: at registration, at every update, in every grant', async () => {
  const { token } = await initialAccessToken(app, { scope: 'corpus:search' })
  const by = (scope?: string) =>
    registerBy(app, `Bearer ${token}`, { ...PUBLIC_CLIENT, ...(scope && { scope }) })
  const none = await by('corpus:read')
  assert.deepEqual([none.status, none.body.error], [400, 'invalid_client_metadata'])
  assert.match(String(none.body.error_description), /ask for corpus:search/)
  for (const scope of [undefined, 'corpus:search', 'corpus:read corpus:search', 'openid admin']) {
    assert.equal((await by(scope)).body.scope, 'corpus:search', scope ?? 'none')
  }
  const client = (await by()).body as unknown as ManagedClient
  const granted = async () => (await authorizedScope(client, 'corpus:read corpus:search')) ?? ''
  assert.equal(await granted(), 'corpus:search')
  for (const scope of ['corpus:read corpus:search', undefined, null]) {
    const answer = await update(app, client, { ...PUBLIC_CLIENT, ...(scope !== undefined && { scope }) })
    assert.deepEqual([answer.status, answer.body.scope], [200, 'corpus:search'])
  }
  assert.equal((await update(app, client, { ...PUBLIC_CLIENT, scope: 'corpus:read' })).status, 400)
  assert.equal(await granted(), 'corpus:search')
})

/** What the person grants who is asked for `scope`. */
async function authorizedScope(client: ManagedClient, scope: string): Promise<string | undefined> {
  await authorize(app, client, { scope })
  const approved = app.events.findLast(({ type }) => type === 'authorization.approved')
  return approved?.type === 'authorization.approved' ? approved.scope : undefined
}

test('A-051 A-168 a token is stored as a hash, and stands in no event, no trail and no file', async () => {
  const { token } = await initialAccessToken(app, { uses_left: 1 })
  for (let times = 0; times < 2; times++) await registerBy(app, `Bearer ${token}`, REDIRECT)
  await registerBy(app, `Bearer ${token} ${token}`, REDIRECT)
  const secret = token.slice(-43)
  const refusals = await app.store.audit.page({ limit: 10, refused: true })
  assert.ok(refusals.length > 1)
  assert.ok(!JSON.stringify([app.events, refusals]).includes(secret))
  for (const file of readdirSync(app.settings.dataDir)) {
    assert.ok(!readFileSync(join(app.settings.dataDir, file)).includes(secret), file)
  }
})

test('A-051 where the door is open a header is not looked at, and spends nothing', async () => {
  await using open = await createTestApp({ owner: false })
  const { token, token_id } = await initialAccessToken(open, { uses_left: 1, scope: 'corpus:search' })
  for (const header of [
    `Bearer ${token}`,
    'Bearer wrong',
    'Bearer a, Bearer b',
    'Basic ?',
    `Bearer ${token}`,
  ]) {
    const { status, body } = await registerBy(open, header, REDIRECT)
    assert.deepEqual([status, body.scope], [201, 'corpus:read corpus:search'], header)
  }
  const [left] = await open.store.registrationTokens.list()
  assert.deepEqual([left?.token_id, left?.uses_left], [token_id, 1])
})

test('A-051 closed is closed: no token opens it', async () => {
  for (const env of [
    { CORPUSIQ_REGISTRATION_ACCESS: 'closed' },
    { CORPUSIQ_REGISTRATION_ACCESS: 'token', CORPUSIQ_ALLOW_DYNAMIC_CLIENT_REGISTRATION: 'false' },
  ]) {
    await using closed = await createTestApp({ owner: false, env })
    const { token } = await initialAccessToken(closed)
    const { status, body } = await registerBy(closed, `Bearer ${token}`, REDIRECT)
    assert.deepEqual([status, body.error], [403, 'access_denied'])
    assert.equal(await closed.store.clients.count(), 0)
    for (const document of ['oauth-authorization-server', 'openid-configuration']) {
      const response = await closed.fetch(new Request(`${closed.url}/.well-known/${document}`))
      assert.equal('registration_endpoint' in ((await response.json()) as object), false)
    }
  }
})

test('A-051 strangers without a token use nothing of what an address may register', async () => {
  await using limited = await createTestApp({
    owner: false,
    env: { CORPUSIQ_REGISTRATION_ACCESS: 'token', CORPUSIQ_REGISTRATION_RATE: '2/minute' },
  })
  const { token } = await initialAccessToken(limited)
  for (let times = 0; times < 10; times++) {
    assert.equal((await registerBy(limited, 'Bearer wrong', REDIRECT)).status, 401)
  }
  const statuses = []
  for (let times = 0; times < 3; times++) {
    statuses.push((await registerBy(limited, `Bearer ${token}`, REDIRECT)).status)
  }
  assert.deepEqual(statuses, [201, 201, 429])
})
