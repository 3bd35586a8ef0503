/** whatever text is read, the work grows no faster than its length (CWE-1333), at every door of the whole app. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { indexed, testFolder } from '../corpus/folder.ts'
import { Browser } from '../support/browser.ts'
import {
  authorizationRequest,
  CONFIDENTIAL_CLIENT,
  callMcp,
  obtainTokens,
  type RegisteredClient,
  registerClient,
} from '../support/scenario.ts'
import { OWNER } from '../support/site.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

let app: TestApp
let client: RegisteredClient
let access_token: string
before(async () => {
  app = await createTestApp({ env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
  client = await registerClient(app, CONFIDENTIAL_CLIENT)
  ;({ access_token } = await obtainTokens(app, client))
})
after(() => app[Symbol.asyncDispose]())

/** Texts on which a careless expression or a careless normalisation works for ever. */
const SEEDS: readonly [start: string, repeated: string, end: string][] = [
  ['', 'a', '!'],
  ['', ' ', 'x'],
  ['x', ' ', 'x'],
  ['', '\t', '\u0001'],
  ['', 'a ', '\n'],
  ['', 'a-', '$'],
  ['', 'a.', '@'],
  ['', '/', '\\'],
  ['', '/a', '#'],
  ['', '../', ''],
  ['http://', ':', '@'],
  ['http://', '@', ''],
  ['http://127.0.0.1', ':1', 'x'],
  ['https://a.example/?', '&a=', '#'],
  ['https://', 'a.', 'example'],
  ['com.', 'a.', ':/x'],
  ['', '%', ''],
  ['', '%25', '%'],
  ['', '=', ''],
  ['', 'a=', ';'],
  ['', ',', 'x'],
  ['', ', ', 'x'],
  ['', ';', ''],
  ['', '; ', 'x'],
  ['', 'a=b; ', ''],
  ['', '"', ''],
  ['"', '\\"', ''],
  ['', '(', ''],
  ['', '[', ''],
  ['', '[](', ''],
  ['', '{', ''],
  ['', '<', ''],
  ['', '<!--', ''],
  ['', '*', ''],
  ['', '`', ''],
  ['', '&', ''],
  ['', '&amp', ''],
  ['Bearer ', 'a', '!'],
  ['Bearer', ' ', '!'],
  ['Basic ', 'A', '!'],
  ['Basic ', '=', '='],
  ['eyJ', 'A', '.'],
  ['', 'eyJ.', ''],
  ['', 'eyJ', ''],
  ['', 'secret_', ''],
  ['', 'secret_0123456789a', ''],
  ['', '1.', ''],
  ['', '::', ''],
  ['', 'client_name#', ''],
  ['', 'corpus:read ', ''],
  ['', 'secret_0', ''],
  ['a', '\u0301\u0316', ''],
  ['', '\u200d', ''],
  ['', '\u202e', ''],
  ['', '\ud800', ''],
  ['', '東', ''],
  ['', 'ﷺ', ''],
]

/** Characters. */
const LONG = 64 * 1024

/** One text for each seed, of about `size` as `measured`. */
function* hostile(size: number, measured = (text: string) => text.length): Generator<string> {
  for (const [start, repeated, end] of SEEDS) {
    yield start + repeated.repeat(Math.floor((size - measured(start + end)) / measured(repeated))) + end
  }
}

/** What a normalisation of Unicode sorts with the square of their number, or makes eighteen of one. */
const MARKS = [`a${'\u0301\u0316'.repeat(30_000)}`, '\ufdfa'.repeat(40_000)]

const inForm = (text: string): number => new URLSearchParams([['', text]]).toString().length - 1

/**
 * Milliseconds of this thread, which answers everybody: not of the machine, and not of the threads that hash or search.
 * 64 kB take a few; where they are squared, seconds.
 */
const BOUND = 300

async function timed(which: string, answer: () => Promise<Response>): Promise<void> {
  const before = process.threadCpuUsage()
  const response = await answer()
  await response.arrayBuffer()
  const { user, system } = process.threadCpuUsage(before)
  const took = (user + system) / 1000
  assert.ok(took < BOUND, `${which} took ${took.toFixed(0)} ms`)
  assert.ok(response.status < 500, `${which}: ${response.status}`)
}

const shown = (text: string): string => JSON.stringify(`${text.slice(0, 12)}…${text.slice(-2)}`)

/** Those of a text that may stand in a header: what Node's parser and `Headers` let through. */
const asHeader = (text: string): string =>
  Buffer.from(text)
    .toString('latin1')
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, '')

