/** Group 5: a client that nobody approved yet (`CORPUSIQ_REGISTRATION_ACCESS=approval`). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, type Visit } from '../support/browser.ts'
import {
  configure,
  type ManagedClient,
  metadataOf,
  readBack,
  registerManaged,
  update,
} from '../support/managing.ts'
import {
  authorizationRequest,
  CONFIDENTIAL_CLIENT,
  credentials,
  exchangeCode,
  obtainTokens,
  PUBLIC_CLIENT,
  refresh,
  signInAndDecide,
} from '../support/scenario.ts'
import { post, storeCode, VERIFIER } from '../support/stored.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { isSafePage, linksOf, signedIn, urlFor } from './authorization-answers.ts'
import { cookieOf } from './consent-scene.ts'
import { failures } from './hostile-registration.ts'

let app: TestApp
let owner: Browser
before(async () => {
  app = await createTestApp({
    env: { CORPUSIQ_REGISTRATION_ACCESS: 'approval', CORPUSIQ_REGISTRATION_RATE: 'off' },
  })
  owner = await signedIn(app)
})
after(async () => {
  assert.deepEqual(failures(app), [])
  await app[Symbol.asyncDispose]()
})

const isPending = async ({ client_id }: { client_id: string }) =>
  (await app.store.clients.find(client_id))?.approval === 'pending'

/** What says that the client waits: 403, a page of ours, nothing sent to the client. */
function isWaitingPage(visit: Visit, name = 'Test Client'): void {
  assert.equal(visit.left, false, visit.url.href)
  assert.equal(visit.status, 403, visit.text)
  isSafePage(visit)
  assert.match(visit.text, new RegExp(`<h1><bdi>${name}</bdi> waits for approval</h1>`))
  assert.equal(
    visit.forms.some(({ buttons }) => buttons.some(({ name }) => name === 'decision')),
    false,
  )
}

const approvalForm = ({ forms, text }: Visit) => {
  const form = forms.find(({ fields }) => fields.has('approval'))
  assert.ok(form, text)
  return form
}
const tryAgain = ({ text, url }: Visit) => {
  const link = linksOf(text).find(({ href }) => href.startsWith('/authorize?'))
  assert.ok(link, text)
  return new URL(link.href, url)
}

test('A-052 anybody registers, and waits: told to the client as registered, to the log as waiting', async () => {
  const client = await registerManaged(app)
  assert.ok(await isPending(client))
  const { body } = await readBack(app, client)
  assert.deepEqual(metadataOf(body), metadataOf(client))
  assert.deepEqual(
    app.events.filter((event) => event.type === 'registration.accepted').map(({ approval }) => approval),
    ['pending'],
  )
})

test('A-052 at /authorize a person sees a page that says so, whoever it is and whatever else the request says', async () => {
  const client = await registerManaged(app)
  for (const browser of [new Browser(app), owner]) {
    for (const changes of [
      {},
      { prompt: 'none' },
      { prompt: 'consent' },
      { code_challenge: undefined },
      { response_type: 'token' },
      { scope: 'admin' },
    ]) {
      const url = urlFor(app, client, changes)
      const visit = await browser.open(url)
      isWaitingPage(visit)
      assert.match(visit.text, /<p class="host">client\.example\.com<\/p>/)
      // The very same request.
      assert.equal(tryAgain(visit).href, url)
    }
  }
  // An address that is not the client's is a fault before everything else.
  const foreign = await owner.open(urlFor(app, client, { redirect_uri: 'https://evil.example/cb' }))
  assert.equal(foreign.status, 400)
  assert.equal(foreign.forms.length, 0)
  assert.equal(
    (await new Browser(app).open(urlFor(app, client))).forms.length,
    0,
    'a stranger approves nothing',
  )
  assert.ok(await isPending(client))
})

test('A-052 at /token it is unauthorized_client, for every grant, once the client is authenticated', async () => {
  for (const metadata of [PUBLIC_CLIENT, CONFIDENTIAL_CLIENT]) {
    const client = await registerManaged(app, metadata)
    const { headers, parameters } = credentials(client)
    for (const grant of [
      // As if one had been issued.
      {
        grant_type: 'authorization_code',
        code: await storeCode(app, client.client_id),
        code_verifier: VERIFIER,
      },
      { grant_type: 'authorization_code', code: 'x' },
      { grant_type: 'refresh_token', refresh_token: 'x' },
      { grant_type: 'client_credentials' },
      { grant_type: 'password', username: 'owner', password: 'x' },
      {},
    ]) {
      const { status, body } = await post(app, '/token', { ...parameters, ...grant }, headers)
      assert.deepEqual([status, body.error], [400, 'unauthorized_client'], JSON.stringify(grant))
      assert.match(String(body.error_description), /waits for the approval/)
    }
    const wrong = {
      client_id: client.client_id,
      client_secret: 'secret_wrong',
      grant_type: 'client_credentials',
    }
    assert.equal((await post(app, '/token', wrong)).body.error, 'invalid_client')
  }
})

