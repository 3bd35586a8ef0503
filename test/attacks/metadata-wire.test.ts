/** Group 6: metadata and discovery, over sockets, at the program as a process behind a name of its own. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { exchange } from '../web/raw.ts'

const PUBLIC = 'https://notes.example.com'

let server: RunningServer
before(async () => {
  server = await startServer({ env: { CORPUSIQ_OAUTH_RESOURCE_URL: PUBLIC } })
})
after(() => server[Symbol.asyncDispose]())

const ask = (target: string, lines: string[] = [], host = 'notes.example.com', method = 'GET') =>
  exchange(
    server.port,
    `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${lines.map((line) => `${line}\r\n`).join('')}Connection: close\r\n\r\n`,
  )

const DOCUMENTS = [
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp',
]
const PLACES = [
  ...DOCUMENTS,
  '/.well-known/jwks.json',
  '/mcp',
  '/mcp/',
  '/',
  '/login',
  '/setup',
  '/documents/doc_x',
  '/authorize?client_id=client_x',
]

/** Every URL of an answer is on the public one; every place it sends to is a path of this site. */
function leadsNowhereElse(answer: string, what: string): void {
  assert.match(answer, /^HTTP\/1\.1 (200|302|400|401|410) /, what)
  assert.doesNotMatch(answer, /evil/i, what)
  for (const [url] of answer.matchAll(/https?:\/\/[^\s"'<>]*/g)) {
    assert.ok(url.startsWith(`${PUBLIC}/`) || url === PUBLIC, `${what}: ${url}`)
  }
  for (const [, place = ''] of answer.matchAll(/(?:^location: |href="|action="|src=")([^"\r\n]*)/gim)) {
    assert.match(place, /^\/(?![/\\])/, `${what}: ${place}`)
  }
}

test('A-056 no URL, form or redirect follows from Host or from forwarding headers', async () => {
  const forged = [
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Proto: http',
    'X-Forwarded-Scheme: http',
    'X-Forwarded-Port: 81',
    'X-Forwarded-Prefix: /evil',
    'X-Forwarded-Server: evil.example',
    'X-Host: evil.example',
    'X-HTTP-Host-Override: evil.example',
    'X-Original-URL: /evil',
    'X-Rewrite-URL: /evil',
    'Forwarded: for=203.0.113.7;host=evil.example;proto=http',
    'Origin: https://evil.example',
    'Referer: https://evil.example/',
  ]
  for (const place of PLACES) {
    for (const host of [
      'notes.example.com',
      'NOTES.example.com:81',
      'localhost',
      `127.0.0.1:${server.port}`,
      '[::1]:9',
    ]) {
      leadsNowhereElse(await ask(place, forged, host), `${place} ${host}`)
    }
  }
  for (const path of DOCUMENTS) {
    const body = (answer: string) => answer.slice(answer.indexOf('\r\n\r\n'))
    assert.equal(body(await ask(path, forged, 'localhost:9')), body(await ask(path)), path)
  }
})

test('A-056 a foreign Host, or one in the absolute form, gets 421 and nothing that leads to it', async () => {
  for (const place of PLACES) {
    for (const [target, host] of [
      [place, 'evil.example'],
      [place, 'evil.example:443'],
      [place, 'notes.example.com.evil.example'],
      [place, 'evil.example@notes.example.com'],
      [place, 'notes.example.com.'],
      [place, '<script>alert(1)</script>'],
      [`http://evil.example${place}`, 'notes.example.com'],
      [`https://evil.example${place}`, `127.0.0.1:${server.port}`],
      [`HTTPS://notes.example.com@evil.example${place}`, 'notes.example.com'],
    ] as const) {
      const answer = await ask(target, [], host)
      const what = `${target} ${host}`
      // What is no host at all is no request either.
      assert.match(answer, /[@<]/.test(host + target) ? /^HTTP\/1\.1 4(00|21) / : /^HTTP\/1\.1 421 /, what)
      assert.doesNotMatch(
        answer,
        /^(location|www-authenticate|set-cookie|access-control-allow-origin):/im,
        what,
      )
      assert.doesNotMatch(answer, /(href|action|src)="(?!\/)|<script/i, what)
    }
  }
})

test('A-056 the absolute form of our own URL is served, from the settings', async () => {
  for (const place of PLACES) {
    for (const target of [`${PUBLIC}${place}`, `http://localhost:1${place}`]) {
      leadsNowhereElse(await ask(target, [], 'evil.invalid'), target)
    }
  }
})

test('A-061 tricks with the path are 404 in JSON, and no file is read', async () => {
  for (const path of [
    '/.well-known/oauth-authorization-server/',
    '/.well-known/oauth-authorization-server//',
    '/.well-known/oauth-authorization-server/../x',
    '/.well-known/oauth-authorization-server/../openid-configuration',
    '/.well-known/../.well-known/oauth-authorization-server',
    '/.well-known/./oauth-authorization-server',
    '/.well-known/%2e%2e/package.json',
    '/.well-known/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/.well-known/..%2f..%2fetc/passwd',
    '/.well-known/..%5c..%5cwindows',
    '/.well-known/oauth-authorization-server%00',
    '/.well-known/oauth-authorization-server%2f',
    '/.well-known/oauth-authorization-server;x=y',
    '/.well-known/oauth%2dauthorization-server',
    '/.well-known/OAuth-Authorization-Server',
    '/.Well-Known/oauth-authorization-server',
    '/.well-known//oauth-authorization-server',
    '//.well-known/oauth-authorization-server',
    '//evil.example/.well-known/oauth-authorization-server',
    '/\\.well-known/oauth-authorization-server',
    '/.well-known/oauth-protected-resource/mcp/',
    '/.well-known/oauth-protected-resource/../mcp',
    '/.well-known/oauth-protected-resource/MCP',
    '/.well-known/jwks.json/',
    '/.well-known/jwks.json/../../package.json',
    '/.well-known/',
    '/.well-known',
    '/../../etc/passwd',
    '/..',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/assets/../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/style.css/',
    '/.env',
    '/.git/config',
    '/corpusiq.db',
    '/file:///etc/passwd',
    '*',
  ]) {
    for (const method of ['GET', 'HEAD', 'POST']) {
      const answer = await ask(path, [], undefined, method)
      // A backslash or an asterisk is no path at all, and may be refused as such.
      assert.match(answer, /^HTTP\/1\.1 40[04] /, `${method} ${path}: ${answer.slice(0, 200)}`)
      assert.doesNotMatch(answer, /root:|"name": ?"corpusiq"|\[core\]|SQLite format|issuer/, path)
      assert.doesNotMatch(answer, /^location:/im, path)
      if (answer.startsWith('HTTP/1.1 404 ') && method !== 'HEAD') assert.match(answer, /"error":"not_found"/)
    }
  }
})

test('A-061 a query is passed over, in the documents', async () => {
  const body = (answer: string) => answer.slice(answer.indexOf('\r\n\r\n'))
  for (const path of DOCUMENTS) {
    const plain = await ask(path)
    for (const query of ['?', '?issuer=https://evil.example', '?/../x', '?%00']) {
      const answer = await ask(path + query)
      assert.match(answer, /^HTTP\/1\.1 200 /)
      assert.equal(body(answer), body(plain))
    }
  }
})

test('A-061 other methods at the documents are 405 with Allow', async () => {
  for (const path of [...DOCUMENTS, '/.well-known/jwks.json']) {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'QUERY']) {
      const answer = await ask(path, ['Content-Length: 0'], undefined, method)
      assert.match(answer, /^HTTP\/1\.1 405 /, `${method} ${path}`)
      assert.match(answer, /\r\nallow: GET, HEAD, OPTIONS\r\n/i)
      assert.match(answer, /\{"error":"invalid_request","error_description":"[^"]+"\}/)
    }
    const head = await ask(path, [], undefined, 'HEAD')
    assert.match(head, /^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/)
    assert.match(
      await ask(path, [], undefined, 'OPTIONS'),
      /^HTTP\/1\.1 204 [\s\S]*\r\nallow: GET, HEAD, OPTIONS\r\n/i,
    )
  }
})