const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  new Request(app.url + path, { method: 'POST', body: new URLSearchParams(form), headers })

const REGISTRATION_MEMBERS = [
  ...['client_name', 'client_uri', 'logo_uri', 'tos_uri', 'policy_uri', 'scope', 'jwks_uri', 'software_id'],
  ...[
    'software_version',
    'software_statement',
    'application_type',
    'token_endpoint_auth_method',
    'client_name#de',
  ],
]

test('A-174 every string of a registration', async () => {
  const headers = { 'content-type': 'application/json' }
  const send = (body: string, which: string) =>
    timed(which, () => app.fetch(new Request(`${app.url}/register`, { method: 'POST', body, headers })))
  const redirect_uris = ['https://client.example.com/callback']
  const register = (metadata: object, which: string) =>
    send(JSON.stringify({ redirect_uris, ...metadata }), which)
  for (const text of hostile(LONG, (part) => JSON.stringify(part).length - 2)) {
    const which = shown(text)
    for (const name of REGISTRATION_MEMBERS) await register({ [name]: text }, `${name} ${which}`)
    for (const name of ['redirect_uris', 'contacts', 'grant_types', 'response_types']) {
      await register({ [name]: [text] }, `${name} ${which}`)
    }
    await register({ [text]: 'x' }, `the name of a member ${which}`)
    await register({ [`client_name#${text}`]: 'x' }, `a language ${which}`)
    await register({ jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: text }] } }, `a key ${which}`)
    await send(text, `a body ${which}`)
  }
})

const TOKEN_PARAMETERS = [
  ...[
    'grant_type',
    'client_id',
    'client_secret',
    'code',
    'code_verifier',
    'redirect_uri',
    'refresh_token',
    'scope',
  ],
  ...['resource', 'token_type_hint', 'client_assertion', 'client_assertion_type'],
]

test('A-174 every parameter of the token, revocation and introspection endpoints', async () => {
  const { client_id, client_secret = '' } = client
  const { refresh_token = '' } = await obtainTokens(app, client)
  const send = (path: string, form: Record<string, string>, which: string) =>
    timed(`${path} ${which}`, () => app.fetch(post(path, { client_id, client_secret, ...form })))
  for (const text of hostile(100_000, inForm)) {
    for (const name of TOKEN_PARAMETERS) {
      for (const grant of [
        { grant_type: 'authorization_code', code: 'x' },
        { grant_type: 'refresh_token', refresh_token },
      ]) {
        await send('/token', { ...grant, [name]: text }, `${name} ${shown(text)}`)
      }
    }
    for (const path of ['/revoke', '/introspect']) {
      await send(path, { token: text }, `token ${shown(text)}`)
      await send(path, { token: 'x', [text]: 'x' }, `the name of a parameter ${shown(text)}`)
    }
  }
})

test('A-174 a secret that is hashed slowly', async () => {
  await using slow = await createTestApp({ env: { CORPUSIQ_CLIENT_SECRET_HASH: 'argon2id' } })
  const { client_id } = await registerClient(slow, CONFIDENTIAL_CLIENT)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  for (const text of MARKS) {
    const body = `client_id=${client_id}&grant_type=refresh_token&client_secret=${text}`
    await timed(shown(body), () =>
      slow.fetch(new Request(`${slow.url}/token`, { method: 'POST', body, headers })),
    )
  }
})

test('A-174 every field of the pages', async () => {
  const browser = new Browser(app)
  const login = await browser.open(`${app.url}/login`)
  const fields = Object.fromEntries(login.forms[0]?.fields ?? assert.fail())
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  // From a new address each, so that it is looked at and not slowed.
  let address = 0
  const signIn = (values: Record<string, string>) =>
    app.fetchFrom(`198.51.100.${++address}`, post('/login', { ...fields, ...values }, { cookie }))
  for (const text of hostile(40_000, inForm)) {
    await timed(`/login ${shown(text)}`, () => signIn({ username: text, password: text, return_to: text }))
    const values = { token: text, transaction: text, decision: text }
    for (const path of ['/login', '/setup', '/authorize/decision', '/logout']) {
      await timed(`${path} ${shown(text)}`, () => app.fetch(post(path, values, { cookie })))
    }
  }
  // Not percent-encoded there is room for more of them.
  const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
  const token = encodeURIComponent(fields.token ?? '')
  for (const text of MARKS) {
    for (const body of [
      `username=${text}&password=x&token=${token}`,
      `username=x&password=${text}&token=${token}`,
    ]) {
      const request = new Request(`${app.url}/login`, { method: 'POST', body, headers })
      await timed(shown(body), () => app.fetchFrom(`203.0.113.${++address}`, request))
    }
  }
  assert.equal((await signIn(OWNER)).status, 303, 'the owner gets in all the same')
})

