import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Browser, type Visit } from './support/browser.ts'
import { authorizationRequest, registerClient, setUpOwner } from './support/scenario.ts'
import { OWNER } from './support/site.ts'
import { createTestApp, type TestApp } from './support/test-app.ts'

/** Signs in with a browser of its own, as from `address`; the answer to the form. */
async function signIn(
  app: TestApp,
  { address = '192.0.2.1', ...credentials }: { address?: string; username?: string; password?: string },
): Promise<Response> {
  const opened = await app.fetchFrom(address, new Request(`${app.url}/login`))
  const [cookie = ''] = opened.headers.getSetCookie()
  const token = /name="token" value="([^"]+)"/.exec(await opened.text())?.[1] ?? ''
  const body = new URLSearchParams({ ...OWNER, ...credentials, token, return_to: '/' })
  const headers = { cookie: cookie.split(';', 1)[0] ?? '', origin: app.url }
  return app.fetchFrom(address, new Request(`${app.url}/login`, { method: 'POST', body, headers }))
}

async function loginForm(app: TestApp, browser: Browser, path = '/login'): Promise<Visit> {
  const page = await browser.open(app.url + path)
  assert.ok(page.forms[0]?.fields.has('password'), page.text)
  return page
}

function isSignedIn(response: Response): boolean {
  return (
    response.status === 303 &&
    response.headers.getSetCookie().some((cookie) => /session=session_/.test(cookie))
  )
}

test('A-078 somebody not signed in goes to the login and comes back to the very request', async () => {
  await using app = await createTestApp()
  const client = await registerClient(app)
  const request = authorizationRequest(app, client, { state: 'a&b=c#d+e%20é' })
  const browser = new Browser(app)
  const login = await browser.open(request.url)
  assert.equal(login.url.pathname, '/login')
  const form = login.forms[0]
  assert.ok(form)
  const consent = await browser.submit(login, form, OWNER)
  assert.equal(consent.url.href, request.url.href)
})

test('A-075 the login leads to no other site', async () => {
  await using app = await createTestApp()
  for (const target of ['//evil.example', '/%5Cevil.example', 'https://evil.example', '%2F%2Fevil.example']) {
    const browser = new Browser(app)
    const page = await loginForm(app, browser, `/login?return_to=${target}`)
    const form = page.forms[0]
    assert.ok(form)
    const visit = await browser.submit(page, form, OWNER)
    assert.equal(visit.url.href, `${app.url}/`)
    const forged = await browser.submit(page, form, { ...OWNER, return_to: '//evil.example' })
    assert.equal(forged.url.href, `${app.url}/`)
  }
})

test('A-079 A-180 one text for an unknown user and for a wrong password', async () => {
  await using app = await createTestApp()
  const wrong = await signIn(app, { password: 'not the password' })
  const unknown = await signIn(app, { username: 'nobody', address: '192.0.2.2' })
  assert.equal(wrong.status, 403)
  assert.equal(unknown.status, 403)
  const textOf = async (response: Response) => (await response.text()).replace(/value="[^"]*"/g, '')
  assert.equal(await textOf(wrong), await textOf(unknown))
  assert.deepEqual(
    app.events.map(({ type }) => type),
    ['login.failed', 'login.failed'],
  )
})

test('A-079 failures are slowed per address with 429 and Retry-After; the right password from elsewhere gets in', async () => {
  await using app = await createTestApp()
  for (let count = 0; count < 5; count++) {
    assert.equal((await signIn(app, { password: 'guess' })).status, 403)
  }
  const slowed = await signIn(app, {})
  assert.equal(slowed.status, 429)
  assert.equal(slowed.headers.get('retry-after'), '5')
  assert.match(slowed.headers.get('content-type') ?? '', /^text\/html/)
  assert.ok(isSignedIn(await signIn(app, { address: '198.51.100.7' })))
  app.advance(5)
  assert.ok(isSignedIn(await signIn(app, {})))
})

test('A-079 an account under attack from many addresses: each has one guess more, the owner gets in from a clean one', async () => {
  await using app = await createTestApp()
  for (let host = 1; host <= 6; host++) {
    await signIn(app, { password: 'guess', address: `198.51.100.${host}` })
  }
  assert.equal((await signIn(app, { password: 'guess', address: '198.51.100.1' })).status, 429)
  assert.ok(isSignedIn(await signIn(app, { address: '203.0.113.1' })))
  assert.equal((await signIn(app, { password: 'guess', address: '203.0.113.2' })).status, 403)
  assert.equal((await signIn(app, { password: 'guess', address: '203.0.113.2' })).status, 429)
})

