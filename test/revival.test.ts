/** Clients keep their id for ever, also after it was deleted here: what brings one back, and what does not. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { RemovalCause } from '../src/oauth/client.ts'
import { isSafePage, signedIn } from './attacks/authorization-answers.ts'
import { Browser, type Visit } from './support/browser.ts'
import type { Form } from './support/forms.ts'
import {
  type AuthorizationOptions,
  authorizationRequest,
  authorize,
  CALLBACK,
  CONFIDENTIAL_CLIENT,
  callMcp,
  exchangeCode,
  obtainTokens,
  PUBLIC_CLIENT,
  type RegisteredClient,
  refresh,
  registerClient,
  signInLink,
  type TokenAnswer,
  tokensOf,
} from './support/scenario.ts'
import { OWNER, postJson } from './support/site.ts'
import { storeClient } from './support/stored.ts'
import { createTestApp, type TestApp } from './support/test-app.ts'

let app: TestApp
/** The owner's, signed in. */
let browser: Browser
before(async () => {
  app = await createTestApp()
  browser = await signedIn(app)
})
beforeEach(() => {
  app.events.length = 0
})
after(() => app[Symbol.asyncDispose]())

type Managed = RegisteredClient & { registration_access_token: string; registration_client_uri: string }
type Dead = { client: Managed; tokens: TokenAnswer }

/** A client that the owner let in, and that was removed then. */
async function dead(
  metadata: object = {},
  cause?: RemovalCause,
  site = app,
  person = browser,
): Promise<Dead> {
  const client = (await registerClient(site, { ...PUBLIC_CLIENT, ...metadata })) as Managed
  const tokens = await obtainTokens(site, client, { browser: person })
  await remove(client, cause, site)
  return { client, tokens }
}

async function remove({ client_id }: RegisteredClient, cause?: RemovalCause, site = app): Promise<void> {
  const audit = { at: site.now(), type: 'client.deleted', client_id }
  assert.equal(await site.store.clients.remove(client_id, audit, cause && { cause }), true)
}

const isThere = async ({ client_id }: RegisteredClient, site = app) =>
  (await site.store.clients.find(client_id)) !== undefined

/** What the owner is asked when the client comes again. */
async function asked(
  client: RegisteredClient,
  options: AuthorizationOptions = {},
  person = browser,
): Promise<{ page: Visit; form: Form }> {
  const page = await person.open(authorizationRequest(app, client, options).url)
  const form = page.forms.find(({ buttons }) => buttons.some(({ name }) => name === 'decision'))
  assert.ok(form, `${page.status} ${page.url.href} ${page.text}`)
  const removed = /was removed from this server/.test(page.text)
  assert.equal(page.status, removed ? 400 : 200)
  assert.equal(/<code>invalid_client<\/code>/.test(page.text), removed)
  isSafePage(page)
  return { page, form }
}

/** A page that says what to do, from which no way leads on. */
function staysDead(visit: Visit): void {
  assert.deepEqual([visit.left, visit.status], [false, 400], visit.url.href)
  assert.match(visit.text, /<code>invalid_client<\/code>/)
  assert.deepEqual(visit.forms, [])
  isSafePage(visit)
}

