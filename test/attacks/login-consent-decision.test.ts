/** Group 8: the decision: without a login, forged, twice. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser } from '../support/browser.ts'
import { CALLBACK, exchangeCode, registerClient } from '../support/scenario.ts'
import { OWNER } from '../support/site.ts'
import { isPage, isRedirectError, signedIn, urlFor } from './authorization-answers.ts'
import { type ConsentScene, consentScene, cookieOf } from './consent-scene.ts'

let scene: ConsentScene
before(async () => {
  scene = await consentScene()
})
after(() => scene.end())

const DECISION = '/authorize/decision'

test('A-078 no step of ours gives a code to somebody who is not signed in', () =>
  scene.makesNoCode(async () => {
    const client = await registerClient(scene.app)
    const { page, form } = await scene.consentFor(client)
    const strangers = [new Browser(scene.app), new Browser(scene.app), new Browser(scene.app)]
    strangers[1]?.cookies.set('__Host-corpusiq_session', `session_${'0'.repeat(12)}${'A'.repeat(43)}`)
    strangers[2]?.cookies.set(
      '__Host-corpusiq_browser',
      scene.browser.cookies.get('__Host-corpusiq_browser') ?? '',
    )
    for (const stranger of strangers) {
      isPage(await stranger.submit(page, form, { decision: 'approve' }), 403)
      isPage(await stranger.submit(page, form, { decision: 'deny' }), 403)
      for (const changes of [
        {},
        { prompt: 'login' },
        { login_hint: OWNER.username },
        { username: OWNER.username, password: OWNER.password, decision: 'approve' },
      ]) {
        const visit = await stranger.open(urlFor(scene.app, client, changes))
        assert.equal(visit.left, false)
        assert.equal(visit.url.pathname, '/login')
      }
    }
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      const target = `${scene.app.url}${DECISION}?${new URLSearchParams([...form.fields, ['decision', 'approve']])}`
      const headers = { cookie: cookieOf(scene.browser) }
      assert.equal((await scene.app.fetch(new Request(target, { method, headers }))).status, 405, method)
    }
  }))

test('A-078 a login alone gives no code: the person is asked first', () =>
  scene.makesNoCode(async () => {
    const client = await registerClient(scene.app)
    const person = new Browser(scene.app)
    const login = await person.open(urlFor(scene.app, client))
    const visit = await person.submit(login, login.forms[0] as never, { ...OWNER, decision: 'approve' })
    assert.equal(visit.left, false)
    assert.equal(visit.status, 200)
    assert.match(visit.text, /value="approve"/)
  }))

test('A-078 after the logout, and after the session is over, the open page decides nothing', () =>
  scene.makesNoCode(async () => {
    const person = await signedIn(scene.app)
    const consent = await scene.consentFor(await registerClient(scene.app), {}, person)
    const headers = { cookie: cookieOf(person), origin: scene.app.url }
    await scene.app.fetch(new Request(`${scene.app.url}/logout`, { method: 'POST', headers }))
    isPage(await person.submit(consent.page, consent.form, { decision: 'approve' }), 403)
    const again = await signedIn(scene.app)
    isPage(await again.submit(consent.page, consent.form, { decision: 'approve' }), 403)
  }))

test('A-078 a code that nobody made is none', async () => {
  const client = await registerClient(scene.app)
  for (const code of ['code_x', `code_${'0'.repeat(12)}${'A'.repeat(43)}`, '', 'approve']) {
    const authorized = { code, verifier: 'x'.repeat(43), redirect_uri: CALLBACK, resource: '' }
    assert.equal((await exchangeCode(scene.app, client, authorized)).status, 400)
  }
})

test('A-084 consent CSRF: without the form’s token, with another form’s, another session’s, cut or doubled', () =>
  scene.makesNoCode(async () => {
    const client = await registerClient(scene.app)
    const { page, form } = await scene.consentFor(client)
    const second = await scene.consentFor(client)
    const elsewhere = await scene.consentFor(client, {}, await signedIn(scene.app))
    const login = await new Browser(scene.app).open(`${scene.app.url}/login`)
    const token = form.fields.get('token') ?? ''
    for (const forged of [
      '',
      'x',
      'x'.repeat(43),
      token.slice(0, -1),
      `${token}x`,
      token.toUpperCase(),
      second.form.fields.get('token') ?? '',
      elsewhere.form.fields.get('token') ?? '',
      login.forms[0]?.fields.get('token') ?? '',
    ]) {
      isPage(await scene.browser.submit(page, form, { decision: 'approve', token: forged }), 403)
    }
    const transaction = form.fields.get('transaction') ?? ''
    for (const body of [
      { decision: 'approve' },
      { decision: 'approve', transaction },
      { decision: 'approve', token },
      { transaction, token },
    ]) {
      const headers = { cookie: cookieOf(scene.browser), origin: scene.app.url }
      const request = { method: 'POST', body: new URLSearchParams(body), headers }
      const response = await scene.app.fetch(new Request(scene.app.url + DECISION, request))
      assert.ok(response.status === 400 || response.status === 403, JSON.stringify(Object.keys(body)))
      assert.equal(response.headers.get('location'), null)
    }
    for (const decision of ['yes', 'APPROVE', 'approve ', 'true', '1', '']) {
      isPage(await scene.browser.submit(page, form, { decision }))
    }
    for (const doubled of [
      'decision=deny',
      'decision=approve',
      `token=${token}`,
      'transaction=x',
      'x=1&x=2',
    ]) {
      const body = `${new URLSearchParams([...form.fields, ['decision', 'approve']])}&${doubled}`
      const headers = {
        cookie: cookieOf(scene.browser),
        origin: scene.app.url,
        'content-type': 'application/x-www-form-urlencoded',
      }
      const response = await scene.app.fetch(
        new Request(scene.app.url + DECISION, { method: 'POST', body, headers }),
      )
      assert.equal(response.status, 400, doubled)
      assert.equal(response.headers.get('location'), null)
    }
  }))

test('A-084 consent CSRF: the good form from another site, or as another type', () =>
  scene.makesNoCode(async () => {
    const { form } = await scene.consentFor(await registerClient(scene.app))
    const good = new URLSearchParams([...form.fields, ['decision', 'approve']])
    const cookie = cookieOf(scene.browser)
    const post = (headers: Record<string, string>, body: string | URLSearchParams = good) =>
      scene.app.fetch(
        new Request(scene.app.url + DECISION, { method: 'POST', body, headers: { cookie, ...headers } }),
      )
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'https://notes.example.com.evil.example' },
      { origin: 'http://notes.example.com' },
      { origin: 'https://notes.example.com:8443' },
      { origin: 'null' },
      { origin: '' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site', origin: scene.app.url },
    ] as Record<string, string>[]) {
      const response = await post(headers)
      assert.equal(response.status, 403, JSON.stringify(headers))
      assert.equal(response.headers.get('location'), null)
    }
    for (const type of ['text/plain', 'application/json', 'multipart/form-data; boundary=x']) {
      const response = await post({ origin: scene.app.url, 'content-type': type }, good.toString())
      assert.equal(response.status, 415, type)
    }
  }))

test('A-090 one decision: denied and then approved, approved twice, denied twice', async () => {
  const client = await registerClient(scene.app)
  const redirect_uri = CALLBACK
  const denied = await scene.consentFor(client)
  const answer = await scene.browser.submit(denied.page, denied.form, { decision: 'deny' })
  isRedirectError(answer, 'access_denied', { redirect_uri, iss: scene.app.url, status: 303 })
  await scene.makesNoCode(async () => {
    for (const decision of ['approve', 'deny']) {
      const visit = await scene.browser.submit(denied.page, denied.form, { decision })
      isPage(visit)
      assert.match(visit.text, /decided before/)
    }
  })
  const approved = await scene.consentFor(client)
  assert.ok((await scene.browser.submit(approved.page, approved.form, { decision: 'approve' })).left)
  await scene.makesNoCode(async () => {
    for (const decision of ['approve', 'deny']) {
      isPage(await scene.browser.submit(approved.page, approved.form, { decision }))
    }
  })
})

test('A-090 fifty decisions at once, half of them denials: one is taken', async () => {
  const { page, form } = await scene.consentFor(await registerClient(scene.app))
  const visits = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      scene.browser.submit(page, form, { decision: index % 2 === 0 ? 'approve' : 'deny' }),
    ),
  )
  assert.equal(visits.filter(({ left }) => left).length, 1)
  for (const visit of visits) if (!visit.left) isPage(visit)
})

test('A-090 a page that was open for too long decides nothing', () =>
  scene.makesNoCode(async () => {
    const { page, form } = await scene.consentFor(await registerClient(scene.app))
    scene.app.advance(15 * 60)
    isPage(await scene.browser.submit(page, form, { decision: 'approve' }))
    isPage(await scene.browser.submit(page, form, { decision: 'deny' }))
  }))
