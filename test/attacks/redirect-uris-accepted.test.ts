/** Group 2: redirect URIs that register, and what they then match, warn of and lead to. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser } from '../support/browser.ts'
import { register } from '../support/registering.ts'
import {
  authorizationRequest,
  obtainTokens,
  PUBLIC_CLIENT,
  registerClient,
  signInAndDecide,
} from '../support/scenario.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { isConsentPage, isRefusedMetadata, pageFor } from './hostile-registration.ts'

let app: TestApp
/** The owner's browser. */
let browser: Browser
before(async () => {
  app = await createTestApp({ env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
  browser = new Browser(app)
})
after(() => app[Symbol.asyncDispose]())

/** The authorization request of a client for an address that it did not register: a page, and nobody is sent there. */
async function isNotMatched(client: Parameters<typeof pageFor>[1], redirect_uri: string): Promise<void> {
  const visit = await pageFor(app, client, redirect_uri, browser)
  assert.equal(visit.left, false, redirect_uri)
  assert.equal(visit.status, 400, redirect_uri)
  assert.match(visit.text, /redirect_uri is not one that the client registered/)
  assert.doesNotMatch(visit.text, /<a href/)
}

test('A-027 a wildcard is a character that matches only itself', async () => {
  for (const [registered, ...others] of [
    ['https://*.c.example/cb', 'https://a.c.example/cb', 'https://c.example/cb', 'https://.c.example/cb'],
    ['https://c.example/*', 'https://c.example/', 'https://c.example/cb', 'https://c.example/**'],
    ['https://c.example/cb?*', 'https://c.example/cb', 'https://c.example/cb?x=y'],
    ['cursor://*/cb', 'cursor://evil/cb'],
  ] as const) {
    const client = await registerClient(app, { ...PUBLIC_CLIENT, redirect_uris: [registered] })
    assert.deepEqual((await app.store.clients.find(client.client_id))?.metadata.redirect_uris, [registered])
    isConsentPage(await pageFor(app, client, registered, browser))
    for (const other of others) await isNotMatched(client, other)
  }
  for (const uri of ['http://localhost:*/cb', 'http://*/cb']) {
    await isRefusedMetadata(app, { redirect_uris: [uri] }, { error: 'invalid_redirect_uri' })
  }
})

test('A-031 private-use schemes register, and the consent page warns of them each time', async () => {
  for (const redirect_uri of [
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'vscode://vscode.github-authentication/did-authenticate',
    'com.example.app:/cb',
    'com.example.app:/oauth2redirect/example-provider?x=y',
    'raycast://oauth?package_name=Extension',
    'msteams://x/cb',
    'researcher:/cb',
  ]) {
    const client = await registerClient(app, { ...PUBLIC_CLIENT, redirect_uris: [redirect_uri] })
    assert.deepEqual(client.redirect_uris, [redirect_uri])
    const { url } = authorizationRequest(app, client)
    const again = new Browser(app)
    for (const round of ['first', 'again']) {
      const visit = await pageFor(app, client, undefined, again)
      isConsentPage(visit)
      assert.match(visit.text, new RegExp(`class="host">${new URL(redirect_uri).protocol}<`), round)
      assert.match(
        visit.text,
        /class="warning"><strong>Unverified\.<\/strong> Any app can lay claim to such links/,
        round,
      )
      const done = await signInAndDecide(again, url)
      assert.ok(done.left)
      assert.equal(done.url.protocol, new URL(redirect_uri).protocol)
    }
  }
})

test('A-032 loopback works in all its forms, and at authorization only the port is free', async () => {
  for (const [registered, asked] of [
    ['http://127.0.0.1:1234/cb', 'http://127.0.0.1:49152/cb'],
    ['http://[::1]:1234/cb', 'http://[::1]/cb'],
    ['http://localhost/cb', 'http://localhost:3334/cb'],
    ['http://localhost:3000', 'http://localhost:3001'],
    ['http://127.0.0.1/cb?x=y', 'http://127.0.0.1:65535/cb?x=y'],
    ['HTTP://LOCALHOST/cb', 'HTTP://LOCALHOST:1/cb'],
  ] as const) {
    const client = await registerClient(app, { ...PUBLIC_CLIENT, redirect_uris: [registered] })
    for (const redirect_uri of [registered, asked]) {
      assert.ok((await obtainTokens(app, client, { redirect_uri, browser })).access_token)
    }
  }
  const client = await registerClient(app, { ...PUBLIC_CLIENT, redirect_uris: ['http://127.0.0.1:1234/cb'] })
  for (const other of [
    'http://127.0.0.1:1234/cb2',
    'http://127.0.0.1:1234/cb/',
    'http://127.0.0.1:1234/CB',
    'http://127.0.0.1:1234/cb?x',
    'http://127.0.0.1:1234/x/../cb',
    'http://127.0.0.1:1234/%63b',
    'http://127.0.0.1:1234',
    'http://127.0.0.1:1234/cb#',
    'http://localhost:1234/cb',
    'http://[::1]:1234/cb',
    'http://127.0.0.2:1234/cb',
    'http://127.1:1234/cb',
    'https://127.0.0.1:1234/cb',
    'http://127.0.0.1:1234@evil.example/cb',
    'http://127.0.0.1:1234.evil.example/cb',
    'http://127.0.0.1:65536/cb',
    'http://127.0.0.1:123456/cb',
    'http://127.0.0.1:/cb',
    'http://127.0.0.1:0x50/cb',
    'http://127.0.0.1: 80/cb',
    'http://127.0.0.1\\:80/cb',
    'http://127.0.0.1:-1/cb',
  ]) {
    await isNotMatched(client, other)
  }
  // The port is free for loopback alone.
  const web = await registerClient(app, { ...PUBLIC_CLIENT, redirect_uris: ['https://localhost.example/cb'] })
  await isNotMatched(web, 'https://localhost.example:8443/cb')
})

test('A-033 at a loopback server, where the port is free, a code that comes back to us goes nowhere', async () => {
  await using local = await createTestApp({ env: { CORPUSIQ_OAUTH_RESOURCE_URL: 'http://127.0.0.1:8787' } })
  for (const path of ['/authorize', '/authorize?response_type=code', '/login', '/', '/mcp']) {
    const redirect_uri = `${local.url}${path}`
    const [{ client_id }] = await register(local, { ...PUBLIC_CLIENT, redirect_uris: [redirect_uri] })
    const person = new Browser(local)
    const visit = await pageFor(local, { client_id, redirect_uris: [redirect_uri] }, undefined, person)
    isConsentPage(visit)
    const consent = visit.forms[0]
    assert.ok(consent)
    // The browser follows, because the address is on this site; whatever stands there sends nobody further.
    const done = await person.submit(visit, consent, { decision: 'approve' })
    assert.equal(done.left, false)
    assert.ok(done.status < 500, `${done.status}`)
    assert.ok(!done.text.includes('code_'), done.text)
    assert.ok(!JSON.stringify(local.events).includes('code_'))
  }
})
