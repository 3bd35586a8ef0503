import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Corpus, CorpusDocument, Freshness } from '../corpus/corpus.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { AccessTokenClaims } from '../oauth/grant.ts'
import type { Event } from '../ops/events.ts'
import type { Settings } from '../ops/settings.ts'
import { createGuard } from './guard.ts'
import { mcpRoutes } from './server.ts'

const ORIGIN = 'https://notes.example.com'
const BOTH = 'corpus:read corpus:search'

const DOCUMENT: CorpusDocument = {
  id: 'doc_1',
  title: 'Tea',
  path: 'drinks/tea.md',
  collection: 'notes',
  media_type: 'text/markdown',
  bytes: 20,
  modified: '2026-01-02T03:04:05.000Z',
  text: 'Green tea wants 80 °C.',
  offset: 0,
  length: 22,
}

/** Twelve characters a passage, a hundred passages. */
const LONG: CorpusDocument = {
  ...DOCUMENT,
  id: 'doc_long',
  title: 'Almanac',
  path: 'almanac.pdf',
  origin: 'https://example.com/almanac',
  text: 'words',
  offset: 24_000,
  length: 90_000,
  marked: { passage: 20, heading: 'Spring > Tea', page: 7, start: 0, end: 5 },
}

/** What the corpus was asked for, by tools and resources. */
const asked: unknown[][] = []

const corpus: Corpus = {
  search: async (query, limit, options) => {
    asked.push([query, limit, options])
    if (query === 'almanac') {
      const place = { passage: 20, heading: 'Spring > Tea', page: 7 }
      return [{ ...LONG, ...place, text: 'words', score: 1, passages: 100 }]
    }
    return query === 'tea'
      ? [{ ...DOCUMENT, text: 'Green tea', score: 1, passage: 0, passages: 1 }].slice(0, limit)
      : []
  },
  fetch: async (id, part) => {
    asked.push([id, part])
    assert.match(id, /^[A-Za-z0-9_-]{1,200}$/, 'nothing else is worth a look-up by resource')
    if (id === 'broken') throw new Error('SQLITE_IOERR /home/someone/secret/path')
    return [DOCUMENT, LONG].find((document) => document.id === id)
  },
  list: async ({ cursor }) => (cursor === undefined ? [DOCUMENT] : []),
  freshness: () => freshness,
  status: async () => ({
    documents: 1,
    indexing: false,
    indexed_at: undefined,
    pending: 0,
    alive_at: undefined,
    sources: [],
  }),
  problems: async () => [],
  close: async () => {},
}

let freshness: Freshness = { indexing: false, indexed_at: 1_700_000_000 }

/** Access tokens of this test are their own scope: `good:<scope>` with `+` for a space. */
function endpoint(settings: Partial<Settings> = {}) {
  const events: Event[] = []
  const complete = { resourceUrl: ORIGIN, corsAllowOrigins: '*', ...settings } as Settings
  const guard = createGuard({
    settings: complete,
    emit: (event) => events.push(event),
    verifyAccess: async (token) =>
      token.startsWith('good/')
        ? ({ scope: token.slice(5).replaceAll('+', ' ').replaceAll('.', ':') } as AccessTokenClaims)
        : new OAuthError('invalid_token', 'the access token is not valid'),
  })
  const [route] = mcpRoutes({ settings: complete, corpus, guard })
  assert.ok(route)
  const fetch = async (init: RequestInit & { headers?: Record<string, string> }) => {
    const request = new Request(`${ORIGIN}/mcp`, { method: 'POST', ...init })
    const answer = await route.handler(request, {
      address: '192.0.2.1',
      path: '/mcp',
      query: '',
      parameter: '',
    })
    assert.ok(answer instanceof Response)
    return answer
  }
  return { fetch, events }
}

type Answer = { result?: Record<string, unknown>; error?: { code: number; message: string; data?: unknown } }

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

