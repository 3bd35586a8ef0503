/** Group 8: what our pages show, carry and let happen: frames, script from outside, leaks. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, type Visit } from '../support/browser.ts'
import { authorize, CALLBACK, PUBLIC_CLIENT, registerClient } from '../support/scenario.ts'
import { OWNER } from '../support/site.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { isPage, isSafePage, linksOf, signedIn, urlFor } from './authorization-answers.ts'
import { type ConsentScene, consentScene, cookieOf } from './consent-scene.ts'

let scene: ConsentScene
before(async () => {
  scene = await consentScene()
})
after(() => scene.end())

/** Every kind of page that a person can meet on the way, good and bad, each with the status that is right. */
async function pagesOfTheWay(
  app: TestApp,
  browser: Browser,
): Promise<[name: string, status: number, Visit][]> {
  const client = await registerClient(app)
  const stranger = new Browser(app)
  const login = await stranger.open(urlFor(app, client))
  const [form] = login.forms
  assert.ok(form)
  const consent = await browser.open(urlFor(app, client))
  const [decision] = consent.forms
  assert.ok(decision)
  return [
    ['start', 200, await stranger.open(`${app.url}/`)],
    ['login', 200, login],
    ['login refused', 403, await stranger.submit(login, form, { ...OWNER, password: 'wrong' })],
    ['login forged', 403, await stranger.submit(login, form, { ...OWNER, token: 'x' })],
    ['consent', 200, consent],
    ['decision forged', 403, await browser.submit(consent, decision, { decision: 'approve', token: 'x' })],
    ['decision unknown', 400, await browser.submit(consent, decision, { decision: 'x' })],
    ['unknown client', 400, await stranger.open(urlFor(app, client, { client_id: 'client_x' }))],
    [
      'foreign address',
      400,
      await browser.open(urlFor(app, client, { redirect_uri: 'https://evil.example/' })),
    ],
    ['refusal with a link', 400, await browser.open(urlFor(app, client, { response_type: 'token' }))],
    ['too long', 414, await browser.open(urlFor(app, client, {}, `&x=${'y'.repeat(65_536)}`))],
    ['setup is over', 410, await stranger.open(`${app.url}/setup?token=setup_x`)],
  ]
}

test('A-085 A-091 every page: never framed, never cached, no script, no referrer to others', async () => {
  for (const [name, status, visit] of await pagesOfTheWay(scene.app, scene.browser)) {
    assert.equal(visit.status, status, `${name}: ${visit.text}`)
    isSafePage(visit)
    assert.match(visit.response.headers.get('strict-transport-security') ?? '', /^max-age=\d{8}/, name)
    assert.ok(!visit.text.includes('http-equiv'), name)
  }
})

test('A-085 A-091 the setup page as well, before there is an owner, and what stands in for it', async () => {
  await using app = await createTestApp({ owner: false })
  const stranger = new Browser(app)
  const client = await registerClient(app)
  const setup = await stranger.open((await app.app.setupLink()) ?? '')
  assert.equal(setup.status, 200)
  const [form] = setup.forms
  assert.ok(form)
  const short = await stranger.submit(setup, form, {
    username: 'o',
    password: 'short',
    password_again: 'short',
  })
  assert.equal(short.status, 400)
  for (const visit of [
    setup,
    short,
    await stranger.open(`${app.url}/setup?token=setup_x`),
    await stranger.open(`${app.url}/login`),
    await stranger.open(urlFor(app, client)),
  ]) {
    isSafePage(visit)
  }
})

test('A-085 methods that a page does not take, and paths that are none, are not framed either', async () => {
  const { app } = scene
  const accept = 'text/html'
  for (const [method, path, status] of [
    ['PUT', '/login', 405],
    ['POST', '/authorize', 405],
    ['GET', '/authorize/decision', 405],
    ['GET', '/nowhere', 404],
    ['GET', '/login/', 404],
  ] as const) {
    const response = await app.fetch(new Request(app.url + path, { method, headers: { accept } }))
    assert.equal(response.status, status, path)
    isSafePage({ response, text: await response.text(), url: new URL(app.url) })
  }
})

