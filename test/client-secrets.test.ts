/** Secrets that expire without breaking the user: renewed by use, rotated with an overlap, told by the registration. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from './support/browser.ts'
import { type ManagedClient, readBack, registerManaged, update, updated } from './support/managing.ts'
import { CONFIDENTIAL_CLIENT, PUBLIC_CLIENT } from './support/scenario.ts'
import { postForm } from './support/site.ts'
import { basic } from './support/stored.ts'
import { createTarget, notAuthenticated, refresh, type Target, tokensFor } from './support/target.ts'
import type { TestApp } from './support/test-app.ts'

const DAY = 86_400
const LIFE = 90 * DAY

type Scene = { readonly target: Target; readonly app: TestApp; readonly browser: Browser }

async function scene(env: Readonly<Record<string, string>> = {}): Promise<Scene & AsyncDisposable> {
  const target = await createTarget({ env })
  const { app, browser } = target
  return { target, app, browser, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

/** The status of a request that needs the client's secret and nothing else. */
async function proves(
  app: TestApp,
  client: ManagedClient,
  client_secret = client.client_secret ?? '',
): Promise<number> {
  const proof = basic(client.client_id, client_secret)
  const response = await postForm(app, `${app.url}/introspect`, { token: 'x' }, proof)
  await response.text()
  return response.status
}

async function expires(app: TestApp, client: ManagedClient): Promise<unknown> {
  return (await readBack(app, client)).body.client_secret_expires_at
}

