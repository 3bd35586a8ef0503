/** Group 8: signing in: guessing, sessions, cookies, forged forms. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Browser, type Visit } from '../support/browser.ts'
import { authorizationRequest, authorize, registerClient, setUpOwner } from '../support/scenario.ts'
import { OWNER } from '../support/site.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { isPage, isSafePage, signedIn } from './authorization-answers.ts'

const SESSION = '__Host-corpusiq_session'
const BROWSER = '__Host-corpusiq_browser'

type Attempt = { readonly username?: string; readonly password?: string; readonly address?: string }

/** One sign-in by a browser of its own, as from `address`. */
async function signInFrom(
  app: TestApp,
  { address = '192.0.2.1', ...credentials }: Attempt = {},
): Promise<Response> {
  const opened = await app.fetchFrom(address, new Request(`${app.url}/login`))
  const [cookie = ''] = opened.headers.getSetCookie()
  const token = /name="token" value="([^"]+)"/.exec(await opened.text())?.[1] ?? ''
  const body = new URLSearchParams({ ...OWNER, ...credentials, token, return_to: '/' })
  const headers = { cookie: cookie.split(';', 1)[0] ?? '', origin: app.url }
  return app.fetchFrom(address, new Request(`${app.url}/login`, { method: 'POST', body, headers }))
}

function startsSession(response: Response): boolean {
  return response.headers.getSetCookie().some((cookie) => cookie.includes('corpusiq_session=session_'))
}

