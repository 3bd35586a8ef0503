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

/** What the running server does every minute, with a bound of `clientsKept`; at the call. */
function tidying(t: TestContext, app: TestApp, clientsKept: number): () => Promise<void> {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let stepped = () => {}
  const { sweep, clients } = app.store
  const store = {
    sweep,
    clients: {
      removeUnused: async (query: Parameters<typeof clients.removeUnused>[0]) => {
        const gone = await clients.removeUnused(query)
        // The next step is planned when this one has been counted.
        setImmediate(() => stepped())
        return gone
      },
    },
  }
  const end = keepTidy({
    store,
    now: app.now,
    emit: (event) => app.events.push(event),
    accessTokenTtl: 3600,
    clientsKept,
  })
  t.after(end)
  return async () => {
    const step = new Promise<void>((resolve) => {
      stepped = resolve
    })
    t.mock.timers.tick(60_000)
    await step
  }
}

test('A-036 a flood from many addresses is bounded, used clients stay, the honest newcomer registers', async (t) => {
  await using app = await createTestApp({ env: { CORPUSIQ_REGISTRATION_RATE: '5/minute' } })
  const browser = new Browser(app)
  const used = await registerClient(app, PUBLIC_CLIENT)
  const tokens = await obtainTokens(app, used, { browser })
  const confidential = await registerClient(app, CONFIDENTIAL_CLIENT)
  await obtainTokens(app, confidential, { browser })

  const tidy = tidying(t, app, 50)
  for (let wave = 0; wave < 4; wave++) {
    await flood(app, 100)
    await tidy()
    assert.equal(await app.store.clients.count(), 50)
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

test('A-036 a flood faster than a step is followed by the next step at once', async (t) => {
  await using app = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
  await flood(app, 2500)
  const tidy = tidying(t, app, 100)
  await tidy()
  assert.equal(await app.store.clients.count(), 1500)
  for (const left of [500, 100]) {
    const counted = new Promise<void>((resolve) => setImmediate(resolve))
    t.mock.timers.tick(50)
    await counted
    while ((await app.store.clients.count()) > left) await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal(await app.store.clients.count(), 100)
})

test('A-037 a client in its login stays while fewer clients than the bound came after it, and is used from its code on', async (t) => {
  await using app = await createTestApp({ env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
  const browser = new Browser(app)
  const tidy = tidying(t, app, 50)
  await flood(app, 60)
  const client = await registerClient(app, PUBLIC_CLIENT)
  const page = await pageFor(app, client, undefined, browser)
  isConsentPage(page)
  await flood(app, 49)
  await tidy()
  assert.equal(await app.store.clients.count(), 50)
  const form = page.forms[0]
  assert.ok(form)
  const done = await browser.submit(page, form, { decision: 'approve' })
  assert.ok(done.left && done.url.searchParams.has('code'), `${done.status} ${done.text}`)
  await flood(app, 500)
  for (let minute = 0; minute < 3; minute++) await tidy()
  assert.ok((await obtainTokens(app, client, { browser })).access_token)
})

test('A-037 a client that went in its login is a page that says what to do, and nobody is sent on', async (t) => {
  await using app = await createTestApp({ env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
  const browser = new Browser(app)
  const tidy = tidying(t, app, 50)
  const client = await registerClient(app, PUBLIC_CLIENT)
  const page = await pageFor(app, client, undefined, browser)
  isConsentPage(page)
  await flood(app, 60)
  await tidy()
  const form = page.forms[0]
  assert.ok(form)
  const done = await browser.submit(page, form, { decision: 'approve' })
  assert.equal(done.left, false)
  assert.equal(done.status, 400)
  assert.match(done.text, /remove this server \(or connector\) and add it again/)
  const again = await registerClient(app, PUBLIC_CLIENT)
  assert.ok((await signInAndDecide(browser, (await pageFor(app, again, undefined, browser)).url)).left)
})

test('A-038 no flood is ever “full for all”: the oldest unused go first, the newest stay', async (t) => {
  await using app = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
  const tidy = tidying(t, app, 10)
  const ids: string[] = []
  for (let round = 0; round < 3; round++) {
    for (let sent = 0; sent < 20; sent++) ids.push((await registerClient(app, REDIRECT)).client_id)
    await tidy()
    const kept = (await app.store.clients.page({ limit: 100 })).map(({ client_id }) => client_id)
    assert.deepEqual(new Set(kept), new Set(ids.slice(-10)))
  }
})
