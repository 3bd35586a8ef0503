/** `corpusiq search` where the operator asked for embeddings: what a client is given, by the same endpoint. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { becomes } from '../corpus/folder.ts'
import { endpointUnderTest } from '../support/embeddings-endpoint.ts'
import { startServer } from '../support/running-server.ts'
import { corpusiq, emptyDirectory } from './program.ts'

test('search finds by meaning what the server has embedded, and by words alone where the endpoint is away', async (t) => {
  const endpoint = await endpointUnderTest(t)
  const folder = join(await emptyDirectory(t), 'notes')
  mkdirSync(folder)
  writeFileSync(join(folder, 'garage.md'), 'The car stands in the garage.')
  writeFileSync(join(folder, 'kennel.md'), 'A dog sleeps in the kennel.')
  const env = {
    CORPUSIQ_EMBEDDINGS_URL: endpoint.url,
    CORPUSIQ_EMBEDDINGS_MODEL: 'm',
    CORPUSIQ_EMBEDDINGS_KEY: 'sk-hidden',
  }
  await using server = await startServer({ folder, env })
  const search = (question: string) =>
    corpusiq(['search', question, '--explain', '--json', '--data-dir', server.dataDir], { env })
  const best = async (question: string) => JSON.parse((await search(question)).output).results[0]
  await becomes(async () => (await best('hound'))?.metadata.path === 'kennel.md')
  assert.equal((await best('hound')).explanation.rank_by_meaning, 1)
  assert.equal(endpoint.requests.at(-1)?.authorization, 'Bearer sk-hidden')

  endpoint.instead = (response) => response.writeHead(503).end()
  const { output, errors } = await search('garage')
  assert.equal(JSON.parse(output).results[0].metadata.path, 'garage.md')
  assert.equal(errors, 'By words alone: the embedder answered 503\n')
  assert.doesNotMatch(server.output() + server.log() + output + errors, /sk-hidden/)
})
