import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryCorpus } from './support/memory-corpus.ts'
import { startServer } from './support/running-server.ts'
import { callMcp, obtainTokens, registerClient, type TokenAnswer } from './support/scenario.ts'
import { createTestApp, type TestApp } from './support/test-app.ts'

/** A signed-in client, and the id of the grant behind its tokens. */
async function signedIn(app: TestApp): Promise<TokenAnswer & { client_id: string; grant_id: string }> {
  const { client_id, ...client } = await registerClient(app)
  const tokens = await obtainTokens(app, { client_id, ...client })
  const issued = app.events.findLast((event) => event.type === 'token.issued')
  assert.ok(issued)
  return { ...tokens, client_id, grant_id: issued.grant_id }
}

test('A-150 RFC 9728 §5.1 every method at both paths is challenged, and pages may read the challenge', async () => {
  await using app = await createTestApp()
  for (const path of ['/mcp', '/mcp/']) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']) {
      const headers = { origin: 'https://inspector.example' }
      const response = await app.fetch(new Request(app.url + path, { method, headers }))
      assert.equal(response.status, 401, `${method} ${path}`)
      assert.equal(
        response.headers.get('www-authenticate'),
        `Bearer resource_metadata="${app.url}/.well-known/oauth-protected-resource/mcp", scope="corpus:read corpus:search"`,
      )
      assert.equal(response.headers.get('access-control-allow-origin'), '*')
      assert.match(response.headers.get('access-control-expose-headers') ?? '', /WWW-Authenticate/i)
      assert.equal(response.headers.get('access-control-allow-credentials'), null)
    }
  }
})

test('Fetch standard: a preflight needs no token', async () => {
  await using app = await createTestApp()
  const headers = {
    origin: 'https://inspector.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization, content-type, mcp-protocol-version',
  }
  const response = await app.fetch(new Request(`${app.url}/mcp`, { method: 'OPTIONS', headers }))
  assert.equal(response.status, 204)
  assert.match(response.headers.get('access-control-allow-headers') ?? '', /mcp-protocol-version/i)
})

test('A-149 with a list of origins a foreign page is refused, even with a good token', async () => {
  const env = { CORPUSIQ_CORS_ALLOW_ORIGINS_CSV: 'https://chatgpt.com' }
  await using app = await createTestApp({ env })
  const { access_token } = await signedIn(app)
  const statusFrom = async (origin?: string) => {
    const request = new Request(`${app.url}/mcp`, {
      method: 'POST',
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
      headers: {
        authorization: `Bearer ${access_token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(origin !== undefined && { origin }),
      },
    })
    const response = await app.fetch(request)
    assert.equal(response.headers.get('access-control-allow-credentials'), null)
    return response.status
  }
  assert.equal(await statusFrom('https://evil.example'), 403)
  assert.equal(await statusFrom('null'), 403)
  assert.equal(await statusFrom('https://chatgpt.com'), 200)
  assert.equal(await statusFrom(app.url), 200)
  assert.equal(await statusFrom(), 200)
})

test('A-154 what a token may is asked at each call: a revoked grant reads nothing more', async () => {
  await using app = await createTestApp()
  const { access_token, grant_id } = await signedIn(app)
  const fetchTea = () =>
    callMcp(app, access_token, 'tools/call', { name: 'fetch', arguments: { id: 'doc_tea' } })
  assert.equal((await fetchTea()).status, 200)
  await app.store.grants.revoke(grant_id, { at: app.now(), type: 'grant.revoked' })
  const refused = await fetchTea()
  assert.equal(refused.status, 401)
  assert.match(refused.headers.get('www-authenticate') ?? '', /error="invalid_token"/)
})

test('A-154 the tokens of a deleted client read nothing more', async () => {
  await using app = await createTestApp()
  const { access_token, client_id } = await signedIn(app)
  assert.equal((await callMcp(app, access_token)).status, 200)
  await app.store.clients.remove(client_id, { at: app.now(), type: 'client.deleted' })
  assert.equal((await callMcp(app, access_token)).status, 401)
})

test('A-154 one client knows nothing of the other: its grant ends alone', async () => {
  await using app = await createTestApp()
  const one = await signedIn(app)
  const other = await signedIn(app)
  await app.store.grants.revoke(one.grant_id, { at: app.now(), type: 'grant.revoked' })
  assert.equal((await callMcp(app, one.access_token)).status, 401)
  assert.equal((await callMcp(app, other.access_token)).status, 200)
})

test('RFC 6750 §2.1 an expired token, a refresh token and a code open nothing', async () => {
  await using app = await createTestApp()
  const { access_token, refresh_token } = await signedIn(app)
  assert.equal((await callMcp(app, refresh_token)).status, 401)
  assert.equal((await callMcp(app, `${access_token}x`)).status, 401)
  app.advance(3600)
  assert.equal((await callMcp(app, access_token)).status, 401)
})

test('A-155 what the tools say of themselves is the same in every answer', async () => {
  await using app = await createTestApp()
  const { access_token } = await signedIn(app)
  const first = await (await callMcp(app, access_token)).text()
  await callMcp(app, access_token, 'tools/call', { name: 'search', arguments: { query: 'tea' } })
  assert.equal(await (await callMcp(app, access_token)).text(), first)
})

test('a corpus that fails is the log’s business: 500 with a number to look for, and nothing of the fault', async () => {
  const corpus = createMemoryCorpus()
  const broken = {
    ...corpus,
    search: async () => {
      throw new Error('SQLITE_IOERR at /home/someone/index.db')
    },
  }
  await using app = await createTestApp({ corpus: broken })
  const { access_token } = await signedIn(app)
  const call = { name: 'search', arguments: { query: 'tea' } }
  const response = await callMcp(app, access_token, 'tools/call', call)
  assert.equal(response.status, 500)
  const text = await response.text()
  assert.doesNotMatch(text, /SQLITE|home/)
  const failed = app.events.find((event) => event.type === 'request.failed')
  assert.ok(failed)
  assert.match(text, new RegExp(failed.request_id))
  assert.equal((await callMcp(app, access_token)).status, 200)
})

test('A-152 over the wire: 5 MB, announced or not, is 413, and the next honest request is served', async () => {
  await using server = await startServer()
  const { access_token } = await obtainTokens(server, await registerClient(server))
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' }
  const large = Buffer.alloc(5_000_000, 0x20)
  const announced = await fetch(`${server.url}/mcp`, { method: 'POST', headers, body: large }).catch(cutOff)
  assert.ok(announced === 'cut off' || announced.status === 413)
  const body = new Blob([large]).stream()
  const streamed = await fetch(`${server.url}/mcp`, { method: 'POST', headers, body, duplex: 'half' }).catch(
    cutOff,
  )
  assert.ok(streamed === 'cut off' || streamed.status === 413)
  assert.equal((await callMcp(server, access_token)).status, 200)
})

/** The server may close before all of a body was sent; whether its 413 is read then is the client's luck. */
function cutOff(): 'cut off' {
  return 'cut off'
}
