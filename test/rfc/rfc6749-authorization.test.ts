import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, type Visit } from '../support/browser.ts'
import {
  authorizationRequest,
  authorize,
  CALLBACK,
  PUBLIC_CLIENT,
  type RegisteredClient,
  registerClient,
  signInAndDecide,
} from '../support/scenario.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

let app: TestApp
/** Signed in, and has approved `approved` before. */
let browser: Browser
let approved: RegisteredClient
/** Nobody has approved this one. */
let fresh: RegisteredClient

before(async () => {
  app = await createTestApp()
  approved = await registerClient(app)
  fresh = await registerClient(app)
  browser = new Browser(app)
  await authorize(app, approved, { browser })
})
after(() => app[Symbol.asyncDispose]())

type Changes = Readonly<Record<string, string | undefined>>

function urlFor(client: RegisteredClient, changes: Changes = {}, raw = ''): string {
  return authorizationRequest(app, client, { extra: changes }).url.href + raw
}

/** A page of ours, with nothing sent to the client. */
function isPage(visit: Visit, status = 400): void {
  assert.equal(visit.left, false, `left for ${visit.url.href}`)
  assert.equal(visit.status, status, visit.text)
  assert.match(visit.response.headers.get('content-type') ?? '', /^text\/html/)
}

/** A redirect to the client with an error. */
function isRedirectError(visit: Visit, error: string, callback = CALLBACK): void {
  assert.equal(visit.left, true, visit.text)
  assert.equal(visit.url.origin + visit.url.pathname, callback)
  assert.equal(visit.url.searchParams.get('error'), error)
  assert.equal(visit.url.searchParams.get('iss'), app.url)
  assert.equal(visit.url.searchParams.get('code'), null)
}

test('RFC 6749 §4.1.2 the code goes to the redirect URI, with the state as it came', async () => {
  for (const state of ['xyz', '"><script>', 'a\r\nSet-Cookie: x=1', 'é 🔑 & = + %', 's'.repeat(8192)]) {
    const visit = await browser.open(urlFor(approved, { state }))
    assert.equal(visit.left, true, visit.text)
    assert.equal(visit.status, 302)
    assert.equal(visit.url.origin + visit.url.pathname, CALLBACK)
    assert.match(visit.url.searchParams.get('code') ?? '', /^code_/)
    assert.equal(visit.url.searchParams.get('state'), state)
    assert.equal(visit.response.headers.get('cache-control'), 'no-store')
  }
})

test('RFC 6749 §4.1.2 no state in the answer where none was sent', async () => {
  const visit = await browser.open(urlFor(approved, { state: undefined }))
  assert.deepEqual([...visit.url.searchParams.keys()], ['code', 'iss'])
})

test('A-063 RFC 6749 §4.1.2.1 a redirect URI that is not registered "MUST NOT automatically redirect": a page', async () => {
  for (const redirect_uri of [
    'https://client.example.com/other',
    'https://evil.example/callback',
    'https://client.example.com/callback/sub',
    'https://client.example.com/callback?x=1',
    'https://client.example.com/Callback',
    'https://client.example.com/callback/',
    'https://client.example.com/%63allback',
    'javascript:alert(1)',
    '//evil.example',
  ]) {
    const visit = await browser.open(urlFor(approved, { redirect_uri }))
    isPage(visit)
    assert.ok(!visit.text.includes('evil.example') || !visit.text.includes('href'), redirect_uri)
  }
  isPage(await browser.open(urlFor(approved, {}, '&redirect_uri=https%3A%2F%2Fevil.example%2F')))
})

test('A-064 RFC 6749 §3.1.2.3 no redirect URI with several registered: a page; with one, that one', async () => {
  const several = await registerClient(app, {
    ...PUBLIC_CLIENT,
    redirect_uris: [CALLBACK, 'https://client.example.com/2'],
  })
  isPage(await browser.open(urlFor(several, { redirect_uri: undefined })))
  const visit = await browser.open(urlFor(approved, { redirect_uri: undefined }))
  assert.equal(visit.url.origin + visit.url.pathname, CALLBACK)
})

test('A-067 RFC 6749 §4.1.2.1 an unknown, empty or missing client: a page that says what to do, its text escaped', async () => {
  const unknown = await browser.open(urlFor(approved, { client_id: '<script>alert(1)</script>' }))
  isPage(unknown)
  assert.match(unknown.text, /invalid_client/)
  assert.match(unknown.text, /remove this server .* and add it again/)
  assert.ok(!unknown.text.includes('<script>'))
  isPage(await browser.open(urlFor(approved, { client_id: 'client_0123456789' })))
  isPage(await browser.open(urlFor(approved, { client_id: '' })))
  isPage(await browser.open(urlFor(approved, { client_id: undefined })))
})

test('A-066 RFC 6749 §4.1.2.1 unsupported_response_type', async () => {
  for (const response_type of ['token', 'code token', 'id_token', 'none']) {
    isRedirectError(await browser.open(urlFor(approved, { response_type })), 'unsupported_response_type')
  }
  isRedirectError(await browser.open(urlFor(approved, { response_type: undefined })), 'invalid_request')
})

test('A-068 RFC 6749 §3.1 a repeated parameter: a page where client or address are in doubt, else invalid_request', async () => {
  isPage(await browser.open(urlFor(approved, {}, `&client_id=${fresh.client_id}`)))
  isPage(await browser.open(urlFor(approved, {}, `&redirect_uri=${encodeURIComponent(CALLBACK)}`)))
  for (const repeated of ['&state=2', '&scope=x&scope=y', '&code_challenge=x', '&response_type=code']) {
    isRedirectError(await browser.open(urlFor(approved, {}, repeated)), 'invalid_request')
  }
})

