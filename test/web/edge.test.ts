import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OAuthError } from '../../src/oauth/errors.ts'
import { StoreUnavailable } from '../../src/store/ports.ts'
import type { Handler, RequestContext, Route } from '../../src/web/handler.ts'
import { html } from '../../src/web/html.ts'
import { page } from '../../src/web/layout.ts'
import { edgeUnderTest } from './edge-under-test.ts'

const ORIGIN = { origin: 'https://inspector.example' }

function routes(handler: Handler): Route[] {
  return [
    { method: 'POST', path: '/token', surface: 'api', handler },
    { method: 'GET', path: '/register/:id', surface: 'api', handler },
    { method: 'GET', path: '/authorize', surface: 'browser', handler },
    { method: 'POST', path: '/authorize', surface: 'browser', handler },
    { method: '*', path: '/mcp', surface: 'resource', handler },
  ]
}
const json = () => new Response('{}', { headers: { 'content-type': 'application/json' } })
const POST = { method: 'POST', body: '' }

test('a handler is told path, query, parameter and address as they came', async () => {
  const seen: RequestContext[] = []
  const { edge } = edgeUnderTest(
    {},
    routes((_request, context) => {
      seen.push(context)
      return json()
    }),
  )
  const request = new Request('https://notes.example.com/register/a%2Fb?x=%2F&y', {
    headers: { 'x-forwarded-for': '6.6.6.6, 203.0.113.9' },
  })
  await edge.fetch(request, { address: '127.0.0.1' })
  assert.deepEqual(seen, [
    { path: '/register/a%2Fb', query: 'x=%2F&y', parameter: 'a%2Fb', address: '203.0.113.9' },
  ])
})

test('A-061 a path is matched as sent, whatever a URL parser would make of it', async () => {
  const { edge } = edgeUnderTest({}, routes(json))
  const status = async (target: string) => {
    const request = new Request(new URL(target, 'https://notes.example.com'), { method: 'POST', body: '' })
    return (await edge.fetch(request, { address: '127.0.0.1', host: 'notes.example.com', target })).status
  }
  assert.equal(await status('/token'), 200)
  for (const target of [
    '/x/../token',
    '/./token',
    '//token',
    '/token/',
    '/%2e/token',
    '/tok%65n',
    '/token/..',
  ]) {
    assert.equal(await status(target), 404, target)
  }
})

test('A-061 another method is 405 with Allow', async () => {
  const { get } = edgeUnderTest({}, routes(json))
  const token = await get('/token')
  assert.equal(token.status, 405)
  assert.equal(token.headers.get('allow'), 'POST, OPTIONS')
  assert.equal(((await token.json()) as { error: string }).error, 'invalid_request')
  const metadata = await get('/.well-known/oauth-authorization-server', POST)
  assert.equal(metadata.status, 405)
  assert.equal(metadata.headers.get('allow'), 'GET, HEAD, OPTIONS')
  const consent = await get('/authorize', { method: 'DELETE' })
  assert.equal(consent.status, 405)
  assert.match(consent.headers.get('content-type') ?? '', /^text\/html/)
})

test('HEAD is GET without the body', async () => {
  const { get } = edgeUnderTest()
  const whole = await get('/.well-known/oauth-authorization-server')
  const head = await get('/.well-known/oauth-authorization-server', { method: 'HEAD' })
  assert.equal(head.status, 200)
  assert.equal(await head.text(), '')
  assert.equal(head.headers.get('content-length'), String((await whole.text()).length))
  assert.equal(head.headers.get('etag'), whole.headers.get('etag'))
})

test('an unknown well-known path is 404 in JSON, also for a browser, and readable for a page', async () => {
  const { get } = edgeUnderTest()
  for (const accept of ['*/*', 'text/html,application/xhtml+xml']) {
    const response = await get('/.well-known/oauth-authorization-server/mcp', {
      headers: { accept, ...ORIGIN },
    })
    assert.equal(response.status, 404)
    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.equal(response.headers.get('access-control-allow-origin'), '*')
    assert.equal(((await response.json()) as { error: string }).error, 'not_found')
  }
  const preflight = await get('/.well-known/oauth-authorization-server/mcp', {
    method: 'OPTIONS',
    headers: { ...ORIGIN, 'access-control-request-headers': 'mcp-protocol-version' },
  })
  assert.equal(preflight.status, 204)
})

test('any other unknown path is a page for a browser and JSON for everyone else', async () => {
  const { get } = edgeUnderTest()
  const person = await get('/nowhere', { headers: { accept: 'text/html' } })
  assert.equal(person.status, 404)
  assert.match(person.headers.get('content-type') ?? '', /^text\/html/)
  const machine = await get('/mcp/.well-known/oauth-protected-resource')
  assert.equal(machine.status, 404)
  assert.equal(machine.headers.get('content-type'), 'application/json')
})