async function isSlowed(response: Response): Promise<void> {
  assert.equal(response.status, 429)
  assert.match(response.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
  assert.ok(!startsSession(response))
  isSafePage({ response, text: await response.text(), url: new URL('https://notes.example.com/login') })
}

async function loginPage(site: TestApp, browser: Browser): Promise<Visit> {
  const page = await browser.open(`${site.url}/login`)
  assert.ok(page.forms[0]?.fields.has('token'), page.text)
  return page
}

/** Sends the login form of `page` from `browser` with these headers instead of its own. */
function submitFrom(
  browser: Browser,
  page: Visit,
  headers: Record<string, string>,
  app: TestApp,
): Promise<Response> {
  const body = new URLSearchParams([...(page.forms[0]?.fields ?? []), ...Object.entries(OWNER)])
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  return app.fetch(new Request(`${app.url}/login`, { method: 'POST', body, headers: { ...headers, cookie } }))
}

test('A-079 one account guessed from one address: slowed, longer each time, and the right password too', async () => {
  await using app = await createTestApp()
  for (let count = 0; count < 5; count++) {
    assert.equal((await signInFrom(app, { password: `guess ${count}` })).status, 403)
  }
  let waited = 0
  for (let count = 0; count < 6; count++) {
    const slowed = await signInFrom(app)
    const wait = Number(slowed.headers.get('retry-after'))
    await isSlowed(slowed)
    assert.ok(wait > waited, `${wait} after ${waited}`)
    waited = wait
    app.advance(wait)
    assert.equal((await signInFrom(app, { password: 'guess' })).status, 403)
  }
})

test('A-079 many names guessed from one address: the address is slowed', async () => {
  await using app = await createTestApp()
  for (let count = 0; count < 5; count++) {
    assert.equal((await signInFrom(app, { username: `name${count}`, password: 'guess' })).status, 403)
  }
  await isSlowed(await signInFrom(app, { username: 'name6', password: 'guess' }))
  await isSlowed(await signInFrom(app))
})

test('A-079 one account guessed from many addresses: each gets one more guess, and the owner is not locked out', async () => {
  await using app = await createTestApp()
  for (let host = 1; host <= 30; host++) {
    const address = `198.51.100.${host}`
    assert.equal((await signInFrom(app, { password: 'guess', address })).status, 403)
    if (host >= 5) await isSlowed(await signInFrom(app, { password: 'guess', address }))
  }
  assert.ok(startsSession(await signInFrom(app, { address: '203.0.113.9' })))
})

test('A-079 another spelling of the name, another form of the address, a proxy’s header: counted as one', async () => {
  await using app = await createTestApp()
  for (const username of ['owner', ' owner', 'owner ', 'ｏwner', 'owner\t']) {
    assert.equal((await signInFrom(app, { username, password: 'guess' })).status, 403)
  }
  await isSlowed(await signInFrom(app, { password: 'guess' }))
  for (const address of ['198.51.100.1', '198.51.100.2']) {
    await signInFrom(app, { password: 'guess', address })
    await isSlowed(await signInFrom(app, { username: '  ｏwner ', password: 'guess', address }))
  }
  await using other = await createTestApp()
  for (const address of ['2001:db8::1', '2001:db8::2', '2001:0db8:0:0::3', '2001:db8::4', '2001:DB8::5']) {
    assert.equal((await signInFrom(other, { password: 'guess', address })).status, 403)
  }
  await isSlowed(await signInFrom(other, { address: '2001:db8:0:0:ffff::1' }))
})

test('A-079 many guesses at once are counted one by one', async () => {
  await using app = await createTestApp()
  const answers = await Promise.all(Array.from({ length: 50 }, () => signInFrom(app, { password: 'guess' })))
  const looked = answers.filter(({ status }) => status === 403)
  // Five are free, and two are looked at together.
  assert.ok(looked.length <= 6, String(looked.length))
  for (const { status } of answers) assert.ok([403, 429, 503].includes(status), String(status))
})

test('A-079 one text for an unknown name, a wrong password, an empty one and a long one', async () => {
  await using app = await createTestApp()
  const attempts = [
    { password: 'wrong' },
    { username: 'nobody' },
    { username: 'nobody', password: 'wrong' },
    { password: '' },
    { username: '' },
    { password: 'x'.repeat(20_000) },
    { password: `${OWNER.password}\u0000` },
    { password: OWNER.password.toUpperCase() },
    { username: "' OR 1=1 --", password: "' OR 1=1 --" },
    { username: '__proto__' },
  ]
  const texts = new Set<string>()
  for (const [index, attempt] of attempts.entries()) {
    const response = await signInFrom(app, { ...attempt, address: `192.0.2.${index}` })
    assert.equal(response.status, 403, JSON.stringify(attempt))
    assert.ok(!startsSession(response))
    texts.add((await response.text()).replace(/ value="[^"]*"/g, ''))
  }
  assert.equal(texts.size, 1)
})

test('A-079 an unknown name costs the same work as a wrong password', async () => {
  await using app = await createTestApp()
  // Processor time of this process, its hashing threads included: what is measured is work, not how long it took.
  const workOf = async (username: string, net: string) => {
    const before = process.cpuUsage()
    for (let host = 1; host <= 6; host++) {
      await signInFrom(app, { username, password: 'guess', address: `${net}.${host}` })
    }
    const { user, system } = process.cpuUsage(before)
    return user + system
  }
  await workOf('warm', '192.0.2')
  const known = await workOf(OWNER.username, '198.51.100')
  const unknown = await workOf('nobody', '203.0.113')
  assert.ok(unknown > known / 4 && known > unknown / 4, `${known} and ${unknown} µs`)
})

test('A-080 the session after the login is new, whatever cookie came before', async () => {
  await using app = await createTestApp()
  const attacker = await signedIn(app)
  const planted = [
    `session_${'0'.repeat(12)}${'A'.repeat(43)}`,
    attacker.cookies.get(SESSION) ?? '',
    'x',
    '',
    '"',
    'session_',
  ]
  for (const value of planted) {
    const victim = new Browser(app)
    victim.cookies.set(BROWSER, attacker.cookies.get(BROWSER) ?? '')
    const page = await loginPage(app, victim)
    victim.cookies.set(SESSION, value)
    await victim.submit(page, page.forms[0] as never, OWNER)
    const session = victim.cookies.get(SESSION) ?? ''
    assert.match(session, /^session_[\w-]{55}$/)
    assert.ok(!planted.includes(session))
    // What was planted opens nothing any more, least of all what the victim opened.
    const thief = new Browser(app)
    thief.cookies.set(SESSION, value)
    assert.equal(
      (await thief.open(authorizationRequest(app, await registerClient(app)).url)).url.pathname,
      '/login',
    )
  }
})

test('A-080 a session that is guessed, cut, sent twice or over is none', async () => {
  await using app = await createTestApp()
  const owner = await signedIn(app)
  const session = owner.cookies.get(SESSION) ?? ''
  const { url } = authorizationRequest(app, await registerClient(app))
  const pathFor = async (cookie: string) =>
    (await app.fetch(new Request(url, { headers: { cookie } }))).headers.get('location')?.slice(0, 7)
  assert.equal(await pathFor(`${SESSION}=${session}`), undefined)
  for (const cookie of [
    `${SESSION}=${session.slice(0, -1)}`,
    `${SESSION}=${session}x`,
    `${SESSION}=${session.toUpperCase()}`,
    `${SESSION}="${session}"`,
    `${SESSION}=${session}; ${SESSION}=${session}`,
    `${SESSION}=x; ${SESSION}=${session}`,
    `corpusiq_session=${session}`,
    `${SESSION.toLowerCase()}=${session}`,
    `${SESSION}=${session.replace('session_', 'code_')}`,
  ]) {
    assert.equal(await pathFor(cookie), '/login?', cookie)
  }
  app.advance(14 * 24 * 60 * 60)
  assert.equal(await pathFor(`${SESSION}=${session}`), '/login?')
})

test('A-080 the setup starts a session of its own', async () => {
  await using app = await createTestApp({ owner: false })
  const browser = new Browser(app)
  const planted = `session_${'0'.repeat(12)}${'A'.repeat(43)}`
  browser.cookies.set(SESSION, planted)
  await setUpOwner(app, (await app.app.setupLink()) ?? '', browser)
  assert.notEqual(browser.cookies.get(SESSION), planted)
  assert.match(browser.cookies.get(SESSION) ?? '', /^session_/)
})

/** Every `Set-Cookie` of a whole visit: login page, login, consent, logout. */
async function cookiesOf(app: TestApp): Promise<string[]> {
  const cookies: string[] = []
  const watched = {
    url: app.url,
    fetch: async (request: Request) => {
      const response = await app.fetch(request)
      cookies.push(...response.headers.getSetCookie())
      return response
    },
  }
  const browser = new Browser(watched)
  await authorize(watched, await registerClient(app), { browser })
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const headers = { cookie, origin: app.url }
  await watched.fetch(new Request(`${app.url}/logout`, { method: 'POST', headers }))
  return cookies
}

test('A-081 every cookie: HttpOnly, SameSite=Lax, Path=/, no Domain; __Host- and Secure under https', async () => {
  for (const url of [
    'https://notes.example.com',
    'https://notes.example.com:8443',
    'http://127.0.0.1:18742',
  ]) {
    await using app = await createTestApp({ env: { CORPUSIQ_OAUTH_RESOURCE_URL: url } })
    const secure = url.startsWith('https:')
    const cookies = await cookiesOf(app)
    assert.equal(cookies.length, 3, cookies.join('\n'))
    for (const cookie of cookies) {
      const [pair = '', ...attributes] = cookie.split('; ')
      assert.match(pair, secure ? /^__Host-corpusiq_\w+=/ : /^corpusiq_\w+=/)
      const names = attributes.map((attribute) => attribute.replace(/^Max-Age=\d+$/, 'Max-Age'))
      const always = ['Path=/', 'HttpOnly', 'SameSite=Lax', ...(secure ? ['Secure'] : [])]
      assert.deepEqual(
        names.filter((name) => name !== 'Max-Age'),
        always,
        cookie,
      )
    }
  }
})

test('A-083 login CSRF: a form without the token, with another browser’s, or another form’s', async () => {
  await using app = await createTestApp()
  const victim = new Browser(app)
  const page = await loginPage(app, victim)
  const attacker = new Browser(app)
  const theirs = await loginPage(app, attacker)
  const consent = await (await signedIn(app)).open(authorizationRequest(app, await registerClient(app)).url)
  const form = page.forms[0]
  assert.ok(form)
  for (const token of [
    '',
    'x',
    theirs.forms[0]?.fields.get('token') ?? '',
    consent.forms[0]?.fields.get('token') ?? '',
    victim.cookies.get(BROWSER) ?? '',
    form.fields.get('token')?.toUpperCase() ?? '',
  ]) {
    const visit = await victim.submit(page, form, { ...OWNER, token })
    isPage(visit, 403)
    assert.ok(!victim.cookies.has(SESSION))
  }
  const nobody = new Browser(app)
  isPage(await nobody.submit(page, form, OWNER), 403)
  isPage(await attacker.submit(page, form, OWNER), 403)
  assert.ok(!nobody.cookies.has(SESSION) && !attacker.cookies.has(SESSION))
  // And nobody's password was looked at, right or wrong.
  assert.deepEqual(
    app.events.filter(({ type }) => type === 'login.failed'),
    [],
  )
  const own = await loginPage(app, victim)
  assert.equal((await victim.submit(own, own.forms[0] as never, OWNER)).url.href, `${app.url}/`)
})

const FOREIGN: Record<string, string>[] = [
  { origin: 'https://evil.example' },
  { origin: 'https://notes.example.com.evil.example' },
  { origin: 'https://notes.example.com:8443' },
  { origin: 'http://notes.example.com' },
  { origin: 'https://sub.notes.example.com' },
  { origin: 'null' },
  { origin: '' },
  { origin: 'https://notes.example.com, https://evil.example' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'cross-site', origin: 'https://notes.example.com' },
  { 'sec-fetch-site': 'same-origin, cross-site' },
]

test('A-083 login CSRF: the good form from another site, as the browser tells', async () => {
  await using app = await createTestApp()
  for (const headers of FOREIGN) {
    const victim = new Browser(app)
    const page = await loginPage(app, victim)
    const response = await submitFrom(victim, page, headers, app)
    assert.equal(response.status, 403, JSON.stringify(headers))
    assert.ok(!startsSession(response))
  }
  const victim = new Browser(app)
  const good = await submitFrom(victim, await loginPage(app, victim), { origin: app.url }, app)
  assert.ok(startsSession(good))
})

test('A-083 nobody else signs a person out, or sets up the server for them', async () => {
  await using app = await createTestApp()
  const owner = await signedIn(app)
  const cookie = `${SESSION}=${owner.cookies.get(SESSION)}`
  for (const headers of FOREIGN) {
    const request = new Request(`${app.url}/logout`, { method: 'POST', headers: { ...headers, cookie } })
    const response = await app.fetch(request)
    assert.equal(response.status, 403)
    assert.deepEqual(response.headers.getSetCookie(), [])
  }
  assert.equal((await owner.open(`${app.url}/login`)).url.pathname, '/')

  await using fresh = await createTestApp({ owner: false })
  const token = new URL((await fresh.app.setupLink()) ?? '').searchParams.get('token') ?? ''
  for (const [headers, known] of [
    ...FOREIGN.map((headers) => [headers, token] as const),
    [{ origin: fresh.url }, 'setup_x'] as const,
    [{ origin: fresh.url }, ''] as const,
  ]) {
    const body = new URLSearchParams({ ...OWNER, token: known })
    const response = await fresh.fetch(new Request(`${fresh.url}/setup`, { method: 'POST', headers, body }))
    assert.equal(response.status, 403, JSON.stringify(headers))
    assert.ok(!startsSession(response))
  }
  assert.equal(await fresh.store.accounts.exists(), false)
})
