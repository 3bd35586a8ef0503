/** Group 15: what is sent to `/mcp` and by whose right, through the whole app. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACCEPT, FETCH, LIST, message, postMcp, READ, SEARCH } from '../support/mcp-messages.ts'
import {
  callMcp,
  obtainTokens,
  PUBLIC_CLIENT,
  type RegisteredClient,
  registerClient,
  type TokenAnswer,
  tokensOf,
} from '../support/scenario.ts'
import { postForm } from '../support/site.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { failuresOf } from './served-app.ts'

let app: TestApp
let client: RegisteredClient
let tokens: TokenAnswer
before(async () => {
  app = await createTestApp()
  client = await registerClient(app)
  tokens = await obtainTokens(app, client)
})
after(() => app[Symbol.asyncDispose]())

const send = (
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
  token = tokens.access_token,
) => postMcp(app, token, body, headers)

/** The challenge of RFC 6750 §3.1 for a token with `granted` that lacks `missing`. */
function lacking(granted: string, missing: string): string {
  const metadata = `${app.url}/.well-known/oauth-protected-resource/mcp`
  return (
    `Bearer resource_metadata="${metadata}", scope="${granted} ${missing}", error="insufficient_scope", ` +
    `error_description="the access token lacks ${missing}"`
  )
}

for (const [granted, missing, refused, admitted] of [
  [
    'corpus:search',
    'corpus:read',
    [FETCH, READ, message('resources/list'), [SEARCH, FETCH], [SEARCH, READ]],
    SEARCH,
  ],
  ['corpus:read', 'corpus:search', [SEARCH, [FETCH, SEARCH], [READ, SEARCH]], FETCH],
] as const) {
  test(`A-151 a token for ${granted} alone, however it was narrowed, is refused what needs ${missing}`, async () => {
    const registered = await obtainTokens(
      app,
      await registerClient(app, { ...PUBLIC_CLIENT, scope: granted }),
    )
    const authorized = await obtainTokens(app, client, { scope: granted })
    const whole = await obtainTokens(app, client, { scope: 'corpus:read corpus:search' })
    const refreshed = await tokensOf(
      await postForm(app, `${app.url}/token`, {
        grant_type: 'refresh_token',
        refresh_token: whole.refresh_token ?? '',
        client_id: client.client_id,
        scope: granted,
      }),
    )
    for (const { access_token, scope } of [registered, authorized, refreshed]) {
      assert.equal(scope, granted)
      for (const body of refused) {
        const answer = await send(JSON.stringify(body), {}, access_token)
        assert.equal(answer.status, 403, JSON.stringify(body))
        assert.equal(answer.headers.get('www-authenticate'), lacking(granted, missing))
        assert.equal(((await answer.json()) as { error: string }).error, 'insufficient_scope')
      }
      assert.equal((await send(JSON.stringify(admitted), {}, access_token)).status, 200)
    }
  })
}

test('A-151 no other spelling of a tool, a method, a member or a header reaches what the scope forbids', async () => {
  const { access_token } = await obtainTokens(app, client, { scope: 'corpus:search' })
  const call = (name: unknown, method = 'tools/call') =>
    JSON.stringify(message(method, { name, arguments: { id: 'doc_tea', query: 'doc_tea' } }))
  const bodies = [
    ...[
      'FETCH',
      'Fetch',
      ' fetch',
      'fetch ',
      'fetch\0',
      'fetch\n',
      '\uff46etch',
      'fetch/../fetch',
      'tools/fetch',
    ].map((name) => call(name)),
    ...['__proto__', 'constructor', 'toString', ['fetch'], { name: 'fetch' }, null, 1].map((name) =>
      call(name),
    ),
    ...['Tools/Call', 'tools/call ', 'tools//call', 'tools\\call', 'tools/call\0'].map((method) =>
      call('fetch', method),
    ),
    ...['resources/READ', 'resources/subscribe', 'documents/read', 'completion/complete'].map((method) =>
      JSON.stringify(message(method, { uri: 'corpusiq://documents/doc_tea', ref: { type: 'ref/resource' } })),
    ),
    JSON.stringify([[FETCH]]),
    JSON.stringify({ 0: FETCH, length: 1 }),
    `{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"search","name":"fetch","arguments":{"id":"doc_tea"}}}`,
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","\\u006eame":"fetch","arguments":{"id":"doc_tea"}}}`,
  ]
  for (const body of bodies) {
    for (const headers of [
      {},
      { 'mcp-protocol-version': '2025-06-18' },
      { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'search' },
    ]) {
      const answer = await send(body, headers, access_token)
      const text = await answer.text()
      assert.ok(answer.status < 500, body)
      assert.doesNotMatch(text, /80 °C/, body)
    }
  }
  // What is judged is the message, not the header beside it.
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  }
  const modern = JSON.stringify(message('tools/call', { name: 'fetch', arguments: { id: 'doc_tea' }, _meta }))
  for (const [method, name] of [
    ['tools/call', 'search'],
    ['tools/list', 'fetch'],
    ['tools/call', 'fetch'],
  ] as const) {
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, 'mcp-name': name }
    assert.equal((await send(modern, headers, access_token)).status, 403)
  }
  assert.deepEqual(failuresOf(app), [])
})

