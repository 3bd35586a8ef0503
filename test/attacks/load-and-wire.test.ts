/** Group 19 on the wire: the program as a process, and bytes that no client library sends. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { Browser } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { callMcp, obtainTokens, registerClient } from '../support/scenario.ts'
import { postForm } from '../support/site.ts'
import { exchange, open } from '../web/raw.ts'
import { failuresOf, serveTestApp } from './served-app.ts'

let server: RunningServer
let access_token: string
before(async () => {
  server = await startServer({ env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
  ;({ access_token } = await obtainTokens(server, await registerClient(server)))
})
after(() => server[Symbol.asyncDispose]())

/** The next honest requests are served: metadata, a registration, a call with a token. */
async function assertServing(site = server): Promise<void> {
  const metadata = await fetch(`${site.url}/.well-known/oauth-authorization-server`)
  assert.equal(metadata.status, 200)
  await metadata.text()
  await registerClient(site)
  assert.equal((await callMcp(site, access_token)).status, 200)
}

type Door = { path: string; type: string; headers: string; status: number }

/** Every place that takes a body, with what it wants to see before it reads one. */
function doors(): Door[] {
  const json = 'application/json'
  const form = 'application/x-www-form-urlencoded'
  const bearer = `Authorization: Bearer ${access_token}\r\n`
  return [
    { path: '/register', type: json, headers: '', status: 413 },
    ...['/token', '/revoke', '/introspect'].map((path) => ({ path, type: form, headers: '', status: 413 })),
    ...['/mcp', '/mcp/'].map((path) => ({ path, type: json, headers: bearer, status: 413 })),
    ...['/login', '/setup', '/authorize/decision'].map((path) => ({
      path,
      type: form,
      headers: '',
      status: 413,
    })),
    // These answer without looking at the body.
    { path: '/mcp', type: json, headers: '', status: 401 },
    { path: '/logout', type: form, headers: '', status: 303 },
    { path: '/authorize', type: form, headers: '', status: 405 },
    { path: '/nowhere', type: form, headers: '', status: 404 },
  ]
}

