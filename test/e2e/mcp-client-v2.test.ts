import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client'
import { Browser } from '../support/browser.ts'
import { MemoryProvider } from '../support/memory-provider.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { obtainTokens, registerClient, signInAndDecide } from '../support/scenario.ts'
import { postForm } from '../support/site.ts'

let server: RunningServer
before(async () => {
  server = await startServer()
  await server.says(/Corpus indexed/)
})
after(() => server[Symbol.asyncDispose]())

function prepare(provider: MemoryProvider, mode: VersionNegotiationMode) {
  const transport = new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), {
    authProvider: provider,
  })
  const client = new Client({ name: 'e2e', version: '1.0.0' }, { versionNegotiation: { mode } })
  return { client, transport, connect: () => client.connect(transport) }
}

/** From nothing to a connected client, as a host application does it. */
async function connect(provider: MemoryProvider, mode: VersionNegotiationMode): Promise<Client> {
  const first = prepare(provider, mode)
  await assert.rejects(first.connect(), UnauthorizedError)
  await signIn(provider, first.transport)
  const second = prepare(provider, mode)
  await second.connect()
  return second.client
}

async function signIn(provider: MemoryProvider, transport: StreamableHTTPClientTransport): Promise<void> {
  const visit = await signInAndDecide(new Browser(server), provider.takeAuthorizationUrl())
  await transport.finishAuth(provider.callback(visit.url))
}

for (const [mode, version] of [
  [{ pin: '2026-07-28' }, '2026-07-28'],
  ['legacy', '2025-11-25'],
  ['auto', '2026-07-28'],
] as const) {
  const name = typeof mode === 'string' ? mode : 'pinned'
  test(`MCP ${version} (${name}): the official client v2 goes the whole way`, async () => {
    const provider = new MemoryProvider()
    const client = await connect(provider, mode)
    assert.equal(client.getNegotiatedProtocolVersion(), version)
    assert.match(provider.client?.client_id ?? '', /^client_/)

    const { tools } = await client.listTools()
    assert.deepEqual(tools.map((tool) => tool.name).sort(), ['fetch', 'search'])

    const found = await client.callTool({ name: 'search', arguments: { query: 'sourdough starter' } })
    const { results } = found.structuredContent as { results: { id: string; url: string; title: string }[] }
    const [best] = results
    assert.ok(best)
    assert.equal(best.title, 'Sourdough bread')
    assert.equal(best.url, `${server.url}/documents/${best.id}`)
    assert.deepEqual(found.content, [{ type: 'text', text: JSON.stringify(found.structuredContent) }])

    const document = await client.callTool({ name: 'fetch', arguments: { id: best.id } })
    assert.match(String((document.structuredContent as { text: string }).text), /twelve hours/)

    const { resources } = await client.listResources()
    assert.equal(resources.length, 4)
    const bread = resources.find((resource) => resource.uri.endsWith(best.id))
    assert.ok(bread)
    const read = await client.readResource({ uri: bread.uri })
    assert.match(JSON.stringify(read.contents), /twelve hours/)
    await client.close()
  })
}

test('the official client v2 refreshes by itself and ends with a revoked grant', async () => {
  const provider = new MemoryProvider()
  const client = await connect(provider, 'auto')
  const granted = provider.granted
  assert.ok(granted?.refresh_token)

  provider.granted = { ...granted, access_token: 'expired' }
  await client.listTools()
  assert.notEqual(provider.granted.access_token, 'expired')
  assert.notEqual(provider.granted.refresh_token, granted.refresh_token)
  assert.equal(provider.authorizationUrl, undefined)

  const revoked = await postForm(server, `${server.url}/revoke`, {
    token: provider.granted.refresh_token ?? '',
    client_id: provider.client?.client_id ?? '',
  })
  assert.equal(revoked.status, 200)
  await assert.rejects(client.callTool({ name: 'search', arguments: { query: 'tea' } }))
  assert.ok(provider.takeAuthorizationUrl())
  await client.close()
})

test('RFC 6750 §3.1 the official client v2 steps up from insufficient_scope', async () => {
  const provider = new MemoryProvider()
  const registered = await registerClient(server, provider.clientMetadata)
  provider.client = { ...registered, redirect_uris: [...registered.redirect_uris], issuer: server.url }
  const tokens = await obtainTokens(server, registered, { scope: 'corpus:search' })
  assert.equal(tokens.scope, 'corpus:search')
  provider.granted = { ...tokens, issuer: server.url }

  const { client, transport, connect: open } = prepare(provider, 'auto')
  await open()
  const found = await client.callTool({ name: 'search', arguments: { query: 'tea' } })
  const [best] = (found.structuredContent as { results: { id: string }[] }).results
  const call = { name: 'fetch', arguments: { id: best?.id } }
  await assert.rejects(client.callTool(call), UnauthorizedError)
  const asked = provider.authorizationUrl?.searchParams.get('scope')?.split(' ').sort()
  // It adds offline_access by itself, since the metadata list it and it holds a refresh token.
  assert.deepEqual(asked, ['corpus:read', 'corpus:search', 'offline_access'])
  await signIn(provider, transport)
  const document = await client.callTool(call)
  assert.match(JSON.stringify(document.structuredContent), /80 °C/)
  await client.close()
})
