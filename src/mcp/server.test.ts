import assert from 'node:assert/strict'
import { test } from 'node:test'
import { as, ask, asked, BOTH, call, endpoint, HEADERS, ORIGIN } from '../../test/support/mcp-endpoint.ts'

const CHALLENGE = `Bearer resource_metadata="${ORIGIN}/.well-known/oauth-protected-resource/mcp", scope="${BOTH}"`

const SEARCH = call('tools/call', { name: 'search', arguments: { query: 'tea' } }, 'a')
const FETCH = call('tools/call', { name: 'fetch', arguments: { id: 'doc_1' } }, 'b')
const READ = call('resources/read', { uri: 'corpusiq://documents/doc_1' }, 'c')
const LIST = call('resources/list', {}, 'd')

for (const [what, message, scope] of [
  ['fetch by a token for search', FETCH, 'corpus:search'],
  ['search by a token for reading', SEARCH, 'corpus:read'],
  ['fetch beside search in a batch', [SEARCH, FETCH], 'corpus:search'],
  ['search beside fetch in a batch', [FETCH, SEARCH], 'corpus:read'],
  ['a document by resource', READ, 'corpus:search'],
  ['all documents by resource', LIST, 'corpus:search'],
  ['a document by resource in a batch', [SEARCH, READ], 'corpus:search'],
] as const) {
  test(`A-151 RFC 6750 §3.1 ${what}: 403 insufficient_scope with the scope to ask for`, async () => {
    const { status, response } = await ask(message, scope)
    assert.equal(status, 403)
    const header = response.headers.get('www-authenticate') ?? ''
    const asked = /scope="([^"]*)"/.exec(header)?.[1]?.split(' ').sort()
    assert.deepEqual(asked, ['corpus:read', 'corpus:search'])
    assert.match(header, /^Bearer resource_metadata="[^"]+", scope="[^"]+", error="insufficient_scope"/)
  })
}

test('A-150 RFC 6750 §3.1 without credentials the challenge has no error, whatever the method', async () => {
  for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'PUT']) {
    const response = await endpoint().fetch({ method })
    assert.equal(response.status, 401, method)
    assert.equal(response.headers.get('www-authenticate'), CHALLENGE)
  }
})

test('A-150 RFC 6750 §3.1 a bad token is answered with invalid_token and told to the log', async () => {
  for (const authorization of [
    'Bearer bad',
    'bearer bad',
    'Bearer a b',
    'Bearer ',
    'Bearer good/x, Bearer y',
  ]) {
    const { fetch, events } = endpoint()
    const response = await fetch({ headers: { ...HEADERS, authorization } })
    assert.equal(response.status, 401, authorization)
    const header = response.headers.get('www-authenticate') ?? ''
    assert.ok(header.startsWith(`${CHALLENGE}, error="invalid_token"`), header)
    assert.deepEqual(
      events.map(({ type }) => type),
      ['access.refused'],
    )
  }
})

test('RFC 6750 §2.3 a token in the query is no credential', async () => {
  const { fetch } = endpoint()
  const response = await fetch({ body: 'access_token=good/corpus.read', headers: { ...HEADERS } })
  assert.equal(response.headers.get('www-authenticate'), CHALLENGE)
})

test('A-149 an origin outside the list is refused where there is a list, with or without a token', async () => {
  const listed = endpoint({ corsAllowOrigins: ['https://chatgpt.com'] })
  const body = JSON.stringify(call('tools/list'))
  const statusFor = async (origin?: string) =>
    (await listed.fetch({ body, headers: { ...as(BOTH), ...(origin !== undefined && { origin }) } })).status
  assert.equal(await statusFor('https://evil.example'), 403)
  assert.equal(await statusFor('null'), 403)
  assert.equal(await statusFor('https://chatgpt.com.evil.example'), 403)
  assert.equal(await statusFor('https://chatgpt.com'), 200)
  assert.equal(await statusFor(ORIGIN), 200)
  assert.equal(await statusFor(), 200)
  const open = await endpoint().fetch({ body, headers: { ...as(BOTH), origin: 'https://evil.example' } })
  assert.equal(open.status, 200)
})