const head = ({ path, type, headers }: Door, more: string) =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${type}\r\n${headers}${more}\r\n`

const HUNDRED_MB = 100 * 1024 * 1024

/** Sends a body of 100 MB as far as it is taken, and stops at the answer: its status line, and how much was sent. */
async function pour(door: Door, framing: string, chunk: string): Promise<{ answer: string; sent: number }> {
  const connection = await open(server.port)
  const { socket } = connection
  const answered = connection.until('\r\n\r\n').catch(() => '')
  let done = false
  void answered.then(() => {
    done = true
  })
  connection.send(head(door, framing))
  let sent = 0
  // Unhurried at first, so that the answer is read before the connection is cut off under what is still being sent.
  while (!done && sent < HUNDRED_MB) {
    const taken = socket.write(chunk, 'latin1')
    sent += chunk.length
    if (!taken) await Promise.race([once(socket, 'drain').catch(() => {}), answered])
    if (sent < 4 * 1024 * 1024)
      await Promise.race([new Promise((resolve) => setTimeout(resolve, 25)), answered])
  }
  const answer = (await answered).slice(0, 12)
  connection.end()
  return { answer, sent }
}

/** The most memory that the server ever held, in bytes, where the system tells. */
function peak(): number | undefined {
  if (process.platform !== 'linux') return undefined
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1024
}

test('A-171 100 MB at every door, announced or endless: refused at once, and memory stays flat', async () => {
  await assertServing()
  const before = peak() ?? 0
  const block = 'x'.repeat(64 * 1024)
  for (const door of doors()) {
    for (const [framing, chunk] of [
      [`Content-Length: ${HUNDRED_MB}\r\n`, block],
      ['Transfer-Encoding: chunked\r\n', `10000\r\n${block}\r\n`],
      [`Content-Length: ${'9'.repeat(25)}\r\n`, block],
    ] as const) {
      let { answer, sent } = await pour(door, framing, chunk)
      // A connection that is closed under what is still being sent may take the answer with it.
      if (answer === '') ({ answer, sent } = await pour(door, framing, chunk))
      const which = `${door.path} ${framing.trim()}`
      const expected = /9{20}/.test(framing) ? [400, 413, door.status] : [door.status]
      assert.ok(
        expected.some((status) => answer.endsWith(` ${status}`)),
        `${which}: ${answer}`,
      )
      // What lies in the buffers of both ends, and no more.
      assert.ok(sent < HUNDRED_MB / 4, `${which}: ${sent} bytes were taken`)
    }
  }
  assert.ok((peak() ?? 0) - before < 80 * 1024 * 1024, `${before} → ${peak()}`)
  await assertServing()
})

test('A-171 a bomb of any encoding is refused, not unpacked', async () => {
  const zeros = Buffer.alloc(20 * 1024 * 1024)
  const before = peak() ?? 0
  for (const [encoding, bomb] of [
    ['gzip', gzipSync(zeros)],
    ['GZIP', gzipSync(zeros)],
    ['x-gzip', gzipSync(zeros)],
    ['deflate', deflateSync(zeros)],
    ['br', brotliCompressSync(zeros)],
    ['gzip, gzip', gzipSync(gzipSync(zeros))],
    ['identity, gzip', gzipSync(zeros)],
    ['nonsense', Buffer.from('{}')],
  ] as const) {
    for (const door of doors().filter(({ status }) => status === 413)) {
      const connection = await open(server.port)
      connection.send(
        head(
          door,
          `Content-Encoding: ${encoding}\r\nContent-Length: ${bomb.length}\r\nConnection: close\r\n`,
        ),
      )
      connection.socket.write(bomb)
      assert.match(await connection.untilClosed(), /^HTTP\/1\.1 415 /, `${door.path} ${encoding}`)
    }
  }
  assert.ok((peak() ?? 0) - before < 80 * 1024 * 1024)
  await assertServing()
})

test('A-171 a length that lies: what comes after it is no request, what is missing is no answer', async () => {
  const metadata = JSON.stringify({ redirect_uris: ['https://client.example.com/callback'] })
  for (const door of doors().filter(({ status }) => status === 413)) {
    // Too short: the rest is read as a request, and is none.
    const short = head(door, 'Content-Length: 2\r\n')
    const answer = await exchange(server.port, `${short}{}${metadata}`)
    assert.match(answer, /^HTTP\/1\.1 (?:4\d\d|200) /, door.path)
    assert.match(answer, /HTTP\/1\.1 400 Bad Request[\s\S]*$/, door.path)
    assert.doesNotMatch(answer, / 201 /, door.path)
    // Too long: nothing is answered until all is there, and nothing is done when the sender goes.
    const long = await open(server.port)
    long.send(`${head(door, `Content-Length: ${metadata.length + 10}\r\n`)}${metadata}`)
    await assertServing()
    assert.equal(
      await Promise.race([long.until('HTTP'), assertServing().then(() => 'silence')]),
      'silence',
      door.path,
    )
    long.end()
  }
  await assertServing()
})

const SLOW = process.env.CORPUSIQ_TEST_SLOW === 'true'

test('A-172 300 sockets that say nothing, drip headers or drip bodies: others are served meanwhile', async () => {
  const starts = [
    '',
    'G',
    'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ',
    ...doors().map((door) => head(door, 'Content-Length: 1000\r\n')),
    ...doors().map((door) => head(door, 'Transfer-Encoding: chunked\r\n')),
  ]
  const drips = await Promise.all(Array.from({ length: 300 }, () => open(server.port)))
  const closed = drips.map((drip) => once(drip.socket, 'close'))
  for (const [number, drip] of drips.entries()) drip.send(starts[number % starts.length] ?? '')
  const tap = setInterval(() => {
    for (const { socket } of drips) if (!socket.destroyed) socket.write('1')
  }, 250)
  try {
    const began = performance.now()
    for (let round = 0; round < 5; round++) {
      await assertServing()
      await new Browser(server).open(`${server.url}/login`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    assert.ok(performance.now() - began < 30_000)
    if (SLOW) {
      await Promise.all(closed)
      assert.ok(performance.now() - began < 75_000, 'all are gone when the time-outs have passed')
    }
  } finally {
    clearInterval(tap)
    for (const drip of drips) drip.end()
  }
  await assertServing()
})

const HOST = 'Host: 127.0.0.1\r\n'
const BODY = '{"redirect_uris":["https://smuggler.example/cb"]}'
const SMUGGLED = `POST /register HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`
const TOKEN = `POST /token HTTP/1.1\r\n${HOST}Content-Type: application/x-www-form-urlencoded\r\n`

/** Requests that two readers may take for different ones: a registration hides in what one of them takes for a body. */
const SMUGGLING: Record<string, string> = {
  'CL.TE': `${TOKEN}Content-Length: ${SMUGGLED.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'TE.CL': `${TOKEN}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
  'CL.CL, the second shorter': `${TOKEN}Content-Length: ${SMUGGLED.length}\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`,
  'CL.CL, the first shorter': `${TOKEN}Content-Length: 0\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
  'two Transfer-Encodings': `${TOKEN}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  identity: `${TOKEN}Transfer-Encoding: identity\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`,
  'chunked in quotes': `${TOKEN}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'vertical tab before chunked': `${TOKEN}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'a space before the colon': `${TOKEN}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'a tab before the colon': `${TOKEN}Content-Length\t: 0\r\n\r\n${SMUGGLED}`,
  'a folded Transfer-Encoding': `${TOKEN}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'a header that begins with a space': `${TOKEN} Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'a hexadecimal Content-Length': `${TOKEN}Content-Length: 0x0\r\n\r\n${SMUGGLED}`,
  'an empty Content-Length': `${TOKEN}Content-Length:\r\n\r\n${SMUGGLED}`,
  'a Content-Length with a space in it': `${TOKEN}Content-Length: 0 0\r\n\r\n${SMUGGLED}`,
  'bare LF as end of a header': `${TOKEN}X: y\nContent-Length: 0\r\n\r\n${SMUGGLED}`,
  'bare LF as end of all headers': `POST /token HTTP/1.1\n${HOST.trim()}\nContent-Length: 0\n\n${SMUGGLED}`,
  'bare CR in a header': `${TOKEN}X: y\rContent-Length: 0\r\n\r\n${SMUGGLED}`,
  'NUL in the name of a header': `${TOKEN}Content-Length\0: 0\r\n\r\n${SMUGGLED}`,
  'NUL in a header': `${TOKEN}X: \0\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`,
  'a chunk that is longer than it says': `${TOKEN}Transfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n0\r\n\r\n${SMUGGLED}`,
  'bare LF after the size of a chunk': `${TOKEN}Transfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n${SMUGGLED}`,
  'a size of a chunk beyond all numbers': `${TOKEN}Transfer-Encoding: chunked\r\n\r\n${'f'.repeat(17)}\r\nx\r\n0\r\n\r\n${SMUGGLED}`,
  'a negative size of a chunk': `${TOKEN}Transfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n0\r\n\r\n${SMUGGLED}`,
  'HTTP/2 without asking': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
}