/** Use is written lazily: waits until `now` tells what is expected. */
async function becomes(now: () => Promise<unknown>, expected: unknown): Promise<void> {
  for (let tries = 0; tries < 500 && (await now()) !== expected; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.equal(await now(), expected)
}

function isRenewed(app: TestApp, client: ManagedClient, until: number): Promise<void> {
  return becomes(() => expires(app, client), until)
}

function isUsedNow(app: TestApp, { client_id }: ManagedClient): Promise<void> {
  return becomes(async () => (await app.store.clients.find(client_id))?.last_used_at, app.now())
}

test('a secret in steady use never expires, and GET tells until when it is good', async () => {
  await using at = await scene()
  const { app, target } = at
  const client = await registerManaged(app, CONFIDENTIAL_CLIENT)
  const announced = app.now() + LIFE
  let { refresh_token } = await tokensFor(target, client)
  assert.equal(await expires(app, client), announced)
  for (let month = 0; month < 12; month++) {
    app.advance(30 * DAY)
    const { status, body } = await refresh(app, client, refresh_token)
    assert.equal(status, 200, JSON.stringify(body))
    refresh_token = String(body.refresh_token)
    await isRenewed(app, client, app.now() + LIFE)
  }
  // Unused it ends as announced, to the second.
  app.advance(LIFE - 1)
  assert.equal(await proves(app, client), 200)
  app.advance(1)
  notAuthenticated(await refresh(app, client, refresh_token), true)
})

test('a secret whose first use is near its end is renewed by it', async () => {
  await using at = await scene()
  const { app, target } = at
  const client = await registerManaged(app, CONFIDENTIAL_CLIENT)
  app.advance(LIFE - 60)
  const { refresh_token } = await tokensFor(target, client)
  await isRenewed(app, client, app.now() + LIFE)
  app.advance(2 * DAY)
  assert.equal((await refresh(app, client, refresh_token)).status, 200)
})

test('CORPUSIQ_CLIENT_SECRET_RENEW_ON_USE=false: the secret expires as it was announced at registration', async () => {
  await using at = await scene({ CORPUSIQ_CLIENT_SECRET_RENEW_ON_USE: 'false' })
  const { app, target } = at
  const client = await registerManaged(app, CONFIDENTIAL_CLIENT)
  const announced = app.now() + LIFE
  const { refresh_token } = await tokensFor(target, client)
  app.advance(LIFE - 1)
  const used = await refresh(app, client, refresh_token)
  assert.equal(used.status, 200)
  await isUsedNow(app, client)
  assert.equal(await expires(app, client), announced)
  app.advance(1)
  notAuthenticated(await refresh(app, client, String(used.body.refresh_token)), true)
})

test('use gives no end to a secret without one, and no secret to a client without one', async () => {
  await using at = await scene({ CORPUSIQ_CLIENT_SECRET_TTL_DAYS: '0' })
  const { app, target } = at
  const forever = await registerManaged(app, CONFIDENTIAL_CLIENT)
  const open = await registerManaged(app, PUBLIC_CLIENT)
  for (const [client, told] of [
    [forever, 0],
    [open, undefined],
  ] as const) {
    const { refresh_token } = await tokensFor(target, client)
    app.advance(80 * DAY)
    assert.equal((await refresh(app, client, refresh_token)).status, 200)
    await isUsedNow(app, client)
    assert.equal(await expires(app, client), told)
  }
})

test('CORPUSIQ_ROTATE_ON_UPDATE: an update brings a new secret and a new registration token, both good at once', async () => {
  await using at = await scene({ CORPUSIQ_ROTATE_ON_UPDATE: 'true' })
  const { app } = at
  const old = await registerManaged(app, CONFIDENTIAL_CLIENT)
  app.advance(DAY)
  const next = updated(old, await update(app, old, CONFIDENTIAL_CLIENT))
  assert.notEqual(next.client_secret, old.client_secret)
  assert.notEqual(next.registration_access_token, old.registration_access_token)
  assert.equal(await expires(app, next), app.now() + LIFE)
  assert.equal(await proves(app, next), 200)
  // A public client has no secret to rotate.
  const open = await registerManaged(app, PUBLIC_CLIENT)
  const { body } = await update(app, open, PUBLIC_CLIENT)
  assert.deepEqual([body.client_secret, body.client_secret_expires_at], [undefined, undefined])
  assert.notEqual(body.registration_access_token, open.registration_access_token)
})

test('the secret before goes on until the new one is used, and from then on for CORPUSIQ_CLIENT_SECRET_OVERLAP_SECONDS', async () => {
  await using at = await scene({
    CORPUSIQ_ROTATE_ON_UPDATE: 'true',
    CORPUSIQ_CLIENT_SECRET_OVERLAP_SECONDS: '3600',
  })
  const { app } = at
  const old = await registerManaged(app, CONFIDENTIAL_CLIENT)
  const next = updated(old, await update(app, old, CONFIDENTIAL_CLIENT))
  app.advance(10 * DAY)
  assert.equal(await proves(app, old), 200, 'the new one is not used yet')
  assert.equal(await proves(app, next), 200)
  app.advance(3599)
  assert.equal(await proves(app, next), 200)
  assert.equal(await proves(app, old), 200, 'processes of the client that have not heard of it yet')
  app.advance(1)
  assert.equal(await proves(app, old), 401)
  assert.equal(await proves(app, next), 200)
})

test('without overlap the first use of the new secret ends the one before it', async () => {
  await using at = await scene({
    CORPUSIQ_ROTATE_ON_UPDATE: 'true',
    CORPUSIQ_CLIENT_SECRET_OVERLAP_SECONDS: '0',
  })
  const { app } = at
  const old = await registerManaged(app, CONFIDENTIAL_CLIENT)
  const next = updated(old, await update(app, old, CONFIDENTIAL_CLIENT))
  assert.equal(await proves(app, old), 200)
  assert.equal(await proves(app, next, `${next.client_secret}x`), 401, 'a wrong one ends nothing')
  assert.equal(await proves(app, old), 200)
  assert.equal(await proves(app, next), 200)
  assert.equal(await proves(app, old), 401)
})

test('the secret before does not outlive what was announced for it', async () => {
  await using at = await scene({ CORPUSIQ_ROTATE_ON_UPDATE: 'true' })
  const { app } = at
  const old = await registerManaged(app, CONFIDENTIAL_CLIENT)
  app.advance(10 * DAY)
  await update(app, old, CONFIDENTIAL_CLIENT)
  app.advance(80 * DAY - 1)
  assert.equal(await proves(app, old), 200)
  app.advance(1)
  assert.equal(await proves(app, old), 401)
})

test('an answer that was lost does no harm: with what it knows the client goes on, and asks again', async () => {
  await using at = await scene({ CORPUSIQ_ROTATE_ON_UPDATE: 'true' })
  const { app, target } = at
  const old = await registerManaged(app, CONFIDENTIAL_CLIENT)
  const { refresh_token } = await tokensFor(target, old)
  const lost: ManagedClient[] = []
  for (let time = 0; time < 3; time++) lost.push(updated(old, await update(app, old, CONFIDENTIAL_CLIENT)))
  assert.equal((await refresh(app, old, refresh_token)).status, 200)
  const next = updated(old, await update(app, old, CONFIDENTIAL_CLIENT))
  for (const each of lost) assert.equal(await proves(app, each), 401, 'nobody knows it')
  assert.equal(await proves(app, next), 200)
  assert.equal((await readBack(app, next)).status, 200)
})

test('a client without a secret that is to have one gets it once more where the answer was lost', async () => {
  await using at = await scene()
  const { app } = at
  const open = await registerManaged(app, PUBLIC_CLIENT)
  const lost = updated(open, await update(app, open, CONFIDENTIAL_CLIENT))
  assert.equal(await proves(app, lost), 200)
  const next = updated(open, await update(app, open, CONFIDENTIAL_CLIENT))
  assert.match(next.client_secret ?? '', /^secret_/)
  assert.equal(await proves(app, next), 200)
  // And back: nothing of it is left.
  const publicAgain = updated(next, await update(app, next, PUBLIC_CLIENT))
  assert.equal(await expires(app, publicAgain), undefined)
  for (const each of [lost, next]) assert.equal(await proves(app, each), 401)
  const stored = await app.store.clients.find(open.client_id)
  assert.deepEqual([stored?.client_secret_hash, stored?.previous_secret_hash], [undefined, undefined])
})

test('an update with an expired secret brings a new one, whatever the settings say', async () => {
  await using at = await scene()
  const { app } = at
  const old = await registerManaged(app, CONFIDENTIAL_CLIENT)
  app.advance(LIFE)
  assert.equal(await proves(app, old), 401)
  const next = updated(old, await update(app, old, CONFIDENTIAL_CLIENT))
  assert.deepEqual([await proves(app, next), await proves(app, old)], [200, 401])
  assert.equal(await expires(app, next), app.now() + LIFE)
})

test('the new secret in use ends the registration token before it too: that answer arrived', async () => {
  await using at = await scene({ CORPUSIQ_ROTATE_ON_UPDATE: 'true' })
  const { app } = at
  const old = await registerManaged(app, CONFIDENTIAL_CLIENT)
  const next = updated(old, await update(app, old, CONFIDENTIAL_CLIENT))
  assert.equal((await readBack(app, old)).status, 200)
  assert.equal(await proves(app, next), 200)
  assert.equal((await readBack(app, old)).status, 401)
  assert.equal((await readBack(app, next)).status, 200)
})

test('RFC 7592 §2.2 in an update the secret before counts as the client’s as long as it is good', async () => {
  await using at = await scene({
    CORPUSIQ_ROTATE_ON_UPDATE: 'true',
    CORPUSIQ_CLIENT_SECRET_OVERLAP_SECONDS: '3600',
  })
  const { app } = at
  const old = await registerManaged(app, CONFIDENTIAL_CLIENT)
  const { client_secret } = old
  await update(app, old, CONFIDENTIAL_CLIENT)
  const answer = await update(app, old, { ...CONFIDENTIAL_CLIENT, client_secret })
  const next = updated(old, answer)
  assert.equal(await proves(app, next), 200)
  app.advance(3600)
  const late = await update(app, next, { ...CONFIDENTIAL_CLIENT, client_secret })
  assert.deepEqual([late.status, late.body.error], [400, 'invalid_client_metadata'])
})

test('CORPUSIQ_CLIENT_SECRET_HASH=argon2id: both secrets are verified by the slow hash', async () => {
  await using at = await scene({ CORPUSIQ_ROTATE_ON_UPDATE: 'true', CORPUSIQ_CLIENT_SECRET_HASH: 'argon2id' })
  const { app } = at
  const old = await registerManaged(app, CONFIDENTIAL_CLIENT)
  const { client_secret } = old
  const next = updated(old, await update(app, old, { ...CONFIDENTIAL_CLIENT, client_secret }))
  // In an update too, the one before counts as the client's.
  assert.equal((await update(app, old, { ...CONFIDENTIAL_CLIENT, client_secret: 'secret_x' })).status, 400)
  assert.equal(await proves(app, old), 200)
  assert.equal(await proves(app, next), 200)
  assert.equal(await proves(app, next, 'secret_x'), 401)
})