const MARKUP = [
  '<script>alert(1)</script>',
  '"><script src=//evil.example/x.js></script>',
  "'><img src=x onerror=alert(1)>",
  '</title><script>alert(1)</script>',
  '</bdi></h1><form action=//evil.example><button>Allow',
  '<svg onload=alert(1)>',
  '<base href="//evil.example/">',
  '<meta http-equiv=refresh content="0;url=//evil.example">',
  '<a href="javascript:alert(1)">x</a>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '" autofocus onfocus=alert(1) x="',
  '&lt;script&gt;',
  '&#60;script&#62;alert(1)',
  '{{7*7}} <%= 1 %>',
  '<!-- --><![CDATA[',
  '\u200b<scr\u200bipt>',
]

test('A-086 markup in a client’s name is text: on the consent page, asked once or again', async () => {
  const { app, browser } = scene
  for (const client_name of MARKUP) {
    const client = await registerClient(app, {
      ...PUBLIC_CLIENT,
      client_name,
      'client_name#fr': client_name,
      redirect_uris: ['http://127.0.0.1:7777/cb'],
    })
    for (const again of [false, true]) {
      const { page, form } = await scene.consentFor(client)
      assert.equal(form.buttons.length, again ? 1 : 2)
      assert.equal(page.forms.length, 1)
      assert.deepEqual(linksOf(page.text), [])
      // The whole name stands there as text, but for characters that nobody sees.
      const shown = page.text.match(/<h1><bdi>(.*?)<\/bdi>/s)?.[1] ?? ''
      assert.equal(unescaped(shown), client_name.replaceAll('\u200b', ''))
      await browser.submit(page, form, { decision: 'approve' })
    }
  }
})

function unescaped(text: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (_whole, name: string) => entities[name] ?? '')
}

