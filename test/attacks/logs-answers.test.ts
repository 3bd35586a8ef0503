/** A-170: what refusals and failures tell, at every door of the whole app. */
import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { Browser } from '../support/browser.ts'
import { createMemoryCorpus } from '../support/memory-corpus.ts'
import {
  authorizationRequest,
  authorize,
  CONFIDENTIAL_CLIENT,
  obtainTokens,
  PUBLIC_CLIENT,
  registerClient,
} from '../support/scenario.ts'
import { postForm } from '../support/site.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { exchange } from '../web/raw.ts'
import { failuresOf, type ServedApp, serveTestApp } from './served-app.ts'

let app: ServedApp
before(async () => {
  app = await serveTestApp()
})
after(() => app[Symbol.asyncDispose]())

/** Names of software, statements, places of the machine, and what a stack is made of. */
const TELLING = [
  /\bat .{0,80}:\d+:\d+/,
  /node:|node_modules|\.[mc]?[jt]s\b/,
  /sqlite|SQL|\b(?:select|insert|update|delete|pragma|begin immediate)\b.{0,40}\b(?:from|into|set|where)\b/i,
  /\b(?:hono|undici|pino|htmlparser2|zod|node\.js)\b/i,
  /(?:Type|Range|Reference|Syntax|Assertion)Error\b|ERR_[A-Z]+|E(?:NOENT|ACCES|PERM|NOSPC)\b/,
  /\/(?:home|tmp|var|usr|etc|root|Users)\/|[A-Z]:\\/,
  new RegExp(process.version.slice(1).replaceAll('.', '\\.')),
]

function assertTellsNothing(text: string, which: string): void {
  for (const pattern of TELLING) assert.doesNotMatch(text, pattern, which)
}

const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }

type Wrong = [method: string, target: string, headers?: Record<string, string>, body?: string]

/** Something wrong for every door, and a few doors that there are not. */
const WRONG: readonly Wrong[] = [
  ...[
    '{',
    '[]',
    'null',
    '{"redirect_uris":"x"}',
    '{"redirect_uris":["javascript:x"]}',
    `${'['.repeat(5000)}`,
  ].map((body): Wrong => ['POST', '/register', JSON_TYPE, body]),
  ['POST', '/register', FORM_TYPE, 'client_name=x'],
  ['GET', '/register'],
  ...['/token', '/revoke', '/introspect'].flatMap((door): Wrong[] => [
    ['POST', door, FORM_TYPE, ''],
    ['POST', door, FORM_TYPE, 'grant_type=password&client_id=x&client_secret=x&token=x'],
    ['POST', door, FORM_TYPE, 'grant_type=x&grant_type=x'],
    ['POST', door, FORM_TYPE, 'grant_type=%ff%fe&client_id=%00'],
    ['POST', door, JSON_TYPE, '{}'],
    ['POST', door, { ...FORM_TYPE, authorization: 'Basic !!!' }, 'token=x'],
    ['POST', `${door}?client_secret=x`, FORM_TYPE, 'token=x'],
    ['DELETE', door],
  ]),
  ...['', '?', '?client_id=x', '?client_id=%00&redirect_uri=%0d%0a', `?${'a=b&'.repeat(3000)}`].map(
    (query): Wrong => ['GET', `/authorize${query}`],
  ),
  ['POST', '/authorize', FORM_TYPE, 'x=y'],
  ['POST', '/authorize/decision', FORM_TYPE, 'decision=approve&transaction=x'],
  ['POST', '/login', FORM_TYPE, 'username=x&password=y&token=z'],
  ['POST', '/login', JSON_TYPE, '{}'],
  ['GET', '/setup?token=x'],
  ['POST', '/setup', FORM_TYPE, 'token=x&username=x&password=y'],
  ['POST', '/logout', { 'sec-fetch-site': 'cross-site' }],
  ['POST', '/mcp', { authorization: 'Bearer x' }, '{}'],
  ['POST', '/mcp', { authorization: 'Bearer a.b.c' }, '{}'],
  ['POST', '/mcp', { authorization: `Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.` }, '{}'],
  ['TRACE', '/mcp'],
  ['GET', '/documents/%00'],
  ['GET', '/.well-known/nothing'],
  ['GET', '/.well-known/../etc/passwd'],
  ['GET', '/nothing', { accept: 'text/html' }],
  ['GET', '/package.json'],
  ['GET', '/src/app.ts'],
  ['GET', '/assets/../../package.json'],
  ['GET', '/server-status'],
  ['PROPFIND', '/'],
]

