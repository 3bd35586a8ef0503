/** Group 1, what comes in: bodies without an end and odd headers, over sockets, at the program as a process. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { BODY_LIMIT } from '../../src/web/body.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { PUBLIC_CLIENT, registerClient } from '../support/scenario.ts'
import { type Connection, exchange, open } from '../web/raw.ts'

const MEGABYTE = 1024 * 1024

let server: RunningServer
before(async () => {
  server = await startServer({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
})
after(() => server[Symbol.asyncDispose]())

const head = (...headers: string[]) =>
  `POST /register HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Type: application/json\r\n${headers.join('\r\n')}\r\n\r\n`

/** Sends `piece` again and again until the server hangs up, or `bytes` were sent; how many were. */
async function pour({ socket }: Connection, piece: string, bytes: number): Promise<number> {
  let wake = () => {}
  socket.on('drain', () => wake())
  socket.on('close', () => wake())
  let sent = 0
  for (; sent < bytes && !socket.destroyed; sent += piece.length) {
    const taken = new Promise<void>((resolve) => {
      wake = resolve
    })
    if (!socket.write(piece, 'latin1')) await taken
    // What the socket took at once is never waited for: let the answer arrive.
    else await new Promise((resolve) => setImmediate(resolve))
  }
  return sent
}

/** The resident memory of the server in bytes; undefined where the system does not tell. */
async function memory(): Promise<number | undefined> {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
}

/** 413 in OAuth's JSON, and nothing after it. */
function isTooLarge(answer: string): void {
  assert.match(answer, /^HTTP\/1\.1 413 /)
  assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1)
  assert.match(answer, /\r\ncontent-type: application\/json\r\n/i)
  assert.match(answer, /\r\ncache-control: no-store\r\n/i)
  assert.match(answer, /\{"error":"invalid_request","error_description":"[^"]+"\}/)
}

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`

/** Bodies without an end: how they begin, and what comes again and again. */
function endless(): [start: string, more: string][] {
  const text = '{"client_name":"'
  const piece = 'x'.repeat(64 * 1024)
  const chunked = head('Transfer-Encoding: chunked')
  return [
    [head('Content-Length: 1000000000') + text, piece],
    [chunked + chunk(text), chunk(piece)],
    // One chunk that never ends, and chunks of one byte.
    [`${chunked}7fffffff\r\n${text}`, piece],
    [chunked + chunk(text), chunk('x').repeat(8192)],
  ]
}

test('A-004 a body beyond the limit is 413, announced or without an end, however it is cut', async () => {
  for (const [start, more] of endless()) {
    const connection = await open(server.port)
    connection.send(start + more.repeat(Math.ceil((BODY_LIMIT + 1) / more.length)))
    isTooLarge(await connection.until('}'))
    connection.end()
    assert.match((await registerClient(server)).client_id, /^client_/)
  }
})

test('A-004 whoever pours in 100 MB all the same is hung up on, and memory stays flat', async () => {
  const before = await memory()
  for (const [start, more] of endless()) {
    const connection = await open(server.port)
    connection.send(start)
    const poured = await pour(connection, more, 100 * MEGABYTE)
    // The answer may be lost with the connection: the sender did not stop to listen.
    const answer = await connection.untilClosed()
    if (answer !== '') isTooLarge(answer)
    assert.ok(poured < 20 * MEGABYTE, `${poured} bytes were taken`)
    assert.match((await registerClient(server)).client_id, /^client_/)
  }
  const after = await memory()
  // A server that kept what it was sent would hold 400 MB.
  if (before !== undefined && after !== undefined) {
    assert.ok(after - before < 150 * MEGABYTE, `${Math.round((after - before) / MEGABYTE)} MB more`)
  }
})

test('A-004 announced and never sent, the body is refused by its announcement', async () => {
  for (const length of [BODY_LIMIT + 1, 2 ** 31, 2 ** 40, 999_999_999_999_999]) {
    const connection = await open(server.port)
    connection.send(head(`Content-Length: ${length}`))
    isTooLarge(await connection.until('}'))
    connection.end()
  }
  const continued = await open(server.port)
  continued.send(head('Content-Length: 1000000000', 'Expect: 100-continue'))
  assert.match(await continued.until('}'), /HTTP\/1\.1 413 /)
  continued.end()
  await registerClient(server)
})

test('A-004 its neighbour: a body of just the limit is read, chunked too', async () => {
  const text = JSON.stringify(PUBLIC_CLIENT).slice(0, -1)
  const padded = `${text},"x":"${'x'.repeat(BODY_LIMIT - text.length - 8)}"}`
  assert.equal(padded.length, BODY_LIMIT)
  for (const bytes of [
    `${head(`Content-Length: ${BODY_LIMIT}`, 'Connection: close')}${padded}`,
    `${head('Transfer-Encoding: chunked', 'Connection: close')}${chunk(padded)}0\r\n\r\n`,
  ]) {
    assert.match(await exchange(server.port, bytes), /^HTTP\/1\.1 201 /)
  }
})

test('A-003 a form on a foreign page, as a browser sends it, is 415 on the wire', async () => {
  const body = JSON.stringify(PUBLIC_CLIENT)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', '']) {
    const answer = await exchange(
      server.port,
      `POST /register HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nOrigin: https://evil.example\r\n` +
        `${type && `Content-Type: ${type}\r\n`}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    )
    assert.match(answer, /^HTTP\/1\.1 415 /)
    assert.match(answer, /"error":"invalid_client_metadata"/)
  }
})

test('A-018 an Authorization header that no library would send is as none', async () => {
  const body = JSON.stringify(PUBLIC_CLIENT)
  for (const lines of [
    ['Authorization:'],
    ['Authorization: Bearer'],
    ['Authorization: Bearer a', 'Authorization: Basic !!!'],
    ['Authorization: \xff\xfe\x80'],
    ['Authorization:\tBearer\tx'],
    [`Authorization: Bearer ${'x'.repeat(16 * 1024)}`],
  ]) {
    const bytes = `${head(...lines, `Content-Length: ${body.length}`, 'Connection: close')}${body}`
    assert.match(await exchange(server.port, bytes), /^HTTP\/1\.1 201 /, lines.join())
  }
})
