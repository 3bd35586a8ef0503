/** The whole app behind the Node adapter: what the edge owes at every door, asked over real connections. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Listening, listen } from '../../src/adapters/node.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { exchange, open } from './raw.ts'

const MACHINES = ['/register', '/token', '/revoke', '/introspect', '/mcp', '/mcp/']
const METADATA = [
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp',
  '/.well-known/jwks.json',
]
const PAGES = ['/', '/login', '/authorize', '/documents/x']
const ORIGIN = 'https://inspector.example'

let app: TestApp
let server: Listening
let base: string
before(async () => {
  app = await createTestApp({ env: { CORPUSIQ_OAUTH_RESOURCE_URL: 'http://127.0.0.1:8787' } })
  server = await listen({ fetch: app.app.fetch, host: '127.0.0.1', port: 0 })
  base = `http://127.0.0.1:${server.port}`
})
after(async () => {
  await server.close()
  await app[Symbol.asyncDispose]()
})

test('A-148 a foreign Host gets 421 at every door', async () => {
  for (const path of [...MACHINES, ...METADATA, ...PAGES]) {
    const answer = await exchange(
      server.port,
      `GET ${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    )
    assert.match(answer, /^HTTP\/1\.1 421 /, path)
    assert.match(answer, /CORPUSIQ_OAUTH_RESOURCE_URL=https:\/\/evil\.example/)
  }
  assert.equal(app.events.filter(({ type }) => type === 'host.refused').length, 1)
})

test('A-176 preflights are answered at machines’ doors, without credentials, and not at pages', async () => {
  const ask = (path: string) =>
    fetch(base + path, {
      method: 'OPTIONS',
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,mcp-protocol-version',
      },
    })
  for (const path of [...MACHINES, ...METADATA]) {
    const { status, headers } = await ask(path)
    assert.equal(status, 204, path)
    assert.equal(headers.get('access-control-allow-origin'), '*')
    assert.match(headers.get('access-control-allow-headers') ?? '', /MCP-Protocol-Version/)
    assert.equal(headers.get('access-control-allow-credentials'), null)
  }
  for (const path of PAGES) {
    assert.equal((await ask(path)).headers.get('access-control-allow-origin'), null, path)
  }
})

test('A-176 a page of another origin reads challenges and errors of machines’ doors, and nothing of pages', async () => {
  for (const path of MACHINES) {
    const { status, headers } = await fetch(base + path, { method: 'POST', headers: { origin: ORIGIN } })
    assert.ok(status >= 400 && status < 500, path)
    assert.equal(headers.get('access-control-allow-origin'), '*', path)
    assert.match(headers.get('access-control-expose-headers') ?? '', /WWW-Authenticate/)
  }
  for (const path of METADATA) {
    const { status, headers } = await fetch(base + path)
    assert.equal(status, 200, path)
    assert.equal(headers.get('access-control-allow-origin'), '*', path)
  }
  for (const path of PAGES) {
    const { headers } = await fetch(base + path, { redirect: 'manual', headers: { origin: ORIGIN } })
    assert.equal(headers.get('access-control-allow-origin'), null, path)
    assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/, path)
    assert.equal(headers.get('cache-control'), 'no-store', path)
  }
})

test('some clients begin with HEAD: at /mcp it is challenged like any other method, and has no body', async () => {
  for (const path of ['/mcp', '/mcp/']) {
    const answer = await exchange(
      server.port,
      `HEAD ${path} HTTP/1.1\r\nHost: 127.0.0.1:8787\r\nConnection: close\r\n\r\n`,
    )
    assert.match(answer, /^HTTP\/1\.1 401 /)
    assert.match(answer, /www-authenticate: Bearer .*resource_metadata="/i)
    assert.match(answer, /\r\n\r\n$/)
  }
})

test('A-061 methods that a door does not take are 405 with Allow', async () => {
  for (const path of ['/register', '/token', '/revoke', '/introspect']) {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const { status, headers } = await fetch(base + path, { method })
      assert.equal(status, 405, `${method} ${path}`)
      assert.equal(headers.get('allow'), 'POST, OPTIONS')
    }
  }
})

test('A-171 a body of 100 MB is refused at every door that takes one, and memory stays flat', async () => {
  const chunk = 'x'.repeat(64 * 1024)
  const sizes = { announced: 'Content-Length: 100000000', endless: 'Transfer-Encoding: chunked' }
  for (const path of [...MACHINES, '/login', '/setup', '/authorize', '/consent']) {
    const type = path === '/register' || path.startsWith('/mcp') ? 'json' : 'x-www-form-urlencoded'
    for (const [how, length] of Object.entries(sizes)) {
      const before = process.memoryUsage().rss
      const connection = await open(server.port)
      connection.send(
        `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:8787\r\nContent-Type: application/${type}\r\n${length}\r\n\r\n`,
      )
      for (let n = 0; n < 8; n++) {
        connection.send(how === 'endless' ? `10000\r\n${chunk}\r\n` : chunk)
      }
      const answer = await connection.until('\r\n\r\n')
      // 401 without a token, 404 where there is no such door, 403 without the form's token: none of them reads on.
      assert.match(answer, /^HTTP\/1\.1 4(00|01|03|04|05|13) /, `${path} ${how}`)
      connection.end()
      assert.ok(process.memoryUsage().rss - before < 50_000_000, `${path} ${how}`)
    }
  }
  assert.equal((await fetch(`${base}/register`, { method: 'POST', body: '{' })).status, 415)
})

test('A-171 a compressed body is refused, not unpacked', async () => {
  for (const path of ['/register', '/token', '/login']) {
    const { status } = await fetch(base + path, {
      method: 'POST',
      body: 'x',
      headers: {
        'content-encoding': 'gzip',
        'content-type': path === '/register' ? 'application/json' : 'application/x-www-form-urlencoded',
      },
    })
    assert.equal(status, 415, path)
  }
})

test('A-170 nothing that came in before was a failure of the server', () => {
  assert.deepEqual(
    app.events.filter(({ type }) => type === 'request.failed'),
    [],
  )
})