const AUTHORIZATION_PARAMETERS = [
  ...['client_id', 'redirect_uri', 'scope', 'state', 'resource', 'code_challenge', 'code_challenge_method'],
  ...['response_type', 'response_mode', 'prompt', 'nonce', 'request', 'request_uri'],
]

test('A-174 every parameter of the authorization endpoint, and the path', async () => {
  for (const text of hostile(15_000, inForm)) {
    for (const name of AUTHORIZATION_PARAMETERS) {
      const { url } = authorizationRequest(app, client, { extra: { [name]: text } })
      await timed(`/authorize ${name} ${shown(text)}`, () => app.fetch(new Request(url)))
    }
  }
  for (const text of hostile(16_000)) {
    const bare = text.replaceAll(/[\s#?]/g, '')
    for (const target of [
      `/${bare}`,
      `/documents/${bare}`,
      `/.well-known/${bare}`,
      `/authorize?${text}`,
      `/setup?token=${text}`,
    ]) {
      await timed(`GET ${shown(target)}`, () =>
        app.app.fetch(new Request(app.url), { address: '127.0.0.1', target }),
      )
    }
  }
})

const HEADERS = [
  ...['authorization', 'content-type', 'accept', 'origin', 'cookie', 'x-forwarded-for', 'cf-connecting-ip'],
  ...['content-encoding', 'content-length', 'sec-fetch-site', 'if-none-match', 'mcp-protocol-version'],
  ...['mcp-session-id', 'user-agent', 'access-control-request-headers', 'referer'],
]

const DOORS = [
  ['POST', '/mcp'],
  ['POST', '/token'],
  ['POST', '/register'],
  ['GET', '/documents/x'],
  ['GET', '/.well-known/oauth-authorization-server'],
  ['OPTIONS', '/mcp'],
] as const

test('A-174 every header that is read', async () => {
  for (const text of hostile(LONG)) {
    const value = asHeader(text)
    for (const name of HEADERS) {
      for (const [method, path] of DOORS) {
        const headers = new Headers({
          authorization: `Bearer ${access_token}`,
          'content-type': 'application/json',
        })
        headers.set(name, value)
        const body = method === 'POST' ? '{}' : null
        const request = new Request(app.url + path, { method, headers, body })
        await timed(`${method} ${path} ${name} ${shown(text)}`, () => app.fetch(request))
      }
    }
    await timed(`host ${shown(value)}`, () =>
      app.app.fetch(new Request(app.url), { address: '127.0.0.1', host: value }),
    )
  }
})

test('A-174 every string of a message to /mcp', async (t) => {
  const corpus = await indexed(t, testFolder(t, { 'a.md': 'green tea' }))
  await using real = await createTestApp({ corpus })
  const tokens = await obtainTokens(real, await registerClient(real))
  const call = (method: string, params: Record<string, unknown>, which: string) =>
    timed(`${method.slice(0, 20)} ${which}`, () => callMcp(real, tokens.access_token, method, params))
  const began = performance.now()
  for (const text of hostile(300_000)) {
    const which = shown(text)
    await call('tools/call', { name: 'search', arguments: { query: text } }, `query ${which}`)
    await call('tools/call', { name: 'fetch', arguments: { id: text } }, `id ${which}`)
    await call('tools/call', { name: text }, `name ${which}`)
    await call('resources/read', { uri: text }, `uri ${which}`)
    await call('resources/read', { uri: `corpusiq://documents/${text}` }, `uri ${which}`)
    await call('resources/list', { cursor: text }, `cursor ${which}`)
    await call(text, {}, `method ${which}`)
    const initialize = { protocolVersion: text, capabilities: {}, clientInfo: { name: text, version: text } }
    await call('initialize', initialize, which)
  }
  // The thread that searches, too: a question that is squared would take minutes.
  assert.ok(performance.now() - began < 60_000)
})

test('A-174 every document: megabytes of one thing are indexed like any others', async (t) => {
  const files: Record<string, string> = { 'last.md': 'green tea' }
  let number = 0
  for (const text of hostile(200_000)) {
    for (const ending of ['md', 'html', 'txt']) files[`${number}.${ending}`] = text
    number++
  }
  const began = performance.now()
  const corpus = await indexed(t, testFolder(t, files))
  assert.deepEqual(await corpus.paths('green'), ['last.md'])
  t.diagnostic(`${Object.keys(files).length} files in ${(performance.now() - began).toFixed(0)} ms`)
})