test('a removed client comes again: the owner reads when it was removed, lets it back in, and its old id works', async () => {
  const { client, tokens } = await dead({ client_name: 'Returning Client' })
  const before = await refresh(app, client, tokens.refresh_token ?? '')
  assert.equal(before.status, 401)
  assert.equal(((await before.json()) as { error: string }).error, 'invalid_client')

  const { page, form } = await asked(client)
  assert.match(
    page.text,
    /was removed from this server on 24 November 2026\. If you allow it, it is let back in/,
  )
  assert.match(page.text, /Returning Client/)
  assert.match(page.text, /class="host">client\.example\.com</)
  assert.deepEqual(
    form.buttons.map(({ value }) => value),
    ['approve', 'deny'],
  )
  assert.equal(await isThere(client), false, 'asking brings nobody back')
  assert.deepEqual(app.events.at(-1), {
    type: 'authorization.requested',
    client_id: client.client_id,
    client_name: 'Returning Client',
    redirect_host: 'client.example.com',
    signed_in: true,
    address: '127.0.0.1',
  })

  app.events.length = 0
  const again = await obtainTokens(app, client, { browser })
  assert.equal((await callMcp(app, again.access_token)).status, 200)
  await tokensOf(await refresh(app, client, again.refresh_token ?? ''))
  const { client_id } = client
  assert.equal(await app.store.clients.findTombstone(client_id), undefined)
  const revived = app.events.find(({ type }) => type === 'client.revived')
  const [account] = await app.store.accounts.list()
  const account_id = account?.account_id
  assert.deepEqual(revived, {
    type: 'client.revived',
    client_id,
    client_name: 'Returning Client',
    account_id,
  })
  const audit = (await app.store.audit.page({ limit: 10 })).find(({ type }) => type === 'client.revived')
  assert.deepEqual(audit, {
    at: app.now(),
    type: 'client.revived',
    address: '127.0.0.1',
    client_id,
    account_id,
  })
})

test('nothing of before comes back with it: no token, no code, no consent, no registration token', async () => {
  const client = (await registerClient(app, PUBLIC_CLIENT)) as Managed
  const tokens = await obtainTokens(app, client, { browser })
  const code = await authorize(app, client, { browser })
  await remove(client)
  const again = await obtainTokens(app, client, { browser })
  assert.equal((await callMcp(app, tokens.access_token)).status, 401)
  const refreshed = await refresh(app, client, tokens.refresh_token ?? '')
  assert.deepEqual(
    [refreshed.status, ((await refreshed.json()) as { error: string }).error],
    [400, 'invalid_grant'],
  )
  assert.equal((await exchangeCode(app, client, code)).status, 400)
  const headers = { authorization: `Bearer ${client.registration_access_token}` }
  assert.equal((await app.fetch(new Request(client.registration_client_uri, { headers }))).status, 401)
  assert.equal((await callMcp(app, again.access_token)).status, 200)
})

test('a person who is not signed in reads what to do, may sign in from there, and is asked then', async () => {
  const { client } = await dead()
  const stranger = new Browser(app)
  const unknown = await stranger.open(authorizationRequest(app, client).url)
  staysDead(unknown)
  const link = signInLink(unknown)
  assert.ok(link, unknown.text)
  const login = await stranger.open(link)
  assert.equal(login.url.pathname, '/login')
  assert.equal(await isThere(client), false)
  const [form] = login.forms
  assert.ok(form)
  const page = await stranger.submit(login, form, OWNER)
  assert.match(page.text, /was removed from this server/)
  await authorize(app, client, { browser: stranger })
  assert.equal(await isThere(client), true)
})

test('RFC 8252 §7.3 a native client may come with another loopback port, and with nothing else', async () => {
  const native = { redirect_uris: ['http://127.0.0.1:33418/callback'] }
  const { client } = await dead(native)
  for (const redirect_uri of [
    'http://127.0.0.1:33418/callback/',
    'http://127.0.0.1:33418/other',
    'http://localhost:33418/callback',
    'http://127.0.0.1:99999/callback',
    'https://127.0.0.1:33418/callback',
    'http://127.0.0.1:33418@evil.example/callback',
  ]) {
    staysDead(await browser.open(authorizationRequest(app, client, { redirect_uri }).url))
  }
  await authorize(app, client, { browser, redirect_uri: 'http://127.0.0.1:50123/callback' })
  assert.equal(await isThere(client), true)
})

test('one that was removed for not being used comes back too, and so does one a second time', async () => {
  const { client } = await dead({}, 'inactive')
  await authorize(app, client, { browser })
  app.advance(60)
  await remove(client)
  await authorize(app, client, { browser })
  assert.equal(await isThere(client), true)
})

test('a removed client comes back to what it was: its scope is no wider, its metadata the same', async () => {
  const { client } = await dead({ scope: 'corpus:search', client_name: 'Narrow' })
  const { page } = await asked(client, { scope: 'corpus:read corpus:search offline_access' })
  assert.doesNotMatch(page.text, /read the documents/)
  await authorize(app, client, { browser, scope: 'corpus:read corpus:search' })
  const revived = await app.store.clients.find(client.client_id)
  assert.equal(revived?.registered_scope, 'corpus:search')
  assert.equal(revived?.metadata.client_name, 'Narrow')
  assert.deepEqual(revived?.metadata.redirect_uris, [CALLBACK])
})

