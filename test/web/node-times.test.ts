import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listen, TIMES } from '../../src/adapters/node.ts'
import { exchange, open } from './raw.ts'

const HOST = 'Host: 127.0.0.1\r\n'
const GET = `GET / HTTP/1.1\r\n${HOST}\r\n`
const answering = async () => new Response('served')

/** A fetch whose answer to `/slow` waits for `finish`. */
function slow() {
  const started = Promise.withResolvers<void>()
  const finished = Promise.withResolvers<void>()
  const fetch = async (request: Request) => {
    if (!request.url.endsWith('/slow')) return new Response('served')
    started.resolve()
    await finished.promise
    return new Response('finished')
  }
  return { fetch, started: started.promise, finish: finished.resolve }
}

test('A-172 headers and bodies have to be there within 60 seconds', () => {
  assert.ok(TIMES.headersTimeout <= 60_000)
  assert.ok(TIMES.requestTimeout <= 60_000)
  assert.ok(TIMES.connectionsCheckingInterval <= 10_000)
})

test('A-172 sockets that drip headers or bodies are ended with 408, and others are served meanwhile', async () => {
  const times = { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 }
  const fetch = async (request: Request) => new Response(await request.text())
  const server = await listen({ fetch, host: '127.0.0.1', port: 0, times })
  const drips = await Promise.all(
    Array.from({ length: 100 }, async (_, n) => {
      const connection = await open(server.port)
      connection.send(
        n % 2 === 0
          ? `GET / HTTP/1.1\r\n${HOST}X-Slow: `
          : `POST / HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\nslow`,
      )
      return connection
    }),
  )
  const honest = await exchange(server.port, `GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`)
  assert.match(honest, /^HTTP\/1\.1 200/)
  for (const connection of drips) assert.match(await connection.untilClosed(), /^HTTP\/1\.1 408/)
  await server.close()
})

test('a port in use is the error that it is', async () => {
  const server = await listen({ fetch: answering, host: '127.0.0.1', port: 0 })
  await assert.rejects(listen({ fetch: answering, host: '127.0.0.1', port: server.port }), {
    code: 'EADDRINUSE',
  })
  await server.close()
})

test('close answers what is under way, ends idle connections, and takes no new ones', async () => {
  const { fetch, started, finish } = slow()
  const server = await listen({ fetch, host: '127.0.0.1', port: 0, times: { patience: 60_000 } })
  const idle = await open(server.port)
  idle.send(GET)
  await idle.until('served')
  const busy = await open(server.port)
  busy.send(`GET /slow HTTP/1.1\r\n${HOST}\r\n`)
  await started

  const closed = server.close()
  await idle.untilClosed()
  await assert.rejects(open(server.port), { code: 'ECONNREFUSED' })
  finish()
  assert.match(await busy.untilClosed(), /finished$/)
  await closed
})

test('close does not wait for ever', async () => {
  const { fetch, started } = slow()
  const server = await listen({ fetch, host: '127.0.0.1', port: 0, times: { patience: 50 } })
  const busy = await open(server.port)
  busy.send(`GET /slow HTTP/1.1\r\n${HOST}\r\n`)
  await started
  await server.close()
  assert.equal(await busy.untilClosed(), '')
})
