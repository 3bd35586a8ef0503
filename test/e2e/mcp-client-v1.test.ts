import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { UnauthorizedError } from 'sdk-v1/client/auth.js'
import { Client } from 'sdk-v1/client/index.js'
import { StreamableHTTPClientTransport } from 'sdk-v1/client/streamableHttp.js'
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

function prepare(provider: MemoryProvider) {
  const transport = new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), {
    authProvider: provider,
  })
  const client = new Client({ name: 'e2e', version: '1.0.0' })
  return { client, transport, connect: () => client.connect(transport) }
}

async function connect(provider: MemoryProvider): Promise<Client> {
  const first = prepare(provider)
  await assert.rejects(first.connect(), UnauthorizedError)
  await signIn(provider, first.transport)
  const second = prepare(provider)
  await second.connect()
  return second.client
}

async function signIn(provider: MemoryProvider, transport: StreamableHTTPClientTransport): Promise<void> {
  const visit = await signInAndDecide(new Browser(server), provider.takeAuthorizationUrl())
  await transport.finishAuth(provider.callback(visit.url).get('code') ?? '')
}

for (const method of ['none', 'client_secret_basic', 'client_secret_post']) {
  test(`MCP 2025-11-25 the official client v1 goes the whole way (${method})`, async () => {
    const provider = new MemoryProvider({ token_endpoint_auth_method: method })
    const client = await connect(provider)
    assert.equal(provider.client?.client_secret === undefined, method === 'none')

    const { tools } = await client.listTools()
    assert.deepEqual(tools.map((tool) => tool.name).sort(), ['fetch', 'search'])

    const found = await client.callTool({ name: 'search', arguments: { query: 'Pharos' } })
    const [best] = (found.structuredContent as { results: { id: string; title: string }[] }).results
    assert.equal(best?.title, 'The lighthouse of Alexandria')
    const document = await client.callTool({ name: 'fetch', arguments: { id: best?.id } })
    assert.match(JSON.stringify(document.structuredContent), /hundred metres/)
    const missing = await client.callTool({ name: 'fetch', arguments: { id: 'no-such-id' } })
    assert.equal(missing.isError, true)

    const { resources } = await client.listResources()
    assert.equal(resources.length, 4)
    await client.readResource({ uri: resources[0]?.uri ?? '' })

    const granted = provider.granted
    assert.ok(granted?.refresh_token)
    provider.granted = { ...granted, access_token: 'expired' }
    await client.listTools()
    assert.notEqual(provider.granted.refresh_token, granted.refresh_token)
    assert.equal(provider.authorizationUrl, undefined)

    const revoked = await postForm(server, `${server.url}/revoke`, {
      token: provider.granted.refresh_token ?? '',
      client_id: provider.client?.client_id ?? '',
      ...(provider.client?.client_secret !== undefined && { client_secret: provider.client.client_secret }),
    })
    assert.equal(revoked.status, 200)
    await assert.rejects(client.listTools())
    assert.ok(provider.takeAuthorizationUrl())
    await client.close()
  })
}

// With a refresh token at hand this client answers 403 by a refresh, which cannot widen a scope (RFC 6749 §6).
test('RFC 6750 §3.1 the official client v1 steps up where it holds no refresh token', async () => {
  const provider = new MemoryProvider({ grant_types: ['authorization_code'] })
  const registered = await registerClient(server, provider.clientMetadata)
  provider.client = { ...registered, redirect_uris: [...registered.redirect_uris], issuer: server.url }
  const tokens = await obtainTokens(server, registered, { scope: 'corpus:search' })
  assert.equal(tokens.refresh_token, undefined)
  provider.granted = { ...tokens, issuer: server.url }

  const { client, transport, connect: open } = prepare(provider)
  await open()
  const found = await client.callTool({ name: 'search', arguments: { query: 'tea' } })
  const [best] = (found.structuredContent as { results: { id: string }[] }).results
  const call = { name: 'fetch', arguments: { id: best?.id } }
  await assert.rejects(client.callTool(call), UnauthorizedError)
  const asked = provider.authorizationUrl?.searchParams.get('scope')?.split(' ').sort()
  assert.deepEqual(asked, ['corpus:read', 'corpus:search'])
  await signIn(provider, transport)
  assert.match(JSON.stringify(await client.callTool(call)), /80 °C/)
  await client.close()
})
