import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Listening, listen } from '../../src/adapters/node.ts'
import { OAuthError } from '../../src/oauth/errors.ts'
import { BODY_LIMIT, readBody } from '../../src/web/body.ts'
import type { Route } from '../../src/web/handler.ts'
import { edgeUnderTest } from './edge-under-test.ts'
import { exchange, open } from './raw.ts'

let handled: string[] = []
const ROUTES: Route[] = [
  {
    method: 'POST',
    path: '/token',
    surface: 'api',
    handler: async (request) => {
      const body = await readBody(request)
      if (body instanceof OAuthError) return body
      handled.push(Buffer.from(body).toString())
      return new Response('{}', { headers: { 'content-type': 'application/json' } })
    },
  },
  {
    method: 'GET',
    path: '/address',
    surface: 'api',
    handler: (_request, { address }) => new Response(address),
  },
]

const { edge, events } = edgeUnderTest({ resourceUrl: 'http://127.0.0.1:8787' }, ROUTES)
let server: Listening
before(async () => {
  server = await listen({ fetch: edge.fetch, host: '127.0.0.1', port: 0 })
})
after(() => server.close())

const HOST = 'Host: 127.0.0.1\r\n'
const status = (answer: string) => answer.slice(0, 12)

/** The next honest request is served. */
async function isServing(): Promise<void> {
  const answer = await exchange(server.port, `GET /address HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`)
  assert.equal(status(answer), 'HTTP/1.1 200')
}

const SMUGGLED = 'POST /token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 8\r\n\r\nsmuggled'

const MALFORMED: Record<string, string> = {
  'Content-Length and Transfer-Encoding': `POST /token HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'Transfer-Encoding and Content-Length': `POST /token HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'two different Content-Lengths': `POST /token HTTP/1.1\r\n${HOST}Content-Length: 0\r\nContent-Length: 8\r\n\r\n${SMUGGLED}`,
  'two equal Content-Lengths': `POST /token HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx${SMUGGLED}`,
  'a list as Content-Length': `POST /token HTTP/1.1\r\n${HOST}Content-Length: 1, 1\r\n\r\nx${SMUGGLED}`,
  'a signed Content-Length': `POST /token HTTP/1.1\r\n${HOST}Content-Length: +1\r\n\r\nx${SMUGGLED}`,
  'a negative Content-Length': `POST /token HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\nx${SMUGGLED}`,
  'chunked not last': `POST /token HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'an unknown transfer coding': `POST /token HTTP/1.1\r\n${HOST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'a chunk size that is none': `POST /token HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n`,
  'a space before the colon': `POST /token HTTP/1.1\r\n${HOST}Content-Length : 8\r\n\r\n${SMUGGLED}`,
  'bare LF between headers': `GET /address HTTP/1.1\nHost: 127.0.0.1\n\n`,
  'a bare CR in a header': `GET /address HTTP/1.1\r\n${HOST}X: a\rb\r\n\r\n`,
  'NUL in a header': `GET /address HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`,
  'a folded header': `GET /address HTTP/1.1\r\n${HOST}X: a\r\n\tTransfer-Encoding: chunked\r\n\r\n`,
  'a header without a name': `GET /address HTTP/1.1\r\n${HOST}: x\r\n\r\n`,
  'a space in the target': `GET /address /token HTTP/1.1\r\n${HOST}\r\n`,
  'no such version': `GET /address HTTP/9.9\r\n${HOST}\r\n`,
  'no HTTP at all': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
}

for (const [what, bytes] of Object.entries(MALFORMED)) {
  test(`A-173 RFC 9112 §6.3, §11.2 ${what}: 400 and close, nothing behind it is read`, async () => {
    handled = []
    const answer = await exchange(server.port, bytes)
    assert.equal(status(answer), 'HTTP/1.1 400', answer)
    assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1, answer)
    assert.ok(!handled.includes('smuggled'))
    await isServing()
  })
}

for (const [what, lines] of Object.entries({
  'no Host': '',
  'two Hosts': 'Host: 127.0.0.1\r\nhost: evil.example\r\n',
  'two equal Hosts': 'Host: 127.0.0.1\r\nHost: 127.0.0.1\r\n',
  'a Host with a space': 'Host: 127.0.0.1 evil.example\r\n',
})) {
  test(`RFC 9112 §3.2 "A server MUST respond with a 400 (Bad Request) status code": ${what}`, async () => {
    const answer = await exchange(server.port, `GET /address HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`)
    assert.equal(status(answer), 'HTTP/1.1 400', answer)
    await isServing()
  })
}

