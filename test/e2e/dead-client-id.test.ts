/** Clients that hold an id which was deleted here, by the command beside the running server: each finds back. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  Client as ClientV2,
  StreamableHTTPClientTransport as TransportV2,
} from '@modelcontextprotocol/client'
import { Client as ClientV1 } from 'sdk-v1/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from 'sdk-v1/client/streamableHttp.js'
import { corpusiq } from '../cli/program.ts'
import { Browser } from '../support/browser.ts'
import { MemoryProvider } from '../support/memory-provider.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { signInAndDecide } from '../support/scenario.ts'

let server: RunningServer
before(async () => {
  server = await startServer()
  await server.says(/Corpus indexed/)
})
after(() => server[Symbol.asyncDispose]())

type Connection = {
  connect(): Promise<unknown>
  finish(answer: URLSearchParams): Promise<void>
  tools(): Promise<string[]>
  close(): Promise<void>
}

function version1(provider: MemoryProvider): Connection {
  const transport = new TransportV1(new URL(`${server.url}/mcp`), { authProvider: provider })
  const client = new ClientV1({ name: 'e2e', version: '1.0.0' })
  return {
    connect: () => client.connect(transport),
    finish: (answer) => transport.finishAuth(answer.get('code') ?? ''),
    tools: async () => (await client.listTools()).tools.map(({ name }) => name).sort(),
    close: () => client.close(),
  }
}

function version2(provider: MemoryProvider): Connection {
  const transport = new TransportV2(new URL(`${server.url}/mcp`), { authProvider: provider })
  const client = new ClientV2({ name: 'e2e', version: '1.0.0' })
  return {
    connect: () => client.connect(transport),
    finish: (answer) => transport.finishAuth(answer),
    tools: async () => (await client.listTools()).tools.map(({ name }) => name).sort(),
    close: () => client.close(),
  }
}

for (const [name, open] of [
  ['v1', version1],
  ['v2', version2],
] as const) {
  /** The person signs in and decides wherever the client sends the browser; then it is connected. */
  const throughBrowser = async (provider: MemoryProvider) => {
    const first = open(provider)
    await assert.rejects(first.connect())
    const url = provider.takeAuthorizationUrl()
    const visit = await signInAndDecide(new Browser(server), url)
    await first.finish(provider.callback(visit.url))
    const second = open(provider)
    await second.connect()
    assert.deepEqual(await second.tools(), ['fetch', 'search'])
    await second.close()
    return url.searchParams.get('client_id')
  }
  const connectedOnce = async () => {
    const provider = new MemoryProvider()
    const client_id = await throughBrowser(provider)
    assert.ok(client_id)
    return { provider, client_id }
  }
  const remove = async (client_id: string, ...more: string[]) => {
    const args = ['clients', 'delete', client_id, ...more, '--data-dir', server.dataDir]
    const { code, errors } = await corpusiq(args)
    assert.equal(code, 0, errors)
  }

  test(`the official client ${name} with a dead id and no token: the browser leads to the owner, and the old id lives on`, async () => {
    const { provider, client_id } = await connectedOnce()
    await remove(client_id)
    provider.granted = undefined
    assert.equal(await throughBrowser(provider), client_id)
    assert.equal(provider.client?.client_id, client_id)
    await server.says(new RegExp(`Client let back in by the owner: ${client_id} \\(Test Client\\)`))
  })

  test(`the official client ${name} with a dead id and a refresh token: 401 invalid_client makes it register again`, async () => {
    const { provider, client_id } = await connectedOnce()
    await remove(client_id)
    assert.ok(provider.granted?.refresh_token)
    const next = await throughBrowser(provider)
    assert.notEqual(next, client_id)
    assert.equal(provider.client?.client_id, next)
  })

  test(`the official client ${name} whose id was revoked for cause: a page that says so, and no way on`, async () => {
    const { provider, client_id } = await connectedOnce()
    await remove(client_id, '--revoke')
    provider.granted = undefined
    await assert.rejects(open(provider).connect())
    const visit = await signInAndDecide(new Browser(server), provider.takeAuthorizationUrl())
    assert.deepEqual([visit.left, visit.status], [false, 400])
    assert.match(visit.text, /<code>invalid_client<\/code>/)
  })
}