test('the attack: a dead id that others know gives them no address, no request of their own and no silence', async () => {
  const { client } = await dead()
  for (const changes of [
    { redirect_uri: 'https://evil.example/callback' },
    { redirect_uri: `${CALLBACK}/` },
    { redirect_uri: `${CALLBACK}?x=1` },
    { redirect_uri: 'https://CLIENT.example.com/callback' },
    { redirect_uri: `${CALLBACK}#x` },
    { extra: { prompt: 'none' } },
    { extra: { code_challenge: undefined } },
    { extra: { code_challenge_method: 'plain' } },
    { extra: { response_type: 'token' } },
    { extra: { response_mode: 'fragment' } },
    { resource: 'https://evil.example/mcp' },
  ]) {
    for (const person of [browser, new Browser(app)]) {
      staysDead(await person.open(authorizationRequest(app, client, changes).url))
    }
  }
  assert.equal(await isThere(client), false)
  assert.ok(await app.store.clients.findTombstone(client.client_id))
})

test('the attack: nobody registers under a dead id', async () => {
  const { client } = await dead()
  const { client_id } = client
  const body = { ...PUBLIC_CLIENT, client_id, redirect_uris: ['https://evil.example/callback'] }
  const answer = await postJson(app, `${app.url}/register`, body)
  assert.notEqual(((await answer.json()) as { client_id?: string }).client_id, client_id)
  assert.equal(await isThere(client), false)
})

for (const [what, make] of [
  ['that held a secret', () => dead(CONFIDENTIAL_CLIENT)],
  ['that was revoked for cause', () => dead({}, 'revoked')],
  ['that deleted itself, RFC 7592 §2.3', () => dead({}, 'deprovisioned')],
  [
    'that a clients file declared',
    async () => {
      const { client_id } = await storeClient(app, {}, { source: 'declared' })
      const client = { client_id, ...PUBLIC_CLIENT }
      await obtainTokens(app, client, { browser })
      await remove(client)
      return { client }
    },
  ],
  [
    'that nobody ever let in',
    async () => {
      const client = await registerClient(app, PUBLIC_CLIENT)
      await remove(client)
      return { client }
    },
  ],
] as const) {
  test(`a client ${what} stays dead`, async () => {
    const { client } = await make()
    for (const person of [browser, new Browser(app)]) {
      staysDead(await person.open(authorizationRequest(app, client).url))
    }
    assert.equal(await isThere(client), false)
  })
}

test('RFC 7592 §2.3 DELETE by the client itself is for ever', async () => {
  const client = (await registerClient(app, PUBLIC_CLIENT)) as Managed
  await authorize(app, client, { browser })
  const headers = { authorization: `Bearer ${client.registration_access_token}` }
  const deleted = await app.fetch(new Request(client.registration_client_uri, { method: 'DELETE', headers }))
  assert.equal(deleted.status, 204)
  staysDead(await browser.open(authorizationRequest(app, client).url))
})

test('CORPUSIQ_REVIVE_CLIENTS=false: what is removed stays so', async () => {
  await using strict = await createTestApp({ env: { CORPUSIQ_REVIVE_CLIENTS: 'false' } })
  const person = await signedIn(strict)
  const { client } = await dead({}, 'deleted', strict, person)
  staysDead(await person.open(authorizationRequest(strict, client).url))
  assert.equal(await isThere(client, strict), false)
})

test('denied: the client is told, stays removed, and no second decision is made on that page', async () => {
  const { client } = await dead()
  const { page, form } = await asked(client)
  const denied = await browser.submit(page, form, { decision: 'deny' })
  assert.equal(denied.url.origin + denied.url.pathname, CALLBACK)
  assert.equal(denied.url.searchParams.get('error'), 'access_denied')
  const second = await browser.submit(page, form, { decision: 'approve' })
  assert.deepEqual([second.left, second.status], [false, 400])
  assert.equal(await isThere(client), false)
})

