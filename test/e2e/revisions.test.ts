import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { callMcp, obtainTokens, registerClient } from '../support/scenario.ts'
import { postJson } from '../support/site.ts'

let server: RunningServer
let token: string
before(async () => {
  server = await startServer()
  await server.says(/Corpus indexed/)
  token = (await obtainTokens(server, await registerClient(server))).access_token
})
after(() => server[Symbol.asyncDispose]())

const SEARCH = { name: 'search', arguments: { query: 'garden club' } }

function send(path: string, message: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return postJson(server, server.url + path, message, {
    accept: 'application/json, text/event-stream',
    authorization: `Bearer ${token}`,
    ...headers,
  })
}

for (const path of ['/mcp', '/mcp/']) {
  for (const version of ['2025-03-26', '2025-06-18', '2025-11-25']) {
    test(`MCP ${version} initialize, then calls without a session (${path})`, async () => {
      const hello = await send(path, {
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: {
          protocolVersion: version,
          capabilities: {},
          clientInfo: { name: 'raw', version: '1' },
        },
      })
      const { result } = (await hello.json()) as { result: { protocolVersion: string } }
      assert.equal(result.protocolVersion, version)
      assert.equal(hello.headers.get('mcp-session-id'), null)

      const versioned = { 'mcp-protocol-version': version }
      const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' }
      assert.equal((await send(path, initialized, versioned)).status, 202)
      const call = { jsonrpc: '2.0', id: 'x', method: 'tools/call', params: SEARCH }
      const answer = await send(path, call, versioned)
      assert.match(await answer.text(), /compost bin/)
    })
  }

  test(`MCP 2026-07-28 a call without a handshake (${path})`, async () => {
    const params = {
      ...SEARCH,
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
        'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
      },
    }
    const headers = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'search',
    }
    const answer = await send(path, { jsonrpc: '2.0', id: 1, method: 'tools/call', params }, headers)
    assert.match(await answer.text(), /compost bin/)
  })
}

test('RFC 9728 §5.1 the challenge names metadata that names this resource', async () => {
  const refused = await callMcp(server, undefined)
  assert.equal(refused.status, 401)
  const challenge = refused.headers.get('www-authenticate') ?? ''
  const url = /^Bearer resource_metadata="([^"]+)"/.exec(challenge)?.[1]
  assert.ok(url)
  const metadata = (await (await fetch(url)).json()) as { resource: string; authorization_servers: string[] }
  assert.equal(metadata.resource, `${server.url}/mcp`)
  assert.deepEqual(metadata.authorization_servers, [server.url])
})
