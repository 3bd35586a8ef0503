/** Group 7: the authorization request: state, and what a person has allowed. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Visit } from '../support/browser.ts'
import {
  authorizationRequest,
  authorize,
  CALLBACK,
  PUBLIC_CLIENT,
  registerClient,
  signInAndDecide,
} from '../support/scenario.ts'
import { isPage, isRedirectError, isSafePage, linksOf, urlFor } from './authorization-answers.ts'
import { type AuthorizationScene, authorizationScene } from './authorization-scene.ts'

let scene: AuthorizationScene
before(async () => {
  scene = await authorizationScene()
})
after(() => scene.end())

const STATES = [
  'a\r\nSet-Cookie: x=1',
  'a\r\n\r\n<script>alert(1)</script>',
  '"><script>alert(1)</script>',
  "'><img src=x onerror=alert(1)>",
  '&error=access_denied&code=code_x',
  '#fragment',
  '?x=1',
  '%0d%0a%00',
  '%',
  'a+b c%20',
  'ключ 🔑 \u202e\u0000',
  '{"a":[1]}',
  's'.repeat(8192),
]

test('A-073 state comes back unchanged and encoded, in success and in error', async () => {
  for (const state of STATES) {
    const visit = await scene.browser.open(urlFor(scene.app, scene.approved, { state }))
    const location = visit.response.headers.get('location') ?? ''
    assert.match(location, /^https:\/\/client\.example\.com\/callback\?code=code_[\x21-\x7e]+$/)
    const { code = '', ...parameters } = Object.fromEntries(new URL(location).searchParams)
    assert.match(code, /^code_[\w-]+$/)
    assert.deepEqual(parameters, { state, iss: scene.app.url })
    assert.deepEqual(visit.response.headers.getSetCookie(), [])
    const refused = await scene.browser.open(
      urlFor(scene.app, scene.approved, { state, response_type: 'token' }),
    )
    isRedirectError(refused, 'unsupported_response_type', {
      redirect_uri: CALLBACK,
      iss: scene.app.url,
      state,
    })
  }
})

test('A-073 state on our pages is text: at the login, at the consent, on a refusal', async () => {
  for (const state of STATES) {
    const login = await scene.stranger().open(urlFor(scene.app, scene.fresh, { state }))
    assert.equal(login.url.pathname, '/login')
    isSafePage(login)
    const consent = await scene.browser.open(urlFor(scene.app, scene.fresh, { state }))
    assert.equal(consent.status, 200)
    isSafePage(consent)
    const refusal = await scene.browser.open(
      urlFor(scene.app, scene.fresh, { state, response_type: 'token' }),
    )
    isPage(refusal)
    const [link] = linksOf(refusal.text)
    assert.equal(new URL(link?.href ?? '').searchParams.get('state'), state)
  }
})

test('A-073 state survives the login and the consent, byte for byte', async () => {
  for (const state of STATES.filter(({ length }) => length < 1000)) {
    const client = await registerClient(scene.app)
    const request = authorizationRequest(scene.app, client, { state })
    const visit = await signInAndDecide(scene.stranger(), request.url)
    assert.equal(visit.left, true, `${visit.status} ${visit.text}`)
    assert.equal(visit.url.searchParams.get('state'), state)
  }
})

test('A-073 a state beyond the bound: 414', async () => {
  for (const person of [scene.browser, scene.stranger()]) {
    isPage(await person.open(urlFor(scene.app, scene.approved, { state: 's'.repeat(65_536) })), 414)
  }
})

/** A page of ours where somebody decides: no code has left. */
function isAsked(visit: Visit): void {
  assert.equal(visit.left, false, visit.url.href)
  assert.equal(visit.status, 200, visit.text)
  isSafePage(visit)
}

test('A-074 signed in, and yet no code leaves without consent to this client', async () => {
  const codes = () => scene.app.events.filter(({ type }) => type === 'authorization.approved').length
  const before = codes()
  for (const prompt of [undefined, '', 'login', 'select_account', 'consent', 'x']) {
    isAsked(await scene.browser.open(urlFor(scene.app, scene.fresh, { prompt })))
    isAsked(await scene.stranger().open(urlFor(scene.app, scene.fresh, { prompt })))
  }
  for (const prompt of ['none', 'none ', ' none', 'none consent', 'none login']) {
    const error = prompt === 'none' ? 'consent_required' : 'invalid_request'
    const visit = await scene.browser.open(urlFor(scene.app, scene.fresh, { prompt }))
    isPage(visit)
    assert.match(visit.text, new RegExp(`<code>${error}</code>`))
  }
  const nobody = await scene.stranger().open(urlFor(scene.app, scene.approved, { prompt: 'none' }))
  isPage(nobody)
  assert.match(nobody.text, /<code>login_required<\/code>/)
  assert.equal(codes(), before)
})

test('A-074 prompt=none where the person has allowed less: consent_required; at another host (A-186): a page', async () => {
  const client = await registerClient(scene.app, {
    ...PUBLIC_CLIENT,
    redirect_uris: [CALLBACK, 'https://second.example.com/callback', 'http://127.0.0.1:7777/cb'],
  })
  await authorize(scene.app, client, { browser: scene.browser, scope: 'corpus:read' })
  const none = { prompt: 'none', scope: 'corpus:read' }
  const redirect_uri = CALLBACK
  for (const changes of [
    { ...none, redirect_uri, scope: 'corpus:read corpus:search' },
    { ...none, redirect_uri, scope: undefined },
  ]) {
    const visit = await scene.browser.open(urlFor(scene.app, client, changes))
    isRedirectError(visit, 'consent_required', { redirect_uri: changes.redirect_uri, iss: scene.app.url })
  }
  for (const other of ['https://second.example.com/callback', 'http://127.0.0.1:7777/cb']) {
    isPage(await scene.browser.open(urlFor(scene.app, client, { ...none, redirect_uri: other })))
  }
  const visit = await scene.browser.open(urlFor(scene.app, client, none))
  assert.ok(visit.url.searchParams.has('code'))
})
