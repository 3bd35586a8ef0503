/** The owner's page: who is connected, who waits, and the buttons. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Browser, type Visit } from './support/browser.ts'
import {
  authorizationRequest,
  callMcp,
  obtainTokens,
  PUBLIC_CLIENT,
  refresh,
  registerClient,
  signInAndDecide,
} from './support/scenario.ts'
import { postForm } from './support/site.ts'
import { createTestApp, type TestApp } from './support/test-app.ts'

async function signedIn(site: TestApp): Promise<Browser> {
  const browser = new Browser(site)
  await signInAndDecide(browser, `${site.url}/login`)
  return browser
}

/** The form whose button does `action`, about the client or grant that `about` names. */
function button(visit: Visit, action: string, about = '') {
  const form = visit.forms.find(
    ({ fields, buttons }) =>
      buttons.some(({ value }) => value === action) &&
      [...fields.values()].some((value) => value.includes(about)),
  )
  assert.ok(form, `no button ${action} ${about}: ${visit.text}`)
  return form
}

test('nobody sees it without signing in; the start page links to it for who is signed in alone', async () => {
  await using site = await createTestApp()
  const stranger = await site.fetch(new Request(`${site.url}/connections`))
  assert.equal(stranger.status, 302)
  assert.equal(stranger.headers.get('location'), '/login?return_to=/connections')
  assert.doesNotMatch(await (await site.fetch(new Request(`${site.url}/`))).text(), /\/connections/)
  const browser = await signedIn(site)
  assert.match((await browser.open(`${site.url}/`)).text, /href="\/connections"/)
  const page = await browser.open(`${site.url}/connections`)
  assert.equal(page.status, 200)
  assert.match(page.text, /No program has access now/)
  // Signing out is on it.
  const out = await browser.submit(
    page,
    page.forms.find(({ action }) => action.endsWith('/logout')) ?? assert.fail(),
  )
  assert.equal(out.url.pathname, '/login')
  assert.equal((await browser.open(`${site.url}/connections`)).url.pathname, '/login')
})

test('it names client, verified or not, hosts, scopes, since and last use; a client’s texts are text; nothing is loaded', async () => {
  await using site = await createTestApp()
  const browser = await signedIn(site)
  const chatgpt = await registerClient(site, {
    ...PUBLIC_CLIENT,
    client_name: 'ChatGPT',
    redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
  })
  const evil = await registerClient(site, {
    ...PUBLIC_CLIENT,
    client_name: '<img src=x onerror=alert(1)> ChatGPT',
    redirect_uris: ['https://evil.example/cb'],
    logo_uri: 'https://evil.example/logo.png',
    client_uri: 'https://evil.example/',
  })
  await obtainTokens(site, chatgpt, { browser, scope: 'corpus:search' })
  await obtainTokens(site, evil, { browser })
  const { text, response } = await browser.open(`${site.url}/connections`)
  assert.match(text, /<bdi>ChatGPT<\/bdi><\/h3>\s*<p>Verified by its address: ChatGPT\./)
  assert.match(text, /class="host">chatgpt\.com</)
  assert.match(
    text,
    /May search in your documents\. Since <time datetime="2026-11-24T12:00:00\.000Z">2026-11-24 12:00 UTC<\/time>, last used/,
  )
  assert.match(text, /&lt;img src=x onerror=alert\(1\)&gt; ChatGPT/)
  assert.match(text, /Unverified: nobody has checked this name/)
  assert.match(text, /The name resembles ChatGPT, but this is not its address/)
  assert.doesNotMatch(text, /<img|<script|logo\.png|href="https:\/\/evil/)
  assert.match(text, /ChatGPT and Claude keep a connection that you remove on their side/)
  const policy = response.headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /frame-ancestors 'none'/)
  assert.equal(response.headers.get('cache-control'), 'no-store')
})

test('one button ends an access at once and forgets the consent; others live on', async () => {
  await using site = await createTestApp()
  const browser = await signedIn(site)
  const client = await registerClient(site)
  const other = await registerClient(site, { ...PUBLIC_CLIENT, client_name: 'Other' })
  const tokens = await obtainTokens(site, client, { browser })
  const others = await obtainTokens(site, other, { browser })
  assert.equal((await callMcp(site, tokens.access_token)).status, 200)

  const [grant] = await site.store.grants.page({ limit: 1, client_id: client.client_id })
  const page = await browser.open(`${site.url}/connections`)
  site.events.length = 0
  const after = await browser.submit(page, button(page, 'end', grant?.grant_id), { action: 'end' })
  assert.equal(after.url.pathname, '/connections')
  assert.equal((await callMcp(site, tokens.access_token)).status, 401)
  assert.equal((await refresh(site, client, tokens.refresh_token ?? '')).status, 400)
  assert.equal((await callMcp(site, others.access_token)).status, 200)
  assert.doesNotMatch(after.text, new RegExp(client.client_id))
  assert.ok(site.events.some(({ type }) => type === 'grant.revoked'))
  // A consent that were remembered would let the client in again without a page.
  const again = await browser.open(authorizationRequest(site, client).url)
  assert.equal(again.left, false)
  assert.match(again.text, /name="decision"/)
})