test('A-078 A-084 A-089 the decision counts from the page, the session and the site it was asked on alone', async () => {
  const { client } = await dead()
  const { page, form } = await asked(client)
  const refused = (visit: Visit) => assert.deepEqual([visit.left, visit.status], [false, 403], visit.text)
  refused(await new Browser(app).submit(page, form, { decision: 'approve' }))
  refused(await (await signedIn(app)).submit(page, form, { decision: 'approve' }))
  refused(await browser.submit(page, form, { decision: 'approve', token: 'x' }))
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
    const body = new URLSearchParams([...form.fields, ['decision', 'approve']])
    const post = new Request(`${app.url}/authorize/decision`, {
      method: 'POST',
      body,
      headers: { ...headers, cookie },
    })
    assert.equal((await app.fetch(post)).status, 403)
  }
  assert.equal(await isThere(client), false)
  assert.ok((await browser.submit(page, form, { decision: 'approve' })).left)
})

test('A-088 a page that did not say that the client was removed brings nobody back, nor does one that is made to', async () => {
  const client = await registerClient(app, PUBLIC_CLIENT)
  await authorize(app, client, { browser })
  const { page, form } = await asked(client, { extra: { prompt: 'consent' } })
  await remove(client)
  staysDead(await browser.submit(page, form, { decision: 'approve' }))
  const transaction = JSON.parse(Buffer.from(form.fields.get('transaction') ?? '', 'base64url').toString())
  assert.equal('revives' in transaction, false)
  const forged = Buffer.from(JSON.stringify({ ...transaction, revives: app.now() })).toString('base64url')
  const visit = await browser.submit(page, form, { decision: 'approve', transaction: forged })
  assert.deepEqual([visit.left, visit.status], [false, 403])
  assert.equal(await isThere(client), false)
})

test('a page tells of one removal: after another one, or once it was revoked, it is worth nothing', async () => {
  const { client } = await dead()
  const first = await asked(client)
  app.advance(10)
  await authorize(app, client, { browser })
  await remove(client)
  staysDead(await browser.submit(first.page, first.form, { decision: 'approve' }))
  const second = await asked(client)
  await authorize(app, client, { browser })
  await remove(client, 'revoked')
  staysDead(await browser.submit(second.page, second.form, { decision: 'approve' }))
  assert.equal(await isThere(client), false)
})

test('a page whose client came back otherwise meanwhile is a consent like any other', async () => {
  const { client } = await dead()
  const { page, form } = await asked(client)
  await authorize(app, client, { browser })
  app.events.length = 0
  const visit = await browser.submit(page, form, { decision: 'approve' })
  assert.ok(visit.url.searchParams.get('code'))
  assert.equal(app.events.filter(({ type }) => type === 'client.revived').length, 0)
})

test('A-090 ten decisions at once: one code, one client, one record of it', async () => {
  const { client } = await dead()
  const { page, form } = await asked(client)
  const visits = await Promise.all(
    Array.from({ length: 10 }, () => browser.submit(page, form, { decision: 'approve' })),
  )
  assert.equal(visits.filter(({ left }) => left).length, 1)
  const records = await app.store.audit.page({ limit: 100 })
  const revived = records.filter(
    ({ type, client_id }) => type === 'client.revived' && client_id === client.client_id,
  )
  assert.equal(revived.length, 1)
})

test('a revocation and a revival at once: whoever is later wins, and nothing is left in between', async () => {
  for (let round = 0; round < 5; round++) {
    const { client } = await dead()
    const { client_id } = client
    const { page, form } = await asked(client)
    const audit = { at: app.now(), type: 'client.deleted', client_id }
    const [visit, removed] = await Promise.all([
      browser.submit(page, form, { decision: 'approve' }),
      app.store.clients.remove(client_id, audit, { cause: 'revoked' }),
    ])
    assert.equal(visit.left, true)
    assert.equal(await isThere(client), !removed)
    assert.equal((await app.store.clients.findTombstone(client_id)) !== undefined, removed)
  }
})