test('A-052 A-044 no update approves it', async () => {
  const client = await registerManaged(app)
  for (const metadata of [
    PUBLIC_CLIENT,
    { ...PUBLIC_CLIENT, approval: null },
    { ...PUBLIC_CLIENT, approval: 'approved', authorized_at: 1, source: 'operator' },
    CONFIDENTIAL_CLIENT,
    { ...PUBLIC_CLIENT, client_name: 'Test Client' },
  ]) {
    assert.equal((await update(app, client, metadata)).status, 200)
    assert.ok(await isPending(client))
    isWaitingPage(await owner.open(urlFor(app, client)))
  }
})

test('A-052 the owner approves on the page and goes on to consent, code and tokens', async () => {
  const client = await registerManaged(app)
  const stranger = new Browser(app)
  const page = await stranger.open(authorizationRequest(app, client).url)
  const signIn = linksOf(page.text).find(({ href }) => href.startsWith('/login'))
  assert.ok(signIn, page.text)
  const waiting = await signInAndDecide(stranger, new URL(signIn.href, page.url))
  isWaitingPage(waiting)
  const consent = await stranger.submit(waiting, approvalForm(waiting))
  assert.equal(consent.status, 200)
  assert.ok(
    consent.forms.some(({ buttons }) => buttons.some(({ name }) => name === 'decision')),
    consent.text,
  )
  assert.equal(consent.url.href, page.url.href)
  assert.equal(await isPending(client), false)
  const approved = app.events.filter((event) => event.type === 'client.approved')
  assert.equal(approved.at(-1)?.client_id, client.client_id)
  assert.ok((await obtainTokens(app, client, { browser: stranger })).access_token)
})

test('A-052 approved elsewhere, the person goes on from the page by its link', async () => {
  const client = await registerManaged(app)
  const visit = await owner.open(urlFor(app, client))
  isWaitingPage(visit)
  await app.store.clients.approve(client.client_id, { at: app.now(), type: 'client.approved' })
  const next = await owner.open(tryAgain(visit))
  assert.equal(next.status, 200)
  assert.ok(next.forms.some(({ buttons }) => buttons.some(({ name }) => name === 'decision')))
})

test('A-052 A-083 a forged approval approves nothing', async () => {
  const [client, other] = [await registerManaged(app), await registerManaged(app)]
  const visit = await owner.open(urlFor(app, client))
  const { fields } = approvalForm(visit)
  const approval = fields.get('approval') ?? ''
  const token = fields.get('token') ?? ''
  const payload = JSON.parse(Buffer.from(approval, 'base64url').toString())
  const forged = (change: object) =>
    Buffer.from(JSON.stringify({ ...payload, ...change })).toString('base64url')
  const own = { origin: app.url, 'sec-fetch-site': 'same-origin', cookie: cookieOf(owner) }
  const elsewhere = await signedIn(app)
  const otherPage = approvalForm(await owner.open(urlFor(app, other))).fields
  const free = await registerManaged(app)
  await app.store.clients.approve(free.client_id, { at: app.now(), type: 'client.approved' })
  const [consent] = (await owner.open(urlFor(app, free))).forms
  const attempts: [what: string, body: Record<string, string>, headers: Record<string, string>][] = [
    ['from another site', { approval, token }, { ...own, 'sec-fetch-site': 'cross-site' }],
    ['from another origin', { approval, token }, { cookie: own.cookie, origin: 'https://evil.example' }],
    ['from a site beside', { approval, token }, { ...own, 'sec-fetch-site': 'same-site' }],
    ['without a token', { approval }, own],
    ['without anything', {}, own],
    ['with a wrong token', { approval, token: token.slice(0, -2) }, own],
    ['with the token of another form', { approval, token: consent?.fields.get('token') ?? '' }, own],
    ['with the token of another client', { approval, token: otherPage.get('token') ?? '' }, own],
    ['for another client', { approval: forged({ client_id: other.client_id }), token }, own],
    ['with a longer life', { approval: forged({ expires_at: payload.expires_at + 1 }), token }, own],
    ['to another place', { approval: forged({ return_to: 'https://evil.example/' }), token }, own],
    ['by nobody', { approval, token }, { origin: app.url, 'sec-fetch-site': 'same-origin' }],
    ['in another session', { approval, token }, { ...own, cookie: cookieOf(elsewhere) }],
  ]
  for (const [what, body, headers] of attempts) {
    const request = new Request(`${app.url}/authorize/approval`, {
      method: 'POST',
      body: new URLSearchParams(body),
      headers,
    })
    const response = await app.fetch(request)
    assert.equal(response.status, 403, what)
    assert.equal(response.headers.get('location'), null, what)
    assert.ok((await isPending(client)) && (await isPending(other)), what)
  }
  const byLink = await owner.open(`${app.url}/authorize/approval?approval=${approval}&token=${token}`)
  assert.equal(byLink.status, 405)
  app.advance(15 * 60)
  assert.equal((await owner.submit(visit, approvalForm(visit))).status, 400, 'too old')
  assert.ok(await isPending(client))
})