test('A-086 what a client says of itself beside its name is neither shown, linked nor loaded', async () => {
  const { app } = scene
  const members = ['client_uri', 'logo_uri', 'tos_uri', 'policy_uri']
  const uris = Object.fromEntries(members.map((name) => [name, `https://tracker.example/${name}?"><script>`]))
  const plain = Object.fromEntries(members.map((name) => [name, `https://tracker.example/${name}`]))
  for (const metadata of [
    plain,
    { ...plain, jwks_uri: 'https://tracker.example/jwks', contacts: ['<b>@x.example'] },
  ]) {
    const client = await registerClient(app, { ...PUBLIC_CLIENT, ...metadata })
    const { page } = await scene.consentFor(client)
    assert.ok(!page.text.includes('tracker.example'), page.text)
  }
  const request = new Request(`${app.url}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...PUBLIC_CLIENT, ...uris }),
  })
  assert.equal((await app.fetch(request)).status, 400)
})

test('A-086 an active scheme is no link: not registered, and never on a page', async () => {
  const { app, browser } = scene
  for (const scheme of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,<script>',
    'vbscript:x',
    'blob:x',
  ]) {
    for (const member of ['client_uri', 'logo_uri', 'tos_uri', 'policy_uri']) {
      const body = JSON.stringify({ ...PUBLIC_CLIENT, [member]: scheme })
      const headers = { 'content-type': 'application/json' }
      const response = await app.fetch(new Request(`${app.url}/register`, { method: 'POST', headers, body }))
      assert.equal(response.status, 400, `${member} ${scheme}`)
    }
    const client = await registerClient(app)
    for (const changes of [
      { redirect_uri: scheme },
      { client_id: scheme },
      { scope: scheme },
      { state: scheme, response_type: 'token' },
      { resource: scheme },
      { response_type: scheme },
      { response_mode: scheme },
      { prompt: scheme },
    ]) {
      const visit = await browser.open(urlFor(app, client, changes))
      assert.equal(visit.left, false)
      isSafePage(visit)
      for (const { href } of linksOf(visit.text)) assert.ok(href.startsWith(`${CALLBACK}?`), href)
    }
  }
})

test('A-086 markup in any parameter, in the username, in a path or a host is text', async () => {
  const { app, browser } = scene
  const client = await registerClient(app)
  const stranger = new Browser(app)
  for (const text of MARKUP) {
    for (const name of [
      'client_id',
      'redirect_uri',
      'response_type',
      'scope',
      'state',
      'resource',
      'prompt',
      'response_mode',
      'code_challenge',
      'code_challenge_method',
      'request_uri',
    ]) {
      for (const person of [browser, stranger]) {
        const visit = await person.open(urlFor(app, client, { [name]: text }))
        assert.equal(visit.left, false, name)
        isSafePage(visit)
        assert.ok(linksOf(visit.text).length <= 1)
      }
    }
    const login = await stranger.open(`${app.url}/login?return_to=${encodeURIComponent(`/${text}`)}`)
    isSafePage(login)
    const [form] = login.forms
    assert.ok(form)
    const forged = await stranger.submit(login, form, {
      username: text,
      password: text,
      token: 'x',
      return_to: text,
    })
    isPage(forged, 403)
    const found = await app.fetch(
      new Request(`${app.url}/${encodeURIComponent(text)}`, { headers: { accept: 'text/html' } }),
    )
    isSafePage({ response: found, text: await found.text(), url: new URL(app.url) })
  }
})

test('A-086 the owner’s own name is text too', async () => {
  await using app = await createTestApp({ owner: false })
  const username = '<b onclick=alert(1)>"owner"</b>'
  const stranger = new Browser(app)
  const setup = await stranger.open((await app.app.setupLink()) ?? '')
  const [form] = setup.forms
  assert.ok(form)
  await stranger.submit(setup, form, { username, password: OWNER.password, password_again: OWNER.password })
  const consent = await stranger.open(urlFor(app, await registerClient(app)))
  assert.equal(consent.status, 200)
  isSafePage(consent)
  assert.match(
    consent.text,
    /Signed in as <bdi>&lt;b onclick=alert\(1\)&gt;&quot;owner&quot;&lt;\/b&gt;<\/bdi>/,
  )
})

test('A-086 a name of nothing but characters that nobody sees, or without end, hides nothing', async () => {
  const { app } = scene
  const hidden = await registerClient(app, { ...PUBLIC_CLIENT, client_name: '\u200b\u2060\ufeff' })
  const { page } = await scene.consentFor(hidden)
  assert.match(page.text, /<h1><bdi>client\.example\.com<\/bdi>/)
  const long = await registerClient(app, { ...PUBLIC_CLIENT, client_name: `Claude${' '.repeat(300)}x` })
  const visit = await scene.consentFor(long)
  assert.match(visit.page.text, /class="host">client\.example\.com</)
  assert.ok(visit.page.text.length < 6000)
})

test('A-091 what leaves for the client carries no referrer and stays in no cache', async () => {
  const { app } = scene
  const browser = await signedIn(app)
  const client = await registerClient(app)
  const { page, form } = await scene.consentFor(client, {}, browser)
  for (const visit of [
    await browser.submit(page, form, { decision: 'approve' }),
    await browser.open(urlFor(app, client)),
    await browser.open(urlFor(app, client, { response_type: 'token' })),
  ]) {
    assert.ok(visit.left)
    assert.equal(visit.response.headers.get('cache-control'), 'no-store')
    assert.equal(visit.response.headers.get('referrer-policy'), 'same-origin')
    assert.equal(visit.text, '')
  }
})

test('A-091 no code or password in what we answer to anybody else, nor in an address of ours', async () => {
  const { app } = scene
  const seen: string[] = []
  const watched = {
    url: app.url,
    fetch: async (request: Request) => {
      const response = await app.fetch(request)
      seen.push(request.url, response.headers.get('location') ?? '', await response.clone().text())
      return response
    },
  }
  const browser = new Browser(watched)
  const client = await registerClient(app)
  const { code } = await authorize(watched, client, { browser })
  const places = seen.filter((text) => text.includes(code))
  assert.equal(places.length, 1)
  assert.ok(places[0]?.startsWith(`${CALLBACK}?code=${code}&`))
  assert.ok(
    !seen.some(
      (text) => text.includes(OWNER.password) || text.includes(cookieOf(browser).split('session=')[1] ?? ''),
    ),
  )
})