test('A-152 whatever is sent as a message, the answer is JSON below 500 and the next honest request is served', async () => {
  const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000)
  const bodies: [body: string, status: number, code?: number][] = [
    ['', 400, -32700],
    ['{', 400, -32700],
    ['{"jsonrpc":"2.0","id":1,"method":"ping"', 400, -32700],
    ['{"jsonrpc":"2.0","id":1,"method":"ping"}{}', 400, -32700],
    ["{'jsonrpc':'2.0','id':1,'method':'ping'}", 400, -32700],
    ['{"jsonrpc":"2.0","id":NaN,"method":"ping"}', 400, -32700],
    ['\ufeff', 400, -32700],
    ['null', 400],
    ['true', 400],
    ['"tools/list"', 400],
    ['[]', 400],
    ['[null]', 400],
    ['[1,2,3]', 400],
    ['{}', 400],
    ['{"id":1,"method":"tools/list"}', 400],
    ['{"jsonrpc":2.0,"id":1,"method":"tools/list"}', 400],
    ['{"jsonrpc":"1.0","id":1,"method":"tools/list"}', 400],
    ['{"jsonrpc":"2.0","id":null,"method":"tools/list"}', 400],
    ['{"jsonrpc":"2.0","id":true,"method":"tools/list"}', 400],
    ['{"jsonrpc":"2.0","id":[1],"method":"tools/list"}', 400],
    ['{"jsonrpc":"2.0","id":{},"method":"tools/list"}', 400],
    ['{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}', 400],
    ['{"jsonrpc":"2.0","id":1e999,"method":"tools/list"}', 400],
    ['{"jsonrpc":"2.0","id":1,"method":null}', 400],
    ['{"jsonrpc":"2.0","id":1,"method":["tools/list"]}', 400],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}', 400],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/list","params":"x"}', 400],
    ['{"jsonrpc":"2.0","id":1,"method":"no/such"}', 200, -32601],
    [`{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(500_000)}"}`, 200, -32601],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"none"}}', 200, -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call"}', 200, -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}', 200, -32602],
    ['{"jsonrpc":"2.0","id":1,"result":{}}', 202],
    ['{"jsonrpc":"2.0","method":"notifications/no/such"}', 202],
    [JSON.stringify(Array.from({ length: 10_000 }, (_, id) => message('ping', {}, id))), 400],
    [deep('[', ']'), 400],
    ['{"a":'.repeat(100_000), 400, -32700],
    [`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"x":${deep('[', ']')}}}`, 200],
    ['x'.repeat(5_000_000), 413],
  ]
  for (const [body, status, code] of bodies) {
    const answer = await send(body)
    const text = await answer.text()
    assert.equal(answer.status, status, `${body.slice(0, 80)} → ${text.slice(0, 200)}`)
    if (code !== undefined) assert.equal(JSON.parse(text).error.code, code, body.slice(0, 80))
    if (text !== '') assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
    assert.doesNotMatch(text, /node_modules|\bat .*\.(ts|mjs|js):\d|ZodError|SQLITE/)
  }
  for (const bytes of ['\xff', '\xc0\xaf', '\xed\xa0\x80', '\xe2\x82']) {
    const body = Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"${bytes}"}}`, 'latin1')
    assert.equal((await send(body)).status, 400, JSON.stringify(bytes))
  }
  assert.equal((await callMcp(app, tokens.access_token)).status, 200)
  assert.deepEqual(failuresOf(app), [])
})

test('A-153 versions and media types that nobody has are refused with 400, 406 and 415', async () => {
  for (const version of [
    '',
    '1',
    '2025-06-18 ',
    '2099-01-01',
    '__proto__',
    'x'.repeat(8000),
    '2025-06-18, 2025-03-26',
  ]) {
    const { status } = await send(LIST, { 'mcp-protocol-version': version })
    // The value of a header has no space at its ends (RFC 9110 §5.5).
    assert.equal(status, version.trim() === '2025-06-18' ? 200 : 400, version.slice(0, 40))
  }
  for (const accept of [
    '',
    'text/html',
    'application/json',
    'text/event-stream',
    'application/json;q=x',
    ';',
    'x'.repeat(8000),
  ]) {
    const { status } = await send(LIST, { accept })
    assert.equal(status, 406, accept.slice(0, 40))
  }
  for (const type of [
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'text/json',
    'multipart/form-data',
  ]) {
    const { status } = await send(LIST, { 'content-type': type })
    assert.equal(status, 415, type)
  }
  assert.deepEqual(failuresOf(app), [])
})

test('A-153 no session is ever made, kept or believed', async () => {
  const initialize = message('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  })
  const begun = await send(JSON.stringify(initialize))
  assert.equal(begun.status, 200)
  assert.equal(begun.headers.get('mcp-session-id'), null)
  for (const id of ['forged', '1', crypto.randomUUID(), client.client_id]) {
    const session = { 'mcp-session-id': id }
    const anonymous = new Request(`${app.url}/mcp`, {
      method: 'POST',
      body: LIST,
      headers: { ...session, 'content-type': 'application/json', accept: ACCEPT },
    })
    assert.equal((await app.fetch(anonymous)).status, 401)
    const { status, headers } = await send(LIST, session)
    assert.deepEqual([status, headers.get('mcp-session-id')], [200, null])
    for (const method of ['GET', 'DELETE']) {
      const authorization = `Bearer ${tokens.access_token}`
      const request = new Request(`${app.url}/mcp`, { method, headers: { ...session, authorization } })
      assert.equal((await app.fetch(request)).status, 405)
    }
  }
})