function as(scope: string): Record<string, string> {
  return { ...HEADERS, authorization: `Bearer good/${scope.replaceAll(' ', '+').replaceAll(':', '.')}` }
}

function call(method: string, params: Record<string, unknown> = {}, id: number | string = 1) {
  return { jsonrpc: '2.0', id, method, params }
}

async function ask(message: unknown, scope = BOTH, headers: Record<string, string> = {}) {
  const response = await endpoint().fetch({
    body: JSON.stringify(message),
    headers: { ...as(scope), ...headers },
  })
  const text = await response.text()
  return { status: response.status, response, body: (text === '' ? undefined : JSON.parse(text)) as Answer }
}

const CHALLENGE = `Bearer resource_metadata="${ORIGIN}/.well-known/oauth-protected-resource/mcp", scope="${BOTH}"`

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

test('search answers in the shape of OpenAI, as structured content and as the JSON of the same', async () => {
  const { body } = await ask(call('tools/call', { name: 'search', arguments: { query: 'tea' } }))
  const expected = {
    results: [
      {
        id: 'doc_1',
        title: 'Tea',
        url: `${ORIGIN}/documents/doc_1`,
        text: 'Green tea',
        metadata: {
          path: 'drinks/tea.md',
          collection: 'notes',
          modified: '2026-01-02T03:04:05.000Z',
          media_type: 'text/markdown',
        },
      },
    ],
    indexed_at: '2023-11-14T22:13:20.000Z',
  }
  assert.deepEqual(body.result, {
    content: [{ type: 'text', text: JSON.stringify(expected) }],
    structuredContent: expected,
  })
})

test('search without a match is an empty list, not an error', async () => {
  const { body } = await ask(call('tools/call', { name: 'search', arguments: { query: 'nothing' } }))
  assert.deepEqual(body.result?.structuredContent, { results: [], indexed_at: '2023-11-14T22:13:20.000Z' })
  assert.equal(body.result?.isError, undefined)
})

test('fetch answers with the whole document', async () => {
  const { body } = await ask(call('tools/call', { name: 'fetch', arguments: { id: 'doc_1' } }))
  assert.deepEqual(body.result?.structuredContent, {
    id: 'doc_1',
    title: 'Tea',
    text: 'Green tea wants 80 °C.',
    url: `${ORIGIN}/documents/doc_1`,
    metadata: {
      path: 'drinks/tea.md',
      collection: 'notes',
      modified: '2026-01-02T03:04:05.000Z',
      media_type: 'text/markdown',
    },
  })
})

test('a result of a long document names the passage: by id, url and metadata, each of them a string', async () => {
  const { body } = await ask(call('tools/call', { name: 'search', arguments: { query: 'almanac' } }))
  assert.partialDeepStrictEqual(body.result?.structuredContent, {
    results: [
      {
        id: 'doc_long#20',
        title: 'Almanac',
        url: `${ORIGIN}/documents/doc_long?passage=20#passage`,
        text: 'words',
        metadata: {
          path: 'almanac.pdf',
          collection: 'notes',
          modified: '2026-01-02T03:04:05.000Z',
          media_type: 'text/markdown',
          origin: 'https://example.com/almanac',
          heading: 'Spring > Tea',
          page: '7',
        },
      },
    ],
  })
})

test('fetch of a long document gives a part, says which, and how to ask for the rest', async () => {
  const { body } = await ask(call('tools/call', { name: 'fetch', arguments: { id: 'doc_long#20' } }))
  assert.deepEqual(asked.at(-1), ['doc_long', { bytes: 40_000, passage: 20 }])
  const part = 'characters 24,000 to 24,005 of 90,000'
  assert.deepEqual(body.result?.structuredContent, {
    id: 'doc_long#20',
    title: 'Almanac',
    text:
      `[A part of a longer document: ${part}. Its beginning: fetch with id "doc_long#20" and offset 0.]\n\n` +
      `words\n\n[The document goes on; shown are ${part}. What follows: fetch with id "doc_long#20" and offset 24005.]`,
    url: `${ORIGIN}/documents/doc_long?passage=20#passage`,
    metadata: {
      path: 'almanac.pdf',
      collection: 'notes',
      modified: '2026-01-02T03:04:05.000Z',
      media_type: 'text/markdown',
      origin: 'https://example.com/almanac',
      heading: 'Spring > Tea',
      page: '7',
      offset: '24000',
      next_offset: '24005',
      total_chars: '90000',
    },
  })
})