test('A-151 a token needs no more than what its call needs', async () => {
  assert.equal((await ask(SEARCH, 'corpus:search')).status, 200)
  assert.equal((await ask(FETCH, 'corpus:read')).status, 200)
  assert.equal((await ask(READ, 'corpus:read')).status, 200)
  assert.equal((await ask(call('tools/list'), 'corpus:search')).status, 200)
})

test('A-151 a name hidden in a prototype calls nothing', async () => {
  for (const text of [
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"__proto__":{"name":"fetch","arguments":{"id":"doc_1"}}}}',
    '{"jsonrpc":"2.0","id":1,"__proto__":{"method":"tools/call"},"params":{"name":"fetch","arguments":{"id":"doc_1"}}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","__proto__":{"name":"fetch"},"arguments":{"query":"tea","id":"doc_1"}}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","name":"fetch","arguments":{"id":"doc_1"}}}',
  ]) {
    const response = await endpoint().fetch({ body: text, headers: as('corpus:search') })
    const answer = await response.text()
    assert.doesNotMatch(answer, /80 °C/)
    assert.ok(response.status < 500)
  }
})

test('MCP 2025-03-26 a batch is answered whole', async () => {
  const { status, body } = await ask([SEARCH, FETCH, call('ping', {}, 'p')])
  assert.equal(status, 200)
  assert.ok(Array.isArray(body))
  assert.deepEqual((body as { id: string }[]).map(({ id }) => id).sort(), ['a', 'b', 'p'])
})

test('A-152 a batch that cancels its own request is answered all the same', async () => {
  const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'a' } }
  assert.equal((await ask([SEARCH, cancel])).status, 200)
  assert.equal((await ask([cancel])).status, 202)
})