test('A-052 A-044 what the owner saw is what is approved: a client that changed meanwhile is shown again', async () => {
  const client = await registerManaged(app)
  const visit = await owner.open(urlFor(app, client))
  const evil = {
    ...PUBLIC_CLIENT,
    redirect_uris: [...PUBLIC_CLIENT.redirect_uris, 'https://evil.example/cb'],
  }
  assert.equal((await update(app, client, evil)).status, 200)
  const again = await owner.submit(visit, approvalForm(visit))
  isWaitingPage(again)
  assert.match(again.text, /<p class="host">evil\.example<\/p>/)
  assert.ok(await isPending(client))
  await owner.submit(again, approvalForm(again))
  assert.equal(await isPending(client), false)
})

test('A-052 A-044 a client that was approved waits anew where it becomes another one, and ends nobody’s wait for it', async () => {
  const client = await registerManaged(app)
  await app.store.clients.approve(client.client_id, { at: app.now(), type: 'client.approved' })
  const tokens = await obtainTokens(app, client, { browser: owner })
  const consent = await owner.open(urlFor(app, client, { prompt: 'consent' }))
  const [decision] = consent.forms
  assert.ok(decision)
  const code = await storeCode(app, client.client_id)

  const same = { ...PUBLIC_CLIENT, contacts: ['a@example.com'] }
  assert.equal((await update(app, client, same)).status, 200)
  assert.equal(await isPending(client), false)
  assert.equal((await update(app, client, { ...PUBLIC_CLIENT, client_name: 'Your bank' })).status, 200)
  assert.ok(await isPending(client))

  isWaitingPage(await owner.open(urlFor(app, client)), 'Your bank')
  const decided = await owner.submit(consent, decision, { decision: 'approve' })
  assert.equal(decided.left, false)
  assert.equal(decided.status, 403)
  const refused = await refresh(app, client, tokens.refresh_token ?? '')
  assert.equal(((await refused.json()) as { error: string }).error, 'unauthorized_client')
  const exchange = {
    code,
    verifier: VERIFIER,
    redirect_uri: client.redirect_uris[0] ?? '',
    resource: app.settings.resource,
  }
  assert.equal((await exchangeCode(app, client, exchange)).status, 400)

  // To be as it was before is no approval either: the owner says so.
  assert.equal((await update(app, client, PUBLIC_CLIENT)).status, 200)
  assert.ok(await isPending(client))
})

test('A-052 A-085 a name that is markup stays text on the page', async () => {
  const client: ManagedClient = await registerManaged(app, {
    ...PUBLIC_CLIENT,
    client_name: '</bdi><script>alert(1)</script><img src=x onerror=alert(1)>"\'',
  })
  const visit = await owner.open(urlFor(app, client, { state: '"><script>alert(1)</script>' }))
  assert.equal(visit.status, 403)
  isSafePage(visit)
  assert.equal(tryAgain(visit).searchParams.get('state'), '"><script>alert(1)</script>')
})

test('A-052 the page tells whose the address is, and flags a name that is another’s', async () => {
  const shown = async (client_name: string, redirect_uris: readonly string[]) => {
    const client = await registerManaged(app, { ...PUBLIC_CLIENT, client_name, redirect_uris })
    return (await owner.open(urlFor(app, client, { redirect_uri: redirect_uris[0] }))).text
  }
  const claude = 'https://claude.ai/api/mcp/auth_callback'
  assert.match(await shown('Claude', [claude]), /Verified\..*address of Claude/)
  const thief = await shown('Claude', ['https://thief.example/cb', claude])
  assert.match(thief, /Unverified\./)
  assert.match(thief, /Its name is, or looks like, that of Claude/)
  assert.match(thief, /It may also have it go to<\/p>\s*<p class="host">claude\.ai</)
})

test('A-052 a client that waits can still be read and ended by itself', async () => {
  const client = await registerManaged(app)
  assert.equal((await readBack(app, client)).status, 200)
  assert.equal((await configure(app, 'DELETE', client)).status, 204)
  assert.equal(await app.store.clients.find(client.client_id), undefined)
  assert.equal((await owner.open(urlFor(app, client))).status, 400)
})

test('A-052 open again, the door lets newcomers in; who waits goes on waiting', async () => {
  await using open = await createTestApp()
  const client = await registerManaged(open)
  const stored = await open.store.clients.find(client.client_id)
  assert.ok(stored)
  assert.equal(stored.approval, undefined)
  await open.store.clients.replace(
    { ...stored, approval: 'pending' },
    { at: open.now(), type: 'client.updated' },
  )
  isWaitingPage(await (await signedIn(open)).open(urlFor(open, client)))
  assert.equal((await update(open, client, PUBLIC_CLIENT)).status, 200)
  assert.equal((await open.store.clients.find(client.client_id))?.approval, 'pending')
})