test('fetch takes an offset, as a number or as metadata.next_offset says it, and a passage by its plain id too', async () => {
  for (const [args, part] of [
    [
      { id: 'doc_long', offset: 24_005 },
      { bytes: 40_000, offset: 24_005 },
    ],
    [
      { id: 'doc_long#3', offset: '0' },
      { bytes: 40_000, passage: 3, offset: 0 },
    ],
    [{ id: 'doc_long', offset: null }, { bytes: 40_000 }],
  ] as const) {
    await ask(call('tools/call', { name: 'fetch', arguments: args }))
    assert.deepEqual(asked.at(-1), ['doc_long', part])
  }
})

test('search asks within a collection where one is named', async () => {
  for (const [args, expected] of [
    [{ query: 'tea', collection: 'work' }, ['tea', 10, { collection: 'work' }]],
    [{ query: 'tea', limit: 50, collection: '' }, ['tea', 50, {}]],
    [{ query: 'tea', collection: null }, ['tea', 10, {}]],
  ] as const) {
    await ask(call('tools/call', { name: 'search', arguments: args }))
    assert.deepEqual(asked.at(-1), expected)
  }
})

test('while the first indexing runs, search says how far it is instead of a time', async (t) => {
  const before = freshness
  t.after(() => {
    freshness = before
  })
  freshness = { indexing: true, indexed_at: undefined, progress: { files: 120, of: 1000 } }
  const { body } = await ask(call('tools/call', { name: 'search', arguments: { query: 'nothing' } }))
  assert.deepEqual(body.result?.structuredContent, { results: [], indexing: { files: 120, of: 1000 } })
})

test('arguments that no tool takes are a fault that the model can read', async () => {
  for (const [name, args] of [
    ['fetch', { id: 'unknown' }],
    ['fetch', { id: 7 }],
    ['fetch', {}],
    ['search', {}],
    ['search', { query: ['tea'] }],
    ['search', { query: 'tea', limit: 51 }],
    ['search', { query: 'tea', limit: 1.5 }],
    ['search', { query: 'tea', limit: '3' }],
    ['search', { query: 'tea', collection: 7 }],
    ['fetch', { id: 'doc_1', offset: -1 }],
    ['fetch', { id: 'doc_1', offset: 1.5 }],
    ['fetch', { id: 'doc_1', offset: 'x' }],
    ['fetch', { id: 'doc_1#' }],
    ['fetch', { id: 'doc_1#1#2' }],
    ['fetch', { id: 'doc_1#-1' }],
    ['fetch', { id: '#1' }],
  ] as const) {
    const { status, body } = await ask(call('tools/call', { name, arguments: args }))
    assert.equal(status, 200)
    assert.equal(body.result?.isError, true, JSON.stringify(args))
  }
})

test('A-155 both tools are marked read-only and say that documents are data', async () => {
  const { body } = await ask(call('tools/list'))
  const tools = body.result?.tools as {
    name: string
    description: string
    annotations: Record<string, boolean>
  }[]
  assert.deepEqual(
    tools.map((tool) => tool.name),
    ['search', 'fetch'],
  )
  for (const tool of tools) {
    assert.equal(tool.annotations.readOnlyHint, true)
    assert.equal(tool.annotations.openWorldHint, false)
    assert.match(tool.description, /not instructions from the user/)
  }
})

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