test('A-152 malformed messages are answered with an error below 500', async () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  for (const [text, status] of [
    ['', 400],
    ['{', 400],
    ['\u0000', 400],
    ['null', 400],
    ['7', 400],
    ['[]', 400],
    ['{"jsonrpc":"1.0","id":1,"method":"ping"}', 400],
    ['{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}', 400],
    ['{"jsonrpc":"2.0","id":1,"method":7}', 400],
    [JSON.stringify(Array.from({ length: 10_000 }, (_, id) => call('ping', {}, id))), 400],
    [deep, 400],
    [
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"fetch","arguments":{"id":${deep}}}}`,
      200,
    ],
    ['x'.repeat(5_000_000), 413],
  ] as const) {
    const response = await endpoint().fetch({ body: text, headers: as(BOTH) })
    const answer = await response.text()
    assert.equal(response.status, status, `${text.slice(0, 60)} → ${answer.slice(0, 200)}`)
    assert.doesNotMatch(answer, /\bat .*\.ts|node_modules/)
  }
  const invalidUtf8 = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"\xff"}}', 'latin1')
  assert.equal((await endpoint().fetch({ body: invalidUtf8, headers: as(BOTH) })).status, 400)
})

test('A-152 JSON-RPC §5.1 an unknown method or tool is an error of the protocol', async () => {
  assert.equal((await ask(call('nonsense'))).body.error?.code, -32601)
  assert.equal((await ask(call('prompts/list'))).body.error?.code, -32601)
  assert.equal((await ask(call('tools/call', { name: 'delete' }))).body.error?.code, -32602)
  assert.equal((await ask(call('tools/call', { name: 'toString' }))).body.error?.code, -32602)
})

test('A-153 wrong media types and versions are refused', async () => {
  const message = call('tools/list')
  const statusWith = async (headers: Record<string, string>) => (await ask(message, BOTH, headers)).status
  assert.equal(await statusWith({ accept: 'text/html' }), 406)
  assert.equal(await statusWith({ 'content-type': 'text/plain' }), 415)
  assert.equal(await statusWith({ 'content-type': 'application/jsonx' }), 415)
  assert.equal(await statusWith({ 'mcp-protocol-version': '1999-01-01' }), 400)
  assert.equal(await statusWith({ 'mcp-protocol-version': '2025-06-18' }), 200)
})

test('A-153 a session id is never authentication', async () => {
  const { fetch } = endpoint()
  const body = JSON.stringify(call('tools/list'))
  assert.equal((await fetch({ body, headers: { ...HEADERS, 'mcp-session-id': 'forged' } })).status, 401)
  const answer = await fetch({ body, headers: { ...as(BOTH), 'mcp-session-id': 'forged' } })
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('mcp-session-id'), null)
})

test('MCP 2025-11-25 a stateless server has no stream to open and no session to end', async () => {
  for (const method of ['GET', 'DELETE', 'PUT']) {
    const response = await endpoint().fetch({ method, headers: as(BOTH) })
    assert.equal(response.status, 405)
    assert.equal(response.headers.get('allow'), 'POST')
  }
})

for (const version of ['2025-03-26', '2025-06-18', '2025-11-25']) {
  test(`MCP ${version} initialize is answered in the same revision`, async () => {
    const params = {
      protocolVersion: version,
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    }
    const { body } = await ask(call('initialize', params))
    assert.equal(body.result?.protocolVersion, version)
    assert.partialDeepStrictEqual(body.result, { serverInfo: { name: 'CorpusIQ' } })
    assert.match(String(body.result?.instructions), /never an instruction/)
  })
}

test('MCP 2026-07-28 server/discover and a call are answered without any handshake', async () => {
  const headers = { 'mcp-protocol-version': '2026-07-28' }
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  }
  const discover = await ask(call('server/discover', { _meta }), BOTH, {
    ...headers,
    'mcp-method': 'server/discover',
  })
  assert.equal(discover.status, 200, JSON.stringify(discover.body))
  assert.deepEqual(Object.keys(discover.body.result?.capabilities ?? {}).sort(), ['resources', 'tools'])
  const params = { name: 'search', arguments: { query: 'tea' }, _meta }
  const asked = { ...headers, 'mcp-method': 'tools/call', 'mcp-name': 'search' }
  const found = await ask(call('tools/call', params), BOTH, asked)
  assert.partialDeepStrictEqual(found.body.result, { structuredContent: { results: [{ id: 'doc_1' }] } })
  assert.equal((await ask(call('tools/call', params), 'corpus:read', asked)).status, 403)
})

test('resources list and read the documents', async () => {
  const listed = await ask(LIST)
  assert.deepEqual(listed.body.result, {
    resources: [
      {
        uri: 'corpusiq://documents/doc_1',
        name: 'drinks/tea.md',
        title: 'Tea',
        mimeType: 'text/markdown',
        size: 20,
        annotations: { lastModified: '2026-01-02T03:04:05.000Z' },
      },
    ],
  })
  const read = await ask(READ)
  assert.deepEqual(read.body.result, {
    contents: [
      { uri: 'corpusiq://documents/doc_1', mimeType: 'text/markdown', text: 'Green tea wants 80 °C.' },
    ],
  })
  const templates = await ask(call('resources/templates/list'))
  assert.partialDeepStrictEqual(templates.body.result, {
    resourceTemplates: [{ uriTemplate: 'corpusiq://documents/{id}' }],
  })
})

test('a resource that is longer than what is handed out says so', async () => {
  const { body } = await ask(call('resources/read', { uri: 'corpusiq://documents/doc_long' }))
  assert.deepEqual(asked.at(-1), ['doc_long', undefined])
  const { contents } = body.result as { contents: { text: string }[] }
  assert.match(
    contents[0]?.text ?? '',
    /What follows: the fetch tool with id "doc_long" and offset 24005\.\]$/,
  )
})

test('A-156 a resource is looked up by its id alone', async () => {
  for (const uri of [
    'corpusiq://documents/../../etc/passwd',
    'corpusiq://documents/%2e%2e%2fetc',
    'corpusiq://documents/',
    'file:///etc/passwd',
    `${ORIGIN}/documents/doc_1`,
    `corpusiq://documents/${'a'.repeat(500_000)}`,
  ]) {
    const { status, body } = await ask(call('resources/read', { uri }))
    assert.equal(status, 200)
    assert.equal(body.error?.code, -32602, uri.slice(0, 60))
  }
  assert.equal((await ask(call('resources/list', { cursor: '../x' }))).body.error?.code, -32602)
})

test('a bug is thrown to the edge, and nothing of it reaches the caller', async () => {
  await assert.rejects(
    ask(call('tools/call', { name: 'fetch', arguments: { id: 'broken' } })),
    /SQLITE_IOERR/,
  )
})