test('A-071 RFC 9101 request and request_uri are refused and never fetched', async () => {
  isRedirectError(await browser.open(urlFor(approved, { request: 'eyJ' })), 'request_not_supported')
  const request_uri = 'http://169.254.169.254/latest'
  isRedirectError(await browser.open(urlFor(approved, { request_uri })), 'request_uri_not_supported')
})

test('A-072 response_mode other than query: invalid_request', async () => {
  isRedirectError(await browser.open(urlFor(approved, { response_mode: 'fragment' })), 'invalid_request')
})

test('A-074 prompt=none: login_required or consent_required, never a code that was not granted', async () => {
  const stranger = await new Browser(app).open(urlFor(approved, { prompt: 'none' }))
  isPage(stranger)
  assert.match(stranger.text, /login_required/)
  const unasked = await browser.open(urlFor(fresh, { prompt: 'none' }))
  isPage(unasked)
  assert.match(unasked.text, /consent_required/)
  assert.ok((await browser.open(urlFor(approved, { prompt: 'none' }))).url.searchParams.has('code'))
})

test('A-075 RFC 9700 §4.11.2 a fault of a client that the person never approved: a page that carries the link', async () => {
  for (const person of [browser, new Browser(app)]) {
    const visit = await person.open(urlFor(fresh, { response_type: 'token', state: 's"><b>' }))
    isPage(visit)
    const link = /href="(https:\/\/client\.example\.com[^"]*)"/
      .exec(visit.text)?.[1]
      ?.replaceAll('&amp;', '&')
    assert.ok(link, visit.text)
    assert.equal(new URL(link).searchParams.get('error'), 'unsupported_response_type')
    assert.equal(new URL(link).searchParams.get('state'), 's"><b>')
    assert.ok(!visit.text.includes('<b>'))
  }
})

test('A-075 nobody signed in is redirected on an error, not even for a client that was approved', async () => {
  isPage(await new Browser(app).open(urlFor(approved, { code_challenge: undefined })))
})

test('A-076 POST to the authorization endpoint, HEAD, 101 parameters, an endless query', async () => {
  const post = await app.fetch(
    new Request(`${app.url}/authorize`, { method: 'POST', body: new URLSearchParams() }),
  )
  assert.equal(post.status, 405)
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const head = await app.fetch(new Request(urlFor(approved), { method: 'HEAD', headers: { cookie } }))
  assert.equal(head.status, 405)
  isPage(await browser.open(urlFor(approved, {}, '&x=1'.repeat(101))))
  isPage(await browser.open(urlFor(approved, { state: 'x'.repeat(65_536) })), 414)
})

test('RFC 6749 §3.1 unrecognized parameters are ignored', async () => {
  const visit = await browser.open(urlFor(approved, { audience: 'x', nonce: 'y', login_hint: 'z' }))
  assert.ok(visit.url.searchParams.has('code'))
})

test('RFC 6749 §4.1.2.1 access_denied, with the state', async () => {
  const request = authorizationRequest(app, fresh, { state: 'kept' })
  const visit = await signInAndDecide(browser, request.url, 'deny')
  isRedirectError(visit, 'access_denied')
  assert.equal(visit.url.searchParams.get('state'), 'kept')
})

test('A-077 RFC 9700 §4.12 the redirect after the form is 303, the one without a page 302', async () => {
  const client = await registerClient(app)
  const approval = await signInAndDecide(browser, authorizationRequest(app, client).url)
  assert.equal(approval.status, 303)
  assert.equal((await browser.open(urlFor(client))).status, 302)
})

test('A-069 RFC 6749 §3.3 unknown, missing and foreign scopes never make an error, and never give more than registered', async () => {
  const restricted = await registerClient(app, { ...PUBLIC_CLIENT, scope: 'corpus:read' })
  for (const scope of [undefined, '', 'claudeai', 'corpus:read corpus:search admin', ' '.repeat(5000)]) {
    const page = await browser.open(urlFor(restricted, { scope }))
    assert.equal(page.status, 200, page.text)
    assert.match(page.text, /read the documents/)
    assert.doesNotMatch(page.text, /search in your documents/)
  }
})

test('RFC 8252 §7.3 a loopback redirect URI may come with any port, RFC 6749 §3.1.2 a query in it is kept', async () => {
  const native = await registerClient(app, {
    ...PUBLIC_CLIENT,
    redirect_uris: ['http://127.0.0.1/cb', 'https://raycast.com/redirect?packageName=Extension'],
  })
  const loopback = await signInAndDecide(
    browser,
    urlFor(native, { redirect_uri: 'http://127.0.0.1:52101/cb' }),
  )
  assert.equal(loopback.url.origin, 'http://127.0.0.1:52101')
  const redirect_uri = 'https://raycast.com/redirect?packageName=Extension'
  const raycast = await signInAndDecide(browser, urlFor(native, { redirect_uri }))
  assert.ok(raycast.url.href.startsWith(`${redirect_uri}&code=code_`), raycast.url.href)
})

test('RFC 8252 §7.1 a private scheme gets the code at its own URI', async () => {
  const redirect_uri = 'cursor://anysphere.cursor-mcp/oauth/callback'
  const cursor = await registerClient(app, { ...PUBLIC_CLIENT, redirect_uris: [redirect_uri] })
  const visit = await signInAndDecide(browser, urlFor(cursor))
  assert.ok(visit.url.href.startsWith(`${redirect_uri}?code=code_`), visit.url.href)
})
