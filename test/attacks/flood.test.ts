/** Group 3: registration as a weapon. What a flood costs those who send it, and what it must not cost others. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { keepTidy } from '../../src/store/upkeep.ts'
import { Browser } from '../support/browser.ts'
import { REDIRECT } from '../support/registering.ts'
import {
  CONFIDENTIAL_CLIENT,
  callMcp,
  obtainTokens,
  PUBLIC_CLIENT,
  refresh,
  registerClient,
  signInAndDecide,
  tokensOf,
} from '../support/scenario.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { isConsentPage, isRefused, pageFor, send } from './hostile-registration.ts'

const GOOD = JSON.stringify(REDIRECT)
const TOO_MANY = { status: 429, error: 'temporarily_unavailable', description: /^too many registrations/ }

test('A-034 a flood from one address is 429 with Retry-After, and others are unaffected', async () => {
  await using app = await createTestApp()
  const address = '203.0.113.9'
  for (let sent = 0; sent < 120; sent++) {
    const response = await send(app, { body: GOOD, address })
    assert.equal(response.status, 201, `${sent}`)
  }
  const stored = await app.store.clients.count()
  // Whatever it sends now is not even read.
  for (const body of [GOOD, '{', 'x'.repeat(1_000_000)]) {
    const headers = await isRefused(app, { body, address }, TOO_MANY)
    assert.match(headers.get('retry-after') ?? '', /^([1-9]|[1-5]\d|60)$/)
  }
  assert.equal(await app.store.clients.count(), stored + 3, 'the honest ones in between')
  assert.equal((await send(app, { body: GOOD, address: '203.0.113.10' })).status, 201)
  for (const path of ['/.well-known/oauth-authorization-server', '/.well-known/jwks.json']) {
    assert.equal((await app.fetchFrom(address, new Request(app.url + path))).status, 200)
  }
  const token = await app.fetchFrom(
    address,
    new Request(`${app.url}/token`, { method: 'POST', body: new URLSearchParams({ client_id: 'client_x' }) }),
  )
  assert.equal(token.status, 401)

  const retry = Number((await send(app, { body: GOOD, address })).headers.get('retry-after'))
  app.advance(retry)
  assert.equal((await send(app, { body: GOOD, address })).status, 201)
})

test('A-034 what is refused counts as well, so that guessing costs the same', async () => {
  await using app = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: '5/minute' } })
  for (const body of ['{', '[]', '{}', '{"redirect_uris":["javascript:alert(1)"]}', 'x'.repeat(1_000_000)]) {
    assert.notEqual((await send(app, { body })).status, 429)
  }
  await isRefused(app, { body: GOOD }, TOO_MANY)
})

test('A-034 behind a tunnel each client has a limit of its own', async () => {
  await using app = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: '3/minute' } })
  const from = (client: string) => ({
    body: GOOD,
    headers: { 'content-type': 'application/json', 'x-forwarded-for': client },
  })
  for (let sent = 0; sent < 3; sent++) {
    assert.equal((await send(app, from('203.0.113.9'))).status, 201)
    assert.equal((await send(app, from('2001:db8:1:2::1'))).status, 201)
  }
  await isRefused(app, from('203.0.113.9'), TOO_MANY)
  await isRefused(app, from('2001:db8:1:2::1'), TOO_MANY)
  assert.equal((await send(app, from('203.0.113.10'))).status, 201)
  assert.equal((await send(app, from('2001:db8:1:3::1'))).status, 201)
  assert.equal((await send(app, { body: GOOD })).status, 201, 'the tunnel’s own machine')
})

/** Registers `count` clients, each from an address of its own. */
async function flood(app: TestApp, count: number): Promise<void> {
  const addresses = Array.from({ length: count }, (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`)
  const statuses = await Promise.all(
    addresses.map(async (address) => (await send(app, { body: GOOD, address })).status),
  )
  assert.deepEqual([...new Set(statuses)], [201])
}

/** What the running server does every minute; at the call. */
function tidying(t: TestContext, app: TestApp): () => Promise<void> {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let stepped = () => {}
  const { sweep, clients } = app.store
  const store = {
    sweep,
    clients: {
      removeUnused: clients.removeUnused,
      removeInactive: async (query: Parameters<typeof clients.removeInactive>[0]) => {
        const gone = await clients.removeInactive(query)
        // The next step is planned when this one has been counted.
        setImmediate(() => stepped())
        return gone
      },
    },
  }
  t.after(keepTidy({ store, settings: app.settings, now: app.now, emit: (event) => app.events.push(event) }))
  return async () => {
    const step = new Promise<void>((resolve) => {
      stepped = resolve
    })
    t.mock.timers.tick(60_000)
    await step
  }
}

/** Limits per address stay on where a test does not say otherwise; few unused clients are kept. */
const keeping = (max: number, more: Record<string, string> = {}) => ({
  env: { CORPUSIQ_MAX_UNUSED_CLIENTS: `${max}`, CORPUSIQ_REGISTRATION_RATE: 'off', ...more },
})

test('A-036 a flood from many addresses is bounded, used clients stay, the honest newcomer registers', async (t) => {
  await using app = await createTestApp(keeping(50, { CORPUSIQ_REGISTRATION_RATE: '5/minute' }))
  const browser = new Browser(app)
  const used = await registerClient(app, PUBLIC_CLIENT)
  const tokens = await obtainTokens(app, used, { browser })
  const confidential = await registerClient(app, CONFIDENTIAL_CLIENT)
  await obtainTokens(app, confidential, { browser })

  const tidy = tidying(t, app)
  for (let wave = 0; wave < 4; wave++) {
    await flood(app, 100)
    // The ones in use: two, and a newcomer of each wave.
    assert.equal(await app.store.clients.count(), 50 + 2 + wave)
    app.advance(60)
    const newcomer = await registerClient(app, PUBLIC_CLIENT)
    await tidy()
    assert.ok((await obtainTokens(app, newcomer, { browser })).access_token)
  }
  assert.equal((await callMcp(app, tokens.access_token)).status, 200)
  assert.ok((await tokensOf(await refresh(app, used, tokens.refresh_token ?? ''))).access_token)
  assert.ok((await obtainTokens(app, confidential, { browser })).access_token)
  assert.deepEqual(
    app.events.filter(({ type }) => type === 'upkeep.failed' || type === 'request.failed'),
    [],
  )
})

test('A-036 a client that nobody authorized goes after a day, one that somebody did stays', async (t) => {
  await using app = await createTestApp(keeping(5000))
  const browser = new Browser(app)
  const tidy = tidying(t, app)
  const used = await registerClient(app, PUBLIC_CLIENT)
  const { refresh_token } = await obtainTokens(app, used, { browser })
  await flood(app, 2500)
  app.advance(86_399)
  await tidy()
  assert.equal(await app.store.clients.count(), 2501)
  app.advance(1)
  await tidy()
  assert.equal(await app.store.clients.count(), 1501)
  // A full step is followed by the next one at once.
  for (const left of [501, 1]) {
    t.mock.timers.tick(50)
    for (let turn = 0; turn < 1000 && (await app.store.clients.count()) > left; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.equal(await app.store.clients.count(), left)
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.ok((await tokensOf(await refresh(app, used, refresh_token ?? ''))).access_token)
})

test('A-037 a client in its login is pushed out by no flood, and is used from its code on', async (t) => {
  await using app = await createTestApp(keeping(50))
  const browser = new Browser(app)
  const tidy = tidying(t, app)
  await flood(app, 60)
  const client = await registerClient(app, PUBLIC_CLIENT)
  const page = await pageFor(app, client, undefined, browser)
  isConsentPage(page)
  // That it came is written a moment later, with whatever else is.
  t.mock.timers.tick(200)
  await flood(app, 200)
  await tidy()
  const form = page.forms[0]
  assert.ok(form)
  const done = await browser.submit(page, form, { decision: 'approve' })
  assert.ok(done.left && done.url.searchParams.has('code'), `${done.status} ${done.text}`)
  await flood(app, 500)
  for (let minute = 0; minute < 3; minute++) await tidy()
  assert.ok((await obtainTokens(app, client, { browser })).access_token)
})

test('A-037 a client that went in its login is a page that says what to do, and nobody is sent on', async () => {
  await using app = await createTestApp(keeping(50))
  const browser = new Browser(app)
  const client = await registerClient(app, PUBLIC_CLIENT)
  const page = await pageFor(app, client, undefined, browser)
  isConsentPage(page)
  await app.store.clients.remove(client.client_id, { at: app.now(), type: 'client.deleted' })
  const form = page.forms[0]
  assert.ok(form)
  const done = await browser.submit(page, form, { decision: 'approve' })
  assert.equal(done.left, false)
  assert.equal(done.status, 400)
  assert.match(done.text, /remove this server \(or connector\) and add it again/)
  const again = await registerClient(app, PUBLIC_CLIENT)
  assert.ok((await signInAndDecide(browser, (await pageFor(app, again, undefined, browser)).url)).left)
})

test('A-038 no flood is ever “full for all”: the oldest unused go first, the newest stay', async () => {
  await using app = await createTestApp({ owner: false, ...keeping(10) })
  const ids: string[] = []
  for (let round = 0; round < 3; round++) {
    for (let sent = 0; sent < 20; sent++) ids.push((await registerClient(app, REDIRECT)).client_id)
    const kept = (await app.store.clients.page({ limit: 100 })).map(({ client_id }) => client_id)
    assert.deepEqual(kept, ids.slice(-10).sort())
  }
})