test('A-076 a URL beyond 16 kB is 414', async () => {
  const { get } = edgeUnderTest({}, routes(json))
  assert.equal((await get(`/authorize?state=${'x'.repeat(16_000)}`)).status, 200)
  const long = await get(`/authorize?state=${'x'.repeat(17_000)}`)
  assert.equal(long.status, 414)
  assert.match(long.headers.get('content-type') ?? '', /^text\/html/)
})

test('A-176 machines’ endpoints are open without credentials, errors and refusals too', async () => {
  const refuse = () => new OAuthError('invalid_grant', 'no', { headers: { 'retry-after': '9' } })
  for (const handler of [json, refuse]) {
    const { get } = edgeUnderTest({}, routes(handler))
    for (const response of [
      await get('/token', { ...POST, headers: ORIGIN }),
      await get('/mcp', { ...POST, headers: ORIGIN }),
      await get('/token', { headers: ORIGIN }),
      await get('/register/x'),
      await get('/.well-known/oauth-protected-resource'),
    ]) {
      assert.equal(response.headers.get('access-control-allow-origin'), '*')
      assert.match(response.headers.get('access-control-expose-headers') ?? '', /WWW-Authenticate/)
      assert.equal(response.headers.get('access-control-allow-credentials'), null)
    }
  }
})

test('A-176 pages with a session are never opened to another origin, not even to a listed one', async () => {
  for (const corsAllowOrigins of ['*', ['https://inspector.example']] as const) {
    const { get } = edgeUnderTest({ corsAllowOrigins }, routes(json))
    for (const response of [
      await get('/authorize', { headers: ORIGIN }),
      await get('/authorize', { ...POST, headers: ORIGIN }),
      await get('/authorize', { method: 'OPTIONS', headers: ORIGIN }),
      await get('/', { headers: ORIGIN }),
    ]) {
      for (const name of response.headers.keys()) assert.ok(!name.startsWith('access-control-'), name)
    }
  }
})

test('A-176 with a list, only its origins are let in, and answers vary by origin', async () => {
  const { get } = edgeUnderTest({ corsAllowOrigins: ['https://chatgpt.com'] }, routes(json))
  for (const path of ['/token', '/.well-known/oauth-authorization-server']) {
    const init = path === '/token' ? POST : {}
    const listed = await get(path, { ...init, headers: { origin: 'https://chatgpt.com' } })
    assert.equal(listed.headers.get('access-control-allow-origin'), 'https://chatgpt.com')
    assert.equal(listed.headers.get('vary'), 'Origin')
    const foreign = await get(path, { ...init, headers: ORIGIN })
    assert.equal(foreign.headers.get('access-control-allow-origin'), null)
    assert.equal(foreign.headers.get('vary'), 'Origin')
  }
  const again = await get('/.well-known/oauth-authorization-server')
  assert.equal(again.headers.get('access-control-allow-origin'), null, 'nothing sticks from the one before')
  assert.equal(again.headers.get('vary'), 'Origin')
})

test('a handler’s own Vary is kept beside ours', async () => {
  const handler = () => new Response('{}', { headers: { vary: 'Accept' } })
  const { get } = edgeUnderTest({ corsAllowOrigins: ['https://chatgpt.com'] }, routes(handler))
  assert.equal((await get('/register/x')).headers.get('vary'), 'Accept, Origin')
})

test('a preflight is answered before any handler, at /mcp too', async () => {
  const { get } = edgeUnderTest(
    {},
    routes(() => assert.fail('not called')),
  )
  const response = await get('/mcp', {
    method: 'OPTIONS',
    headers: {
      ...ORIGIN,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, content-type, mcp-protocol-version',
    },
  })
  assert.equal(response.status, 204)
  assert.equal(response.headers.get('access-control-allow-origin'), '*')
  assert.match(response.headers.get('access-control-allow-methods') ?? '', /\bPOST\b.*\bDELETE\b/)
  assert.match(response.headers.get('access-control-allow-headers') ?? '', /Authorization/)
})

test('a refusal is JSON for machines: error, description, status, headers, never cached', async () => {
  const { get } = edgeUnderTest(
    {},
    routes(
      () => new OAuthError('invalid_client', 'unknown client', { headers: { 'www-authenticate': 'Basic' } }),
    ),
  )
  for (const path of ['/token', '/mcp']) {
    const response = await get(path, POST)
    assert.equal(response.status, 401)
    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.equal(response.headers.get('cache-control'), 'no-store')
    assert.equal(response.headers.get('www-authenticate'), 'Basic')
    assert.deepEqual(await response.json(), { error: 'invalid_client', error_description: 'unknown client' })
  }
})

