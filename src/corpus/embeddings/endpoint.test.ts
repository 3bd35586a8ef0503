import assert from 'node:assert/strict'
import { createServer, setGlobalProxyFromEnv } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { endpointUnderTest, meaning } from '../../../test/support/embeddings-endpoint.ts'
import { EmbedFault } from './embedder.ts'
import { createEndpoint, embeddingsUrl } from './endpoint.ts'

const SOON = { milliseconds: 5_000 }
/** What would do, were it not for its status. */
const GOOD = JSON.stringify({ data: [{ embedding: [1, 2] }, { embedding: [1, 2] }] })

async function setUp(t: TestContext) {
  const endpoint = await endpointUnderTest(t)
  const { embed } = createEndpoint({ url: endpoint.url, model: 'm', key: 'secret' })
  const kind = async (milliseconds = 5_000) => {
    const embedded = await embed(['tea', 'dog'], { milliseconds })
    assert.ok(embedded instanceof EmbedFault)
    assert.doesNotMatch(embedded.reason, /secret/)
    return embedded.kind
  }
  const json = (value: unknown) => {
    endpoint.instead = (response) => response.end(JSON.stringify(value))
  }
  return { endpoint, embed, kind, json }
}

test('texts become vectors in their order, in whatever order they are answered', async (t) => {
  const { endpoint, embed } = await setUp(t)
  const embedded = await embed(['tea', 'a dog'], SOON)
  assert.ok(Array.isArray(embedded))
  assert.deepEqual(embedded, [Float32Array.from(meaning('tea', 8)), Float32Array.from(meaning('a dog', 8))])
  assert.deepEqual(endpoint.requests, [
    {
      path: '/v1/embeddings',
      authorization: 'Bearer secret',
      body: { model: 'm', input: ['tea', 'a dog'], encoding_format: 'float' },
    },
  ])
})

test('without a key no authorization is sent', async (t) => {
  const { endpoint } = await setUp(t)
  await createEndpoint({ url: endpoint.url, model: 'm', key: undefined }).embed(['tea'], SOON)
  assert.equal(endpoint.requests[0]?.authorization, undefined)
})

test('the URL may be the base or the endpoint', () => {
  for (const [given, asked] of [
    ['http://localhost:11434', 'http://localhost:11434/v1/embeddings'],
    ['http://localhost:11434/', 'http://localhost:11434/v1/embeddings'],
    ['http://localhost:11434/v1', 'http://localhost:11434/v1/embeddings'],
    ['http://localhost:11434/v1/', 'http://localhost:11434/v1/embeddings'],
    ['https://api.example/v1/embeddings', 'https://api.example/v1/embeddings'],
    ['https://api.example/openai/v1?version=2', 'https://api.example/openai/v1/embeddings?version=2'],
  ] as const) {
    assert.equal(embeddingsUrl(given), asked)
  }
})

test('a status says whether it is the texts, the moment or the settings', async (t) => {
  const { endpoint, embed, kind } = await setUp(t)
  for (const [status, expected] of [
    [400, 'input'],
    [413, 'input'],
    [422, 'input'],
    [401, 'wrong'],
    [403, 'wrong'],
    [404, 'wrong'],
    [429, 'away'],
    [500, 'away'],
    [503, 'away'],
  ] as const) {
    endpoint.instead = (response) => response.writeHead(status, { 'Retry-After': '7' }).end(GOOD)
    assert.equal(await kind(), expected, String(status))
  }
  const away = await embed(['tea'], SOON)
  assert.equal(away instanceof EmbedFault && away.retryAfter, 7)
})

test('an answer that is none is a value', async (t) => {
  const { endpoint, kind, json } = await setUp(t)
  const one = { index: 0, embedding: [1, 2] }
  for (const value of [
    null,
    {},
    { data: 'x' },
    { data: [one] },
    { data: [0, 1, 2].map((index) => ({ index, embedding: [1, 2] })) },
    { data: [one, { index: 0, embedding: [1, 2] }] },
    { data: [one, { index: 1, embedding: 'AAAA' }] },
    { data: [one, { index: 1, embedding: [] }] },
    { data: [one, { index: 1, embedding: [1, null] }] },
    { data: [one, { index: 1, embedding: [1, '2'] }] },
    { data: [one, { index: 7, embedding: [1, 2] }] },
    { data: [one, null] },
  ]) {
    json(value)
    assert.equal(await kind(), 'wrong', JSON.stringify(value))
  }
  endpoint.instead = (response) => response.end('<html>')
  assert.equal(await kind(), 'wrong')
})

test('silence, a broken connection, nobody there and an endless answer are values', async (t) => {
  const { endpoint, kind } = await setUp(t)
  endpoint.instead = () => {}
  assert.equal(await kind(100), 'away')
  endpoint.instead = (response) => response.destroy()
  assert.equal(await kind(), 'away')
  endpoint.instead = (response) => {
    const more = setInterval(() => response.write('x'.repeat(65_536)), 1)
    response.on('close', () => clearInterval(more))
  }
  assert.equal(await kind(60_000), 'away')
  const nobody = createEndpoint({ url: 'http://127.0.0.1:1', model: 'm', key: undefined })
  const embedded = await nobody.embed(['tea'], SOON)
  assert.equal(embedded instanceof EmbedFault && embedded.kind, 'away')
})

test('nobody leads us elsewhere: no redirect is followed, no proxy of the environment gone through', async (t) => {
  const { endpoint, embed, kind } = await setUp(t)
  let elsewhere = 0
  const other = createServer((_request, response) => {
    elsewhere += 1
    response.end('{}')
  })
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.after(() => other.close())
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  for (const status of [301, 302, 307, 308]) {
    endpoint.instead = (response) => response.writeHead(status, { Location: url }).end()
    assert.equal(await kind(), 'wrong')
  }
  endpoint.instead = undefined
  t.after(setGlobalProxyFromEnv({ http_proxy: url, https_proxy: url }))
  assert.ok(Array.isArray(await embed(['tea'], SOON)))
  assert.equal(elsewhere, 0)
})