test('A-148 odd Hosts and odd targets are refused one way or the other, and nothing falls over', async () => {
  const requests = [
    ['GET /address HTTP/1.1', 'Host: evil.example'],
    ['GET /address HTTP/1.1', 'Host: [::1'],
    ['GET /address HTTP/1.1', 'Host: \xff\xfe'],
    ['GET /address HTTP/1.1', 'Host: 127.0.0.1@evil.example'],
    ['GET /address HTTP/1.1', 'Host: 127.0.0.1/x'],
    ['GET /address HTTP/1.1', `Host: ${'a'.repeat(9000)}`],
    ['GET http://evil.example/address HTTP/1.1', 'Host: 127.0.0.1'],
    ['GET http://evil.example:99999/address HTTP/1.1', 'Host: 127.0.0.1'],
    ['GET http://[::1/address HTTP/1.1', 'Host: 127.0.0.1'],
    ['GET http:///address HTTP/1.1', 'Host: 127.0.0.1'],
    ['GET //evil.example/address HTTP/1.1', 'Host: 127.0.0.1'],
    ['GET /address/../address HTTP/1.1', 'Host: 127.0.0.1'],
    ['GET /%2e/address HTTP/1.1', 'Host: 127.0.0.1'],
    ['GET \\address HTTP/1.1', 'Host: 127.0.0.1'],
    ['GET /address\xff HTTP/1.1', 'Host: 127.0.0.1'],
    ['OPTIONS * HTTP/1.1', 'Host: 127.0.0.1'],
    ['TRACE /address HTTP/1.1', 'Host: 127.0.0.1'],
    ['PROPFIND /address HTTP/1.1', 'Host: 127.0.0.1'],
  ]
  for (const [line, host] of requests) {
    const answer = await exchange(server.port, `${line}\r\n${host}\r\nConnection: close\r\n\r\n`)
    assert.match(
      status(answer),
      /^HTTP\/1\.1 4\d\d$/,
      `${line} ${host?.slice(0, 40)}: ${answer.slice(0, 200)}`,
    )
    assert.doesNotMatch(answer, /\bat .*\.(ts|mjs):\d+/)
  }
  const tunnel = await exchange(
    server.port,
    'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n',
  )
  assert.doesNotMatch(tunnel, / 2\d\d /)
  await isServing()
})

test('RFC 9112 §3.2.2 the absolute form of our own URL is served', async () => {
  const answer = await exchange(
    server.port,
    `GET http://127.0.0.1:${server.port}/address HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
  )
  assert.equal(status(answer), 'HTTP/1.1 200')
})

test('A-035 the peer of the connection is the client, or the one that a trusted proxy names', async () => {
  const ask = (headers: string) =>
    exchange(server.port, `GET /address HTTP/1.1\r\n${HOST}${headers}Connection: close\r\n\r\n`)
  assert.match(await ask(''), /\r\n\r\n127\.0\.0\.1$/)
  assert.match(await ask('X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\n'), /\r\n\r\n203\.0\.113\.9$/)
  assert.match(
    await ask('X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 203.0.113.9\r\n'),
    /\r\n\r\n203\.0\.113\.9$/,
  )
})

test('A-076 a URL of 17 kB is 414, headers of 64 kB are 431', async () => {
  const long = await exchange(
    server.port,
    `GET /address?${'x'.repeat(17_000)} HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
  )
  assert.equal(status(long), 'HTTP/1.1 414')
  for (const bytes of [
    `GET /address?${'x'.repeat(64_000)} HTTP/1.1\r\n${HOST}\r\n`,
    `GET /address HTTP/1.1\r\n${HOST}Authorization: Bearer ${'x'.repeat(64_000)}\r\n\r\n`,
    `GET /address HTTP/1.1\r\n${HOST}${'X-Y: z\r\n'.repeat(9000)}\r\n`,
  ]) {
    assert.equal(status(await exchange(server.port, bytes)), 'HTTP/1.1 431')
  }
  await isServing()
})

test('A-171 a body beyond the limit is answered with 413 while it is being sent', async () => {
  const announced = await open(server.port)
  announced.send(`POST /token HTTP/1.1\r\n${HOST}Content-Length: 100000000\r\n\r\n${'x'.repeat(1000)}`)
  assert.equal(
    status(await announced.until('too large').catch(() => announced.until('\r\n\r\n'))),
    'HTTP/1.1 413',
  )
  announced.end()

  const endless = await open(server.port)
  endless.send(`POST /token HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`)
  for (let sent = 0; sent < BODY_LIMIT + 8 * 1024; sent += 1024)
    endless.send(`400\r\n${'x'.repeat(1024)}\r\n`)
  assert.equal(status(await endless.until('\r\n\r\n')), 'HTTP/1.1 413')
  endless.end()
  await isServing()
})

test('A-171 a body shorter than announced is no request, and no failure of ours', async () => {
  handled = []
  const connection = await open(server.port)
  connection.send(`POST /token HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\nabc`)
  await isServing()
  connection.socket.end()
  await connection.untilClosed()
  await isServing()
  assert.deepEqual(handled, [])
  assert.deepEqual(
    events.filter(({ type }) => type === 'request.failed'),
    [],
  )
})

test('a connection serves several requests, pipelined ones in order', async () => {
  handled = []
  const post = (body: string) =>
    `POST /token HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\n\r\n${body}`
  const answer = await exchange(
    server.port,
    `${post('one')}${post('two')}GET /address HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
  )
  assert.equal(answer.match(/HTTP\/1\.1 200/g)?.length, 3)
  assert.deepEqual(handled, ['one', 'two'])
})

test('HEAD and 304 have no body on the wire', async () => {
  const head = await exchange(
    server.port,
    `HEAD /.well-known/oauth-authorization-server HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
  )
  assert.match(head, /^HTTP\/1\.1 200/)
  assert.match(head, /\r\n\r\n$/)
  const etag = /etag: ("[^"]+")/i.exec(head)?.[1]
  const unchanged = await exchange(
    server.port,
    `GET /.well-known/oauth-authorization-server HTTP/1.1\r\n${HOST}If-None-Match: ${etag}\r\nConnection: close\r\n\r\n`,
  )
  assert.match(unchanged, /^HTTP\/1\.1 304[\s\S]*\r\n\r\n$/)
})

test('A-170 no answer names the software', async () => {
  const answer = await exchange(server.port, `GET /nowhere HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`)
  assert.doesNotMatch(answer, /^(x-powered-by|server):/im)
})