test('A-079 the addresses of one IPv6 network count together', async () => {
  await using app = await createTestApp()
  for (let host = 1; host <= 5; host++) {
    await signIn(app, { password: 'guess', address: `2001:db8:1:2::${host}` })
  }
  assert.equal((await signIn(app, { address: '2001:db8:1:2:ffff::1' })).status, 429)
  assert.ok(isSignedIn(await signIn(app, { address: '2001:db8:1:3::1' })))
})

test('right passwords never count', async () => {
  await using app = await createTestApp()
  for (let count = 0; count < 12; count++) assert.ok(isSignedIn(await signIn(app, {})))
})

test('A-175 200 logins at once: a few are looked at, the rest are refused at once, and others are served', async () => {
  await using app = await createTestApp()
  const flood = Array.from({ length: 200 }, () => signIn(app, { password: 'guess' }))
  const owner = signIn(app, { address: '203.0.113.1' })
  const statuses = (await Promise.all(flood)).map(({ status }) => status)
  for (const status of statuses) assert.ok(status === 403 || status === 429 || status === 503, String(status))
  assert.ok(statuses.filter((status) => status === 403).length <= 6, statuses.join())
  assert.ok(isSignedIn(await owner))
})

test('A-080 the session after the login is a new one, and the one before ends', async () => {
  await using app = await createTestApp()
  const browser = new Browser(app)
  browser.cookies.set('__Host-corpusiq_session', `session_${'0'.repeat(12)}${'A'.repeat(43)}`)
  const planted = browser.cookies.get('__Host-corpusiq_session')
  const page = await loginForm(app, browser)
  await browser.submit(page, page.forms[0] as never, OWNER)
  const first = browser.cookies.get('__Host-corpusiq_session')
  assert.notEqual(first, planted)
  await browser.submit(page, page.forms[0] as never, OWNER)
  const second = browser.cookies.get('__Host-corpusiq_session')
  assert.notEqual(second, first)
  const old = new Browser(app)
  old.cookies.set('__Host-corpusiq_session', first ?? '')
  await loginForm(app, old)
})

test('A-081 cookies are HttpOnly, SameSite=Lax, Path=/, without a domain; Secure and __Host- under https', async () => {
  for (const [url, prefix] of [
    ['https://notes.example.com', '__Host-'],
    ['http://127.0.0.1:18715', ''],
  ] as const) {
    await using app = await createTestApp({ env: { CORPUSIQ_OAUTH_RESOURCE_URL: url } })
    const response = await signIn(app, {})
    const cookies = response.headers.getSetCookie()
    assert.ok(cookies.length > 0)
    for (const cookie of [
      ...cookies,
      ...(await app.fetch(new Request(`${url}/login`))).headers.getSetCookie(),
    ]) {
      assert.match(cookie, new RegExp(`^${prefix}corpusiq_`))
      assert.match(cookie, /; HttpOnly/)
      assert.match(cookie, /; SameSite=Lax/)
      assert.match(cookie, /; Path=\//)
      assert.doesNotMatch(cookie, /Domain/i)
      assert.equal(/; Secure/.test(cookie), prefix !== '')
    }
  }
})

test('A-083 login CSRF: without the form’s token, with another browser’s, from another site', async () => {
  await using app = await createTestApp()
  const browser = new Browser(app)
  const page = await loginForm(app, browser)
  const form = page.forms[0]
  assert.ok(form)
  const other = new Browser(app)
  await loginForm(app, other)
  for (const [person, values] of [
    [new Browser(app), OWNER],
    [other, OWNER],
    [browser, { ...OWNER, token: '' }],
    [browser, { ...OWNER, token: 'x' }],
  ] as const) {
    const visit = await person.submit(page, form, values)
    assert.equal(visit.status, 403)
    assert.ok(!person.cookies.has('__Host-corpusiq_session'))
  }
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site', origin: app.url },
  ]) {
    const body = new URLSearchParams([...form.fields, ...Object.entries(OWNER)])
    const answer = await app.fetch(
      new Request(`${app.url}/login`, { method: 'POST', body, headers: { ...headers, cookie } }),
    )
    assert.equal(answer.status, 403)
  }
  assert.equal((await browser.submit(page, form, OWNER)).status, 200)
})

test('A-085 A-091 login and setup are not framed, not cached, without script', async () => {
  await using app = await createTestApp({ owner: false })
  const setup = await app.fetch(new Request((await app.app.setupLink()) ?? ''))
  await setUpOwner(app, (await app.app.setupLink()) ?? '')
  for (const response of [setup, await app.fetch(new Request(`${app.url}/login`))]) {
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
    assert.equal(response.headers.get('x-frame-options'), 'DENY')
    assert.equal(response.headers.get('cache-control'), 'no-store')
    assert.doesNotMatch(await response.text(), /<script| on\w+=/)
  }
})