test('the second button removes the client with every access', async () => {
  await using site = await createTestApp()
  const browser = await signedIn(site)
  const client = await registerClient(site)
  const first = await obtainTokens(site, client, { browser })
  const second = await obtainTokens(site, client, { browser })
  const page = await browser.open(`${site.url}/connections`)
  assert.equal(page.forms.filter(({ buttons }) => buttons.some(({ value }) => value === 'end')).length, 2)
  await browser.submit(page, button(page, 'remove', client.client_id), { action: 'remove' })
  assert.equal((await callMcp(site, first.access_token)).status, 401)
  assert.equal((await callMcp(site, second.access_token)).status, 401)
  assert.equal(await site.store.clients.find(client.client_id), undefined)
  // Clicked twice, in two windows.
  const twice = await browser.submit(page, button(page, 'remove', client.client_id), { action: 'remove' })
  assert.equal(twice.status, 200)
})

test('clients that wait are approved or refused there; approved is what was seen', async () => {
  await using site = await createTestApp({ env: { CORPUSIQ_REGISTRATION_ACCESS: 'approval' } })
  const browser = await signedIn(site)
  const wanted = await registerClient(site, { ...PUBLIC_CLIENT, client_name: 'Wanted' })
  const unwanted = await registerClient(site, { ...PUBLIC_CLIENT, client_name: 'Unwanted' })
  let page = await browser.open(`${site.url}/connections`)
  assert.match(page.text, /Waiting for your approval/)

  // It becomes another one while the page is open.
  const seen = (await site.store.clients.find(wanted.client_id)) ?? assert.fail()
  const metadata = { ...seen.metadata, redirect_uris: ['https://elsewhere.example/cb'] }
  await site.store.clients.replace({ ...seen, metadata }, { at: site.now(), type: 'client.updated' })
  page = await browser.submit(page, button(page, 'approve', wanted.client_id), { action: 'approve' })
  assert.equal((await site.store.clients.find(wanted.client_id))?.approval, 'pending')
  assert.match(page.text, /elsewhere\.example/)

  page = await browser.submit(page, button(page, 'approve', wanted.client_id), { action: 'approve' })
  assert.equal((await site.store.clients.find(wanted.client_id))?.approval, undefined)
  page = await browser.submit(page, button(page, 'refuse', unwanted.client_id), { action: 'refuse' })
  assert.equal(await site.store.clients.find(unwanted.client_id), undefined)
  assert.doesNotMatch(page.text, /Waiting for your approval/)
})

test('a form of another session, for another target, from another site or made up changes nothing', async () => {
  await using site = await createTestApp()
  const browser = await signedIn(site)
  const client = await registerClient(site)
  const other = await registerClient(site, { ...PUBLIC_CLIENT, client_name: 'Other' })
  const tokens = await obtainTokens(site, client, { browser })
  await obtainTokens(site, other, { browser })
  const page = await browser.open(`${site.url}/connections`)
  const ending = button(page, 'end')
  const removal = button(page, 'remove', other.client_id)
  const mine = await signedIn(site)
  const statuses: number[] = []
  const send = async (visitor: Browser, values: Record<string, string>, form = ending) =>
    statuses.push((await visitor.submit(page, form, values)).status)
  await send(mine, { action: 'end' })
  await send(browser, { action: 'end', token: 'x' })
  await send(browser, { action: 'end', grant_id: 'grant_of_another' })
  await send(browser, { action: 'remove' })
  await send(browser, { action: 'remove', client_id: client.client_id }, removal)
  await send(browser, { action: 'end', client_id: client.client_id })
  await send(browser, { action: 'approve', grant_id: 'x' }, removal)
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const fields = { ...Object.fromEntries(ending.fields), action: 'end' }
  for (const headers of [
    { cookie, 'sec-fetch-site': 'cross-site' },
    { cookie, origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-origin' },
  ]) {
    statuses.push(
      (await postForm(site, `${site.url}/connections`, fields, headers as Record<string, string>)).status,
    )
  }
  assert.deepEqual(statuses, [403, 403, 403, 400, 403, 403, 403, 403, 403, 403])
  assert.equal((await callMcp(site, tokens.access_token)).status, 200)
  assert.ok(await site.store.clients.find(client.client_id))
  assert.ok(await site.store.clients.find(other.client_id))
})

test('a hundred accesses and more are shown on further pages', async () => {
  await using site = await createTestApp()
  const browser = await signedIn(site)
  const client = await registerClient(site)
  const tokens = await obtainTokens(site, client, { browser })
  const [first] = await site.store.grants.page({ limit: 1 })
  assert.ok(first)
  for (let n = 0; n < 104; n++) await obtainTokens(site, client, { browser })
  assert.equal((await callMcp(site, tokens.access_token)).status, 200)
  const page = await browser.open(`${site.url}/connections`)
  const [, next = ''] = /href="(\/connections\?after=[^"]+)"/.exec(page.text) ?? []
  const rest = await browser.open(`${site.url}${next}`)
  const count = (visit: Visit) =>
    visit.forms.filter(({ buttons }) => buttons.some(({ value }) => value === 'end')).length
  assert.deepEqual([count(page), count(rest)], [100, 5])
})