test('A-173 RFC 9112 §6, §11.2 what two readers may take for different requests is 400 and the end of the connection', async () => {
  await using app = await serveTestApp()
  for (const [what, bytes] of Object.entries(SMUGGLING)) {
    const answer = await exchange(app.port, bytes)
    assert.match(answer, /^HTTP\/1\.1 400 /, `${what}: ${answer.slice(0, 300)}`)
    assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1, `${what}: ${answer}`)
    assert.equal(await app.store.clients.count(), 0, what)
  }
  // What is hidden in a body stays one, and what is honestly there twice is answered twice.
  const body = `grant_type=x&x=${encodeURIComponent(SMUGGLED)}`
  const hidden = `${TOKEN}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
  assert.match(await exchange(app.port, hidden), /^HTTP\/1\.1 401 (?:(?!HTTP\/1\.1)[\s\S])*$/)
  assert.equal(await app.store.clients.count(), 0)
  const twice = `${SMUGGLED}${SMUGGLED.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}`
  assert.equal((await exchange(app.port, twice)).match(/HTTP\/1\.1 201 /g)?.length, 2)
  assert.equal(await app.store.clients.count(), 2)
  assert.deepEqual(failuresOf(app), [])
})

test('A-175 200 logins at once: few are hashed, the rest are refused with Retry-After, and tokens go on being verified', async () => {
  const browser = new Browser(server)
  const page = await browser.open(`${server.url}/login`)
  const token = page.forms[0]?.fields.get('token') ?? assert.fail()
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const login = (address: string) =>
    postForm(
      server,
      `${server.url}/login`,
      { username: 'owner', password: 'a guess', token },
      { cookie, 'x-forwarded-for': address },
    )
  for (const addressOf of [() => '198.51.100.1', (number: number) => `203.0.113.${number + 1}`]) {
    let ended = false
    const flood = Promise.all(Array.from({ length: 200 }, (_, number) => login(addressOf(number)))).finally(
      () => {
        ended = true
      },
    )
    let verified = 0
    while (!ended) {
      assert.equal((await callMcp(server, access_token)).status, 200)
      if (!ended) verified++
    }
    const answers = await flood
    const count = (status: number) => answers.filter((answer) => answer.status === status).length
    assert.equal(count(403) + count(429) + count(503), 200)
    // Two run and forty wait at the most; a few more are let in as those end.
    assert.ok(count(403) <= 150, `${count(403)} were hashed`)
    for (const { status, headers } of answers)
      if (status !== 403) assert.match(headers.get('retry-after') ?? '', /^\d+$/)
    // Some forty hashes take a second of two cores; the five that one address gets may be over at once.
    if (count(403) > 20) assert.ok(verified >= 1, 'no call was answered meanwhile')
  }
  await assertServing()
})
