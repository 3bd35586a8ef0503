/** Group 7: the authorization endpoint itself: what it fetches, how it is called, and how it sends people on. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { Browser } from '../support/browser.ts'
import {
  authorizationRequest,
  authorize,
  CALLBACK,
  PUBLIC_CLIENT,
  registerClient,
  signInAndDecide,
} from '../support/scenario.ts'
import { OWNER } from '../support/site.ts'
import { createTestApp } from '../support/test-app.ts'
import { exchange } from '../web/raw.ts'
import {
  isErrorLocation,
  isPage,
  isRedirectError,
  linksOf,
  signedIn,
  urlFor,
} from './authorization-answers.ts'
import { type AuthorizationScene, authorizationScene } from './authorization-scene.ts'
import { cookieOf } from './consent-scene.ts'
import { failuresOf, serveTestApp } from './served-app.ts'

let scene: AuthorizationScene
before(async () => {
  scene = await authorizationScene()
})
after(() => scene.end())

test('A-071 request objects are refused, and nothing that a request names is fetched', async () => {
  let connections = 0
  const bait = createServer((_request, response) => response.end('{}')).on('connection', () => connections++)
  bait.listen(0, '127.0.0.1')
  await once(bait, 'listening')
  const address = bait.address()
  assert.ok(address !== null && typeof address === 'object')
  const url = `http://127.0.0.1:${address.port}/object`
  try {
    for (const request of ['eyJhbGciOiJub25lIn0.e30.', 'x', url]) {
      await scene.isToldToTheClient('request_not_supported', { request })
    }
    for (const request_uri of [
      url,
      'http://169.254.169.254/latest/meta-data',
      'file:///etc/passwd',
      'urn:ietf:params:oauth:request_uri:x',
    ]) {
      await scene.isToldToTheClient('request_uri_not_supported', { request_uri })
    }
    const { app, browser, fresh, approved } = scene
    const ignored = {
      registration: `{"redirect_uris":["${url}"],"jwks_uri":"${url}"}`,
      client_metadata_uri: url,
    }
    const asked = await browser.open(urlFor(app, fresh, ignored))
    assert.equal(asked.status, 200)
    assert.ok(!asked.text.includes(url))
    const visit = await browser.open(urlFor(app, approved, ignored))
    assert.ok(visit.response.headers.get('location')?.startsWith(`${CALLBACK}?code=`))
    assert.equal(connections, 0)
  } finally {
    bait.close()
  }
})

test('A-075 a wrong request is no way out of our host, for a client that nobody allowed', async () => {
  const { app, browser } = scene
  for (const redirect_uri of [
    'https://evil.example/phish?next=1',
    'http://localhost:9999/cb',
    'com.evil.app:/cb',
    'cursor://evil.example/cb',
  ]) {
    const evil = await registerClient(app, { ...PUBLIC_CLIENT, redirect_uris: [redirect_uri] })
    for (const person of [browser, scene.stranger()]) {
      for (const changes of [
        { response_type: 'token' },
        { code_challenge: undefined },
        { resource: 'https://evil.example' },
        { prompt: 'none' },
        { response_mode: 'x' },
        { request: 'x' },
      ]) {
        const visit = await person.open(urlFor(app, evil, changes))
        isPage(visit)
        const [link] = linksOf(visit.text)
        assert.ok(link, visit.text)
        assert.ok(link.href.startsWith(redirect_uri), link.href)
        assert.equal(link.rel, 'noreferrer')
      }
    }
  }
})

test('A-075 a denial, the first thing that the client is told, was the person’s own', async () => {
  const { app, browser } = scene
  const client = await registerClient(app)
  const denied = await signInAndDecide(browser, urlFor(app, client), 'deny')
  isRedirectError(denied, 'access_denied', { redirect_uri: CALLBACK, iss: app.url, status: 303 })
  isPage(await browser.open(urlFor(app, client, { response_type: 'token' })))
})

test('A-075 the login leads to no other host, whatever it is asked to return to', async () => {
  const { app } = scene
  for (const target of [
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example/',
    'https:evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '\t//evil.example',
    ' //evil.example',
    '/ /evil.example',
    '/\n/evil.example',
    '@evil.example',
    '.evil.example',
    'evil.example',
    '',
  ]) {
    for (const place of ['query', 'form'] as const) {
      const person = new Browser(app)
      const query = place === 'query' ? encodeURIComponent(target) : '/'
      const page = await person.open(`${app.url}/login?return_to=${query}`)
      const [form] = page.forms
      assert.ok(form)
      const values = place === 'form' ? { ...OWNER, return_to: target } : OWNER
      const visit = await person.submit(page, form, values)
      assert.equal(visit.left, false, `${place} ${JSON.stringify(target)}: ${visit.url.href}`)
      assert.equal(visit.url.href, `${app.url}/`, `${place} ${JSON.stringify(target)}`)
      const again = await person.open(`${app.url}/login?return_to=${query}`)
      assert.equal(again.url.href, `${app.url}/`)
    }
  }
})

test('A-076 any method but GET is 405, and makes no code', async () => {
  const { app, browser, approved } = scene
  const cookie = cookieOf(browser)
  const before = app.events.length
  const parameters = new URL(urlFor(app, approved)).searchParams
  for (const method of ['POST', 'HEAD', 'PUT', 'DELETE', 'PATCH']) {
    const body = method === 'POST' || method === 'PUT' ? { body: parameters } : {}
    for (const url of [urlFor(app, approved), `${app.url}/authorize`]) {
      const response = await app.fetch(new Request(url, { method, headers: { cookie }, ...body }))
      assert.equal(response.status, 405, method)
      assert.match(response.headers.get('allow') ?? '', /\bGET\b/)
      assert.equal(response.headers.get('location'), null)
    }
  }
  assert.equal(app.events.length, before)
})

test('A-076 a hundred parameters pass, more are a page; an endless query is 414', async () => {
  const { app, browser, approved } = scene
  const own = [...new URL(urlFor(app, approved)).searchParams].length
  const many = Array.from({ length: 100 - own }, (_, index) => `&x${index}=1`).join('')
  const visit = await browser.open(urlFor(app, approved, {}, many))
  assert.ok(visit.response.headers.get('location')?.startsWith(`${CALLBACK}?code=`))
  await scene.isKeptHere((client) => urlFor(app, client, {}, `${many}&y=1`), /too many parameters/)
  await scene.isKeptHere((client) => urlFor(app, client, {}, '&x=1'.repeat(3000)), /too many parameters/)
  for (const raw of [`&x=${'y'.repeat(65_536)}`, '&'.repeat(65_536), '&x=1'.repeat(16_384)]) {
    await scene.isKeptHere((client) => urlFor(app, client, {}, raw), /too long/, 414)
  }
})

test('A-076 over the wire: a query of 64 KB is 414 or 431, and the next request is served', async () => {
  await using app = await serveTestApp()
  const client = await registerClient(app)
  const { pathname, search } = authorizationRequest(app, client).url
  for (const target of [
    `${pathname}${search}&x=${'y'.repeat(65_536)}`,
    `${pathname}?${'a=b&'.repeat(16_384)}`,
  ]) {
    const request = `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${app.port}\r\nConnection: close\r\n\r\n`
    const answer = await exchange(app.port, request)
    assert.match(answer, /^HTTP\/1\.1 (414|431) /)
  }
  const visit = await new Browser(app).open(authorizationRequest(app, client).url)
  assert.equal(visit.status, 200)
  assert.deepEqual(failuresOf(app), [])
})

test('A-077 what a form is answered with is 303, so that the password goes nowhere else', async () => {
  await using app = await createTestApp({ owner: false })
  const statuses: string[] = []
  const watched = {
    url: app.url,
    fetch: async (request: Request) => {
      const response = await app.fetch(request)
      if (response.headers.has('location')) {
        statuses.push(`${request.method} ${new URL(request.url).pathname} ${response.status}`)
      }
      return response
    },
  }
  const person = new Browser(watched)
  const setup = await person.open((await app.app.setupLink()) ?? '')
  await person.submit(setup, setup.forms[0] as never, { ...OWNER, password_again: OWNER.password })
  const client = await registerClient(app)
  await authorize(app, client, { browser: person })
  await person.open(urlFor(app, client))
  await signInAndDecide(person, urlFor(app, client, { prompt: 'consent' }), 'deny')
  const other = new Browser(watched)
  await signInAndDecide(other, urlFor(app, client))
  assert.deepEqual(statuses, [
    'POST /setup 303',
    'POST /authorize/decision 303',
    'GET /authorize 302',
    'POST /authorize/decision 303',
    'GET /authorize 302',
    'POST /login 303',
    'GET /authorize 302',
  ])
})

test('A-075 for a client that was allowed, the error goes to its own address, with state and iss', async () => {
  const { app } = scene
  const redirect_uri = 'https://raycast.com/redirect?packageName=Extension'
  const client = await registerClient(app, { ...PUBLIC_CLIENT, redirect_uris: [redirect_uri] })
  const person = await signedIn(app)
  await authorize(app, client, { browser: person })
  const visit = await person.open(urlFor(app, client, { response_type: 'token' }))
  const location = visit.response.headers.get('location') ?? ''
  assert.ok(location.startsWith(`${redirect_uri}&error=unsupported_response_type`), location)
  const added = `https://x.example/?${location.slice(redirect_uri.length + 1)}`
  isErrorLocation(added, 'unsupported_response_type', { state: 'kept', iss: app.url })
})