function raw([method, target, headers = {}, body = '']: Wrong, host = `127.0.0.1:${app.port}`): string {
  const lines = Object.entries({
    host,
    connection: 'close',
    'content-length': String(body.length),
    ...headers,
  })
  return `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}

test('A-170 no refusal names software, version, place or statement, in body or header', async () => {
  for (const wrong of WRONG) {
    const which = `${wrong[0]} ${wrong[1].slice(0, 60)} ${wrong[3]?.slice(0, 60) ?? ''}`
    const answer = await exchange(app.port, raw(wrong))
    assert.match(answer, /^HTTP\/1\.1 (?:4\d\d|30[23]) /, which)
    assert.doesNotMatch(answer, /^(?:server|x-powered-by|via|x-runtime|x-aspnet-version|etag):/im, which)
    assertTellsNothing(answer, which)
  }
  // What ends in the parser of HTTP, before the app.
  for (const bytes of [
    'GET\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n',
  ]) {
    assertTellsNothing(await exchange(app.port, bytes), bytes)
  }
  assertTellsNothing(await exchange(app.port, raw(['GET', '/'], 'evil.example')), 'a foreign host')
  assert.deepEqual(failuresOf(app), [])
})

/** A request for every door that reads or writes: as a client and a person would make it. */
async function honestRequests(site: TestApp): Promise<() => [string, Request][]> {
  const browser = new Browser(site)
  const client = await registerClient(site, CONFIDENTIAL_CLIENT)
  const { code, verifier, redirect_uri } = await authorize(site, client, { browser })
  const tokens = await obtainTokens(site, client, { browser })
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const basic = `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}`
  const form = (
    path: string,
    parameters: Record<string, string>,
    headers: Record<string, string> = { authorization: basic },
  ) => new Request(site.url + path, { method: 'POST', body: new URLSearchParams(parameters), headers })
  const json = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    new Request(site.url + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { ...JSON_TYPE, ...headers },
    })
  const login = await browser.open(authorizationRequest(site, client, { extra: { prompt: 'consent' } }).url)
  const consent = login.forms.find(({ buttons }) => buttons.length > 0) ?? assert.fail()
  const decide = Object.fromEntries(consent.fields)
  return () => [
    ['POST /register', json('/register', PUBLIC_CLIENT)],
    [
      'code',
      form('/token', { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri }),
    ],
    ['refresh', form('/token', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' })],
    ['POST /revoke', form('/revoke', { token: tokens.refresh_token ?? '' })],
    ['POST /introspect', form('/introspect', { token: tokens.refresh_token ?? '' })],
    ['GET /authorize', new Request(authorizationRequest(site, client).url, { headers: { cookie } })],
    [
      'POST /consent',
      form(
        new URL(consent.action, site.url).pathname,
        { ...decide, decision: 'approve' },
        { cookie, origin: site.url },
      ),
    ],
    ['GET /', new Request(`${site.url}/`, { headers: { cookie } })],
    ['GET /documents', new Request(`${site.url}/documents/doc_tea`, { headers: { cookie } })],
    [
      'POST /mcp',
      json(
        '/mcp',
        {
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'fetch', arguments: { id: 'doc_tea' } },
        },
        { accept: 'application/json, text/event-stream', authorization: `Bearer ${tokens.access_token}` },
      ),
    ],
  ]
}

test('A-170 when the database or the corpus fails, the caller reads a number to look for and nothing of the fault', async (t) => {
  const memory = createMemoryCorpus()
  let broken = false
  const corpus = {
    ...memory,
    fetch: async (id: string) => {
      if (broken)
        throw new Error('SQLITE_CORRUPT: database disk image is malformed, /home/someone/notes/corpus.db')
      return memory.fetch(id)
    },
  }
  const failing = await createTestApp({ corpus })
  t.after(() => rm(failing.settings.dataDir, { recursive: true, force: true }))
  const requests = await honestRequests(failing)
  broken = true
  assert.equal(await failuresAt(failing, requests().slice(-2)), 2)
  await failing.store.close()
  assert.ok((await failuresAt(failing, requests())) >= 6)
})

/** Sends the requests; how many of them failed, each told without its fault. */
async function failuresAt(site: TestApp, requests: readonly [string, Request][]): Promise<number> {
  let failed = 0
  for (const [which, request] of requests) {
    const response = await site.fetch(request)
    const told = `${JSON.stringify([...response.headers])} ${await response.text()}`
    assertTellsNothing(told, which)
    if (response.status < 500) continue
    failed++
    const { request_id, fault } =
      site.events.findLast((event) => event.type === 'request.failed') ?? assert.fail(which)
    assert.ok(told.includes(request_id), which)
    assert.ok(fault instanceof Error && !told.includes(fault.message), which)
  }
  return failed
}

test('A-170 nobody learns from a refusal whether a client exists and how it authenticates', async () => {
  const confidential = await registerClient(app, CONFIDENTIAL_CLIENT)
  const open = await registerClient(app)
  const secret = confidential.client_secret ?? ''
  const claims = [
    { client_id: `client_${'0'.repeat(12)}${'A'.repeat(22)}`, client_secret: secret },
    { client_id: 'nobody', client_secret: secret },
    {
      client_id: confidential.client_id,
      client_secret: `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`,
    },
    { client_id: confidential.client_id, client_secret: 'x' },
    { client_id: open.client_id, client_secret: secret },
  ]
  for (const door of ['/token', '/revoke', '/introspect']) {
    const answers = new Set<string>()
    for (const claim of claims) {
      const parameters = { grant_type: 'refresh_token', refresh_token: 'x', token: 'x' }
      const basic = Buffer.from(`${claim.client_id}:${claim.client_secret}`).toString('base64')
      for (const response of [
        await postForm(app, app.url + door, { ...parameters, ...claim }),
        await postForm(app, app.url + door, parameters, { authorization: `Basic ${basic}` }),
      ]) {
        assert.equal(response.status, 401)
        answers.add(await response.text())
      }
    }
    assert.equal(answers.size, 1, [...answers].join('\n'))
  }
})

test('A-170 somebody else’s token, an unknown and a spent one are answered alike', async () => {
  const [mine, other] = [await registerClient(app, CONFIDENTIAL_CLIENT), await registerClient(app)]
  const tokens = await obtainTokens(app, other)
  const basic = Buffer.from(`${mine.client_id}:${mine.client_secret}`).toString('base64')
  const headers = { authorization: `Basic ${basic}` }
  for (const door of ['/introspect', '/revoke']) {
    const answers = new Set<string>()
    for (const token of [
      tokens.refresh_token ?? '',
      tokens.access_token,
      `refresh_${'0'.repeat(12)}${'A'.repeat(43)}`,
      `${tokens.access_token}x`,
      'x',
    ]) {
      const response = await postForm(app, app.url + door, { token }, headers)
      answers.add(`${response.status} ${await response.text()}`)
    }
    assert.deepEqual([...answers], [door === '/introspect' ? '200 {"active":false}' : '200 {}'])
  }
  const grants = { grant_type: 'refresh_token' }
  const foreign = await postForm(
    app,
    `${app.url}/token`,
    { ...grants, refresh_token: tokens.refresh_token ?? '' },
    headers,
  )
  const unknown = await postForm(
    app,
    `${app.url}/token`,
    { ...grants, refresh_token: `refresh_${'0'.repeat(12)}${'A'.repeat(43)}` },
    headers,
  )
  assert.deepEqual([foreign.status, await foreign.text()], [unknown.status, await unknown.text()])
})