test('a session ends with the logout, and after two weeks', async () => {
  await using app = await createTestApp()
  const browser = new Browser(app)
  const page = await loginForm(app, browser)
  const form = page.forms[0]
  assert.ok(form)
  await browser.submit(page, form, OWNER)
  const session = browser.cookies.get('__Host-corpusiq_session') ?? ''
  const cookie = `__Host-corpusiq_session=${session}`
  const statusOfLogin = async () =>
    (await app.fetch(new Request(`${app.url}/login`, { headers: { cookie } }))).status
  assert.equal(await statusOfLogin(), 302)
  app.advance(14 * 24 * 60 * 60)
  assert.equal(await statusOfLogin(), 200)
  const again = await loginForm(app, browser)
  await browser.submit(again, again.forms[0] as never, OWNER)
  const out = (headers: Record<string, string>) =>
    app.fetch(
      new Request(`${app.url}/logout`, {
        method: 'POST',
        headers: {
          cookie: `__Host-corpusiq_session=${browser.cookies.get('__Host-corpusiq_session')}`,
          ...headers,
        },
      }),
    )
  assert.equal((await out({ origin: 'https://evil.example' })).status, 403)
  const gone = await out({ origin: app.url })
  assert.equal(gone.status, 303)
  assert.match(gone.headers.getSetCookie().join(), /Max-Age=0/)
  await loginForm(app, browser)
})

test('the setup link sets the owner once; before, login and authorization say what to do', async () => {
  await using app = await createTestApp({ owner: false })
  const client = await registerClient(app)
  const before = await new Browser(app).open(authorizationRequest(app, client).url)
  assert.equal(before.status, 403)
  assert.match(before.text, /setup link that the terminal shows/)
  const link = (await app.app.setupLink()) ?? ''
  assert.match(link, /^https:\/\/notes\.example\.com\/setup\?token=setup_[\w-]{55}$/)
  const page = await new Browser(app).open(link)
  const form = page.forms[0]
  assert.ok(form)
  const browsers = Array.from({ length: 5 }, () => new Browser(app))
  const visits = await Promise.all(browsers.map((browser) => browser.submit(page, form, OWNER)))
  assert.equal(visits.filter(({ url }) => url.pathname === '/').length, 1)
  assert.equal(visits.filter(({ status }) => status === 410).length, 4)
  assert.equal((await new Browser(app).open(link)).status, 410)
  assert.equal(await app.app.setupLink(), undefined)
  assert.ok(isSignedIn(await signIn(app, {})))
})

test('a setup link is good for a day, until the next one is made, and only whole', async () => {
  await using app = await createTestApp({ owner: false })
  const first = (await app.app.setupLink()) ?? ''
  const second = (await app.app.setupLink()) ?? ''
  const status = async (link: string) => (await new Browser(app).open(link)).status
  assert.equal(await status(first), 403)
  assert.equal(await status(second.slice(0, -1)), 403)
  assert.equal(await status(`${app.url}/setup`), 403)
  assert.equal(await status(second), 200)
  app.advance(24 * 60 * 60)
  assert.equal(await status(second), 403)
})

test('the setup form refuses weak and differing passwords with a reason, and stays open', async () => {
  await using app = await createTestApp({ owner: false })
  const browser = new Browser(app)
  const page = await browser.open((await app.app.setupLink()) ?? '')
  const form = page.forms[0]
  assert.ok(form)
  for (const [values, reason] of [
    [{ password: 'qz7' }, /at least 8 characters/],
    [{ password: 'password123' }, /easy to guess/],
    [{ password: OWNER.password, password_again: 'qz7 qz7 qz7' }, /differ/],
    [{ username: '', password: OWNER.password }, /username is missing/],
  ] as const) {
    const visit = await browser.submit(page, form, { username: 'owner', ...values })
    assert.equal(visit.status, 400)
    assert.match(visit.text, reason)
    assert.ok(!visit.text.includes(values.password))
  }
  const forged = await browser.submit(page, form, { ...OWNER, token: 'setup_x' })
  assert.equal(forged.status, 403)
  const done = await browser.submit(page, form, { ...OWNER, password_again: OWNER.password })
  assert.equal(done.url.pathname, '/')
})

test('A-169 A-179 the password is nowhere: not in what happened, not in the store, not on a page', async () => {
  await using app = await createTestApp()
  const guess = 'a guess that nobody made'
  const response = await signIn(app, { password: guess, username: OWNER.password })
  const page = await response.text()
  await signIn(app, {})
  const trail = await app.store.audit.page({ limit: 100 })
  const told = JSON.stringify([app.events, trail, await app.store.audit.page({ limit: 100, refused: true })])
  for (const secret of [guess, OWNER.password]) assert.ok(!told.includes(secret))
  assert.ok(!page.includes(guess))
  const account = await app.store.accounts.findByUsername(OWNER.username)
  assert.match(account?.password_hash ?? '', /^\$argon2id\$v=19\$m=47104,t=1,p=1\$/)
})
