/** The official clients check every answer of a tool against the schema that it announced. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as ClientV1 } from 'sdk-v1/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from 'sdk-v1/client/streamableHttp.js'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { obtainTokens, registerClient } from '../support/scenario.ts'

let folder: string
let server: RunningServer
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corpusiq-long-'))
  const chapters = Array.from(
    { length: 200 },
    (_, index) => `## Chapter ${index}\n\n${'All is calm. '.repeat(40)}\n\n`,
  )
  await writeFile(join(folder, 'almanac.md'), `# Almanac\n\n${chapters.join('')}The bronze mirror.\n`)
  await writeFile(join(folder, 'short.md'), 'Another mirror.\n')
  server = await startServer({ folder })
  await server.says(/Corpus indexed/)
})
after(async () => {
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

type Called = { structuredContent?: unknown; isError?: unknown }

async function walk(call: (name: string, args: Record<string, unknown>) => Promise<Called>): Promise<void> {
  const found = await call('search', { query: 'bronze "mirror" -storm', limit: 50, collection: '' })
  const { results } = found.structuredContent as { results: { id: string }[] }
  assert.deepEqual(
    results.map(({ id }) => id.includes('#')),
    [true, false],
  )
  for (const { id } of results) {
    const part = await call('fetch', { id })
    assert.match(JSON.stringify(part.structuredContent), /mirror/)
  }
  const rest = await call('fetch', { id: results[0]?.id, offset: 0 })
  assert.partialDeepStrictEqual(rest.structuredContent, { metadata: { offset: '0' } })
  assert.equal((await call('search', { query: 'zugzwang' })).isError, undefined)
  assert.equal((await call('fetch', { id: 'unknown#1' })).isError, true)
}

test('the official client v2 takes search and fetch of a long document', async () => {
  const { access_token } = await obtainTokens(server, await registerClient(server))
  const client = new Client({ name: 'e2e', version: '1.0.0' })
  const requestInit = { headers: { authorization: `Bearer ${access_token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit }))
  await client.listTools()
  await walk((name, args) => client.callTool({ name, arguments: args }))
  await client.close()
})

test('the official client v1 takes search and fetch of a long document', async () => {
  const { access_token } = await obtainTokens(server, await registerClient(server))
  const client = new ClientV1({ name: 'e2e', version: '1.0.0' })
  const requestInit = { headers: { authorization: `Bearer ${access_token}` } }
  await client.connect(new TransportV1(new URL(`${server.url}/mcp`), { requestInit }) as never)
  await client.listTools()
  await walk((name, args) => client.callTool({ name, arguments: args }) as Promise<Called>)
  await client.close()
})
