import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { endpointUnderTest, meaning } from '../../../test/support/embeddings-endpoint.ts'
import { indexUnderTest } from '../../../test/support/embeddings-index.ts'
import type { Event } from '../../ops/events.ts'
import { startEmbeddings } from './embeddings.ts'
import { openNearDocuments } from './near-documents.ts'
import { openNearest } from './nearest.ts'
import { quantise } from './quantise.ts'

async function setUp(t: TestContext, patience = 60_000) {
  const endpoint = await endpointUnderTest(t)
  const index = indexUnderTest(t)
  const events: string[] = []
  let wake = () => {}
  let time = 0
  const embeddings = startEmbeddings({
    index: index.file,
    dataDir: index.folder,
    source: { url: `${endpoint.url}?key=secret`, model: 'm', key: 'secret' },
    emit: (event: Event) => {
      events.push(event.type === 'corpus.problem' ? `${event.path}: ${event.reason}` : event.type)
      wake()
    },
    elapsed: () => time,
    patience,
  })
  t.after(() => embeddings.close())
  return {
    ...index,
    endpoint,
    events,
    embeddings,
    pass: (milliseconds: number) => {
      time += milliseconds
    },
    told: () => new Promise<void>((resolve) => (wake = resolve)),
    questions: () => endpoint.asked.flat().filter((text) => !text.includes('\n')),
  }
}

test('a question gets its vector, and the same question costs nothing again', async (t) => {
  const { embeddings, questions } = await setUp(t)
  const vector = await embeddings.vectorOf(' tea ')
  assert.deepEqual(vector, quantise(Float32Array.from(meaning('tea', 8))))
  assert.deepEqual(await embeddings.vectorOf('tea'), vector)
  assert.equal(await embeddings.vectorOf('  '), undefined)
  assert.deepEqual(questions(), ['tea'])
})

test('passages are embedded in the background while the process goes on, and found by meaning', async (t) => {
  const { put, endpoint, embeddings, reader, folder } = await setUp(t)
  put(1, 'One', 'A car.')
  put(2, 'Two', 'A dog.')
  const nearest = openNearest(join(folder, 'vectors.db'), 'm', () => performance.now())
  t.after(() => nearest.close())
  const near = openNearDocuments(reader, nearest)
  const vector = await embeddings.vectorOf('hound')
  assert.ok(vector)
  while (near(vector, 10).length < 2) await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(near(vector, 10)[0]?.document, 2)
  assert.equal(endpoint.asked.flat().filter((text) => text.includes('\n')).length, 2)
})

test('an endpoint that fails is told of once and not waited for again for a while; then it is asked anew', async (t) => {
  const { endpoint, embeddings, events, pass, questions } = await setUp(t)
  endpoint.instead = (response) => response.writeHead(500).end()
  assert.equal(await embeddings.vectorOf('tea'), undefined)
  assert.equal(await embeddings.vectorOf('tea'), undefined)
  assert.equal(questions().length, 1)
  pass(10_000)
  assert.equal(await embeddings.vectorOf('tea'), undefined)
  assert.equal(questions().length, 2)
  const name = new URL(endpoint.url).origin
  assert.deepEqual(events, [`embeddings of ${name}/v1: answered 500; questions are answered by words alone`])
  endpoint.instead = undefined
  pass(10_000)
  assert.ok(await embeddings.vectorOf('tea'))
})

test('an endpoint that is slow is not waited for', async (t) => {
  const { endpoint, embeddings, events } = await setUp(t, 50)
  endpoint.instead = () => {}
  assert.equal(await embeddings.vectorOf('tea'), undefined)
  assert.equal(events.length, 1)
  assert.match(events[0] ?? '', /took longer than 0\.05 s; questions are answered by words alone$/)
})

test('neither the key nor a question is ever told', async (t) => {
  const { endpoint, embeddings, events, put, told } = await setUp(t)
  endpoint.instead = (response) => response.writeHead(401).end('{"error":"bad key secret"}')
  put(1, 'One', 'A car.')
  while (events.length < 1) await told()
  await embeddings.vectorOf('a private question')
  assert.equal(events.length, 2)
  assert.doesNotMatch(events.join('\n'), /secret|private|car/)
})
