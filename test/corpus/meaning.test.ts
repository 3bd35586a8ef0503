/** Search by meaning, asked for or not, through the corpus as it is served. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { endpointUnderTest } from '../support/embeddings-endpoint.ts'
import { becomes, indexed, testFolder } from './folder.ts'

const FILES = {
  'garage.md': 'The car stands in the garage.',
  'kennel.md': 'A dog sleeps in the kennel.',
  'kitchen.md': 'Tea stands on the table. It was bought yesterday.',
}

test('with an endpoint a document is found without a word in common, and operators still say what may be', async (t) => {
  const { url } = await endpointUnderTest(t)
  const folder = testFolder(t, FILES)
  const corpus = await indexed(t, folder, { embeddings: { url, model: 'm', key: undefined } })
  await becomes(async () => (await corpus.paths('hound'))[0] === 'kennel.md')
  await becomes(async () => (await corpus.paths('automobile')).length === 3)
  assert.equal((await corpus.paths('automobile'))[0], 'garage.md')
  assert.equal((await corpus.paths('infusion yesterday'))[0], 'kitchen.md')
  assert.deepEqual(await corpus.paths('automobile path:kennel.md'), ['kennel.md'])
  assert.ok(!(await corpus.paths('automobile -garage')).includes('garage.md'))
  const [best] = await corpus.search('automobile', 1, { explain: true })
  assert.equal(best?.explanation?.rank_by_meaning, 1)
})

test('a document that changed is found by its new meaning', async (t) => {
  const { url } = await endpointUnderTest(t)
  const folder = testFolder(t, { ...FILES })
  const corpus = await indexed(t, folder, { embeddings: { url, model: 'm', key: undefined } })
  await becomes(async () => (await corpus.paths('hound'))[0] === 'kennel.md')
  folder.write('kennel.md', 'Empty: nobody sleeps here.')
  folder.write('sofa.md', 'The dog sleeps on the sofa now.')
  await becomes(async () => (await corpus.paths('hound'))[0] === 'sofa.md')
})

test('when the endpoint is away search goes on by words, and says so once', async (t) => {
  const endpoint = await endpointUnderTest(t)
  endpoint.instead = (response) => response.writeHead(503).end()
  const corpus = await indexed(t, testFolder(t, FILES), {
    embeddings: { url: endpoint.url, model: 'm', key: undefined },
  })
  for (let time = 0; time < 5; time++) {
    assert.deepEqual(await corpus.paths('kennel'), ['kennel.md'])
    assert.deepEqual(await corpus.paths('automobile'), [])
  }
  const told = corpus.told().filter(({ reason }) => reason.includes('questions are answered by words alone'))
  assert.equal(told.length, 1)
})

const SERVED = fileURLToPath(new URL('outbound-process.ts', import.meta.url))

/** A process that opens a corpus, searches it and writes each connection that it began: in any of its threads. */
async function outbound(t: Parameters<typeof testFolder>[0], embeddings: string): Promise<string[]> {
  const folder = testFolder(t, FILES)
  const hook = join(folder.path, '..', 'hook.cjs')
  const { writeFileSync } = await import('node:fs')
  writeFileSync(
    hook,
    `const { writeSync } = require('node:fs')
     const net = require('node:net'), dns = require('node:dns'), dgram = require('node:dgram')
     const tell = (what, original) => function (...args) { writeSync(1, 'OUT ' + what + '\\n'); return original.apply(this, args) }
     net.Socket.prototype.connect = tell('connect', net.Socket.prototype.connect)
     dns.lookup = tell('lookup', dns.lookup)
     dns.promises.lookup = tell('lookup', dns.promises.lookup)
     dgram.Socket.prototype.send = tell('send', dgram.Socket.prototype.send)`,
  )
  const args = ['--require', hook, SERVED, folder.path, folder.dataDir, embeddings]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 })
  assert.match(stdout, /^FOUND kennel\.md$/m)
  return stdout.split('\n').filter((line) => line.startsWith('OUT '))
}

test('by default nothing leaves the machine: no thread begins a connection or asks for a name', async (t) => {
  assert.deepEqual(await outbound(t, ''), [])
})

test('where the operator asked for it, the endpoint is what is asked', async (t) => {
  const { url, asked } = await endpointUnderTest(t)
  assert.ok((await outbound(t, url)).length > 0)
  assert.ok(asked.flat().includes('kennel'))
})