test('A-086 a refusal is a page for people, and its text is text', async () => {
  const { get } = edgeUnderTest(
    {},
    routes(() => new OAuthError('invalid_client', '<img src=x onerror=alert(1)>')),
  )
  const response = await get('/authorize')
  assert.equal(response.status, 401)
  const text = await response.text()
  assert.match(text, /&lt;img src=x onerror=alert\(1\)&gt;/)
  assert.doesNotMatch(text, /<img/)
})

test('A-170 a thrown fault is server_error with an id that only the log can read', async () => {
  const fault = new Error('SELECT secret FROM /home/me/corpusiq.db')
  const throwing: Handler[] = [
    () => {
      throw fault
    },
    () => Promise.reject(fault),
  ]
  for (const handler of throwing) {
    const { get, events } = edgeUnderTest({}, routes(handler))
    for (const [path, init] of [
      ['/token', POST],
      ['/authorize', {}],
      ['/mcp', POST],
    ] as const) {
      const response = await get(path, init)
      assert.equal(response.status, 500)
      const text = await response.text()
      assert.doesNotMatch(text, /SELECT|\/home|at .*\.ts/)
      const event = events.pop()
      assert.ok(event?.type === 'request.failed')
      assert.equal(event.fault, fault)
      assert.equal(event.path, path)
      assert.ok(text.includes(event.request_id))
      assert.equal(response.headers.get('cache-control'), 'no-store')
    }
  }
})

test('A-178 a store that cannot write is 503 with Retry-After', async () => {
  const { get } = edgeUnderTest(
    {},
    routes(() => Promise.reject(new StoreUnavailable('disk full'))),
  )
  const machine = await get('/token', POST)
  assert.equal(machine.status, 503)
  assert.equal(machine.headers.get('retry-after'), '1')
  assert.equal(((await machine.json()) as { error: string }).error, 'temporarily_unavailable')
  const person = await get('/authorize')
  assert.equal(person.status, 503)
  assert.equal(person.headers.get('retry-after'), '1')
})

test('a client that went away while it was sending is no failure of ours', async () => {
  const gone = new AbortController()
  const { get, events } = edgeUnderTest(
    {},
    routes(() => {
      gone.abort()
      throw new Error('aborted')
    }),
  )
  await get('/token', { ...POST, signal: gone.signal })
  assert.deepEqual(events, [])
})

test('A-085 A-091 every answer of a page’s surface is unframeable, uncached, without script', async () => {
  const handlers: [number, Handler][] = [
    [200, () => page({ title: 'x', body: html`x` })],
    [303, () => new Response(null, { status: 303, headers: { location: '/login' } })],
    [303, () => Response.redirect('https://notes.example.com/login', 303)],
    [400, () => new OAuthError('invalid_request', 'x')],
    [
      500,
      () => {
        throw new Error('x')
      },
    ],
  ]
  for (const [expected, handler] of handlers) {
    const { get } = edgeUnderTest({}, routes(handler))
    const { headers, status } = await get('/authorize')
    assert.equal(status, expected)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('x-frame-options'), 'DENY')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('referrer-policy'), 'same-origin')
    assert.equal(headers.get('strict-transport-security'), 'max-age=31536000')
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.doesNotMatch(policy, /unsafe-inline|form-action/)
  }
})

test('Strict-Transport-Security is said only where the public URL is https', async () => {
  const { get } = edgeUnderTest({ resourceUrl: 'http://127.0.0.1:8787' })
  assert.equal((await get('/')).headers.get('strict-transport-security'), null)
})

test('several cookies pass', async () => {
  const handler = () => {
    const headers = new Headers({ location: '/x' })
    headers.append('set-cookie', 'a=1; Path=/')
    headers.append('set-cookie', 'b=2; Path=/')
    return new Response(null, { status: 303, headers })
  }
  const { get } = edgeUnderTest({}, routes(handler))
  assert.deepEqual((await get('/authorize')).headers.getSetCookie(), ['a=1; Path=/', 'b=2; Path=/'])
})

test('the start page shows the address to paste, and the stylesheet has a tag', async () => {
  const { get } = edgeUnderTest()
  assert.match(await (await get('/')).text(), /https:\/\/notes\.example\.com\/mcp/)
  const style = await get('/assets/style.css')
  assert.equal(style.headers.get('content-type'), 'text/css; charset=utf-8')
  const etag = style.headers.get('etag') ?? ''
  const again = await get('/assets/style.css', { headers: { 'if-none-match': `"other", W/${etag}` } })
  assert.equal(again.status, 304)
  assert.equal(await again.text(), '')
  assert.equal((await get('/assets/style.css', { headers: { 'if-none-match': '"other"' } })).status, 200)
  assert.equal((await get('/favicon.ico')).status, 204)
})
