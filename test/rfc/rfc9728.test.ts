/** RFC 9728, OAuth 2.0 Protected Resource Metadata: what it asks of a protected resource. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OAuthProtectedResourceMetadataSchema } from '@modelcontextprotocol/core'
import * as v1 from 'sdk-v1/shared/auth.js'
import { createTestApp, type TestApp } from '../support/test-app.ts'

type Metadata = Record<string, unknown>

const ROOT = '/.well-known/oauth-protected-resource'
const INSERTED = `${ROOT}/mcp`

const at = (app: TestApp, path: string, init?: RequestInit) => app.fetch(new Request(app.url + path, init))

async function read(app: TestApp, path: string): Promise<Metadata> {
  const response = await at(app, path)
  assert.equal(response.status, 200, path)
  return (await response.json()) as Metadata
}

test('RFC 9728 §2 the whole document, member by member, at the root too', async () => {
  await using app = await createTestApp({ owner: false })
  for (const path of [INSERTED, ROOT]) {
    assert.deepEqual(await read(app, path), {
      resource: 'https://notes.example.com/mcp',
      authorization_servers: ['https://notes.example.com'],
      scopes_supported: ['corpus:read', 'corpus:search', 'offline_access'],
      bearer_methods_supported: ['header'],
      resource_name: 'CorpusIQ',
    })
  }
})

test('RFC 9728 §3 "Protected resources supporting metadata MUST make a JSON document containing metadata as specified in Section 2 available at a URL formed by inserting a well-known URI string into the protected resource\'s resource identifier between the host component and the path and/or query components, if any."', async () => {
  await using app = await createTestApp({ owner: false })
  const { pathname } = new URL(app.settings.resource)
  assert.equal((await read(app, ROOT + pathname)).resource, app.settings.resource)
})

test('RFC 9728 §3.1 "A protected resource metadata document MUST be queried using an HTTP GET request at the previously specified URL."', async () => {
  await using app = await createTestApp({ owner: false })
  const post = await at(app, INSERTED, { method: 'POST' })
  assert.equal(post.status, 405)
  assert.equal(post.headers.get('allow'), 'GET, HEAD, OPTIONS')
})

test('a query of the MCP URL that clients carry along is passed over', async () => {
  await using app = await createTestApp({ owner: false })
  assert.equal((await read(app, `${INSERTED}?resource=https://evil.example`)).resource, app.settings.resource)
})

test('A-061 RFC 9728 §3.1 other paths are 404 in JSON, so that clients go on to the next one', async () => {
  await using app = await createTestApp({ owner: false })
  for (const path of [`${ROOT}/`, `${INSERTED}/`, `${ROOT}/other`, `${ROOT}/MCP`, `${ROOT}//mcp`]) {
    const response = await at(app, path, { headers: { accept: 'text/html' } })
    assert.equal(response.status, 404, path)
    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.equal(response.headers.get('www-authenticate'), null)
  }
})

test('RFC 9728 §3.2 "A successful response MUST use the 200 OK HTTP status code and return a JSON object using the application/json content type"', async () => {
  await using app = await createTestApp({ owner: false })
  const response = await at(app, INSERTED)
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'application/json')
})

test('RFC 9728 §3.2 "Parameters with zero values MUST be omitted from the response."', async () => {
  await using app = await createTestApp({ owner: false })
  for (const [name, value] of Object.entries(await read(app, INSERTED))) {
    assert.notEqual(value, null, name)
    assert.notDeepEqual(value, [], name)
  }
})

test('A-062 RFC 9728 §3.3 "The resource value returned MUST be identical to the protected resource\'s resource identifier value into which the well-known URI path suffix was inserted"', async () => {
  await using app = await createTestApp({ owner: false })
  const challenge = (await at(app, '/mcp', { method: 'POST' })).headers.get('www-authenticate') ?? ''
  const url = /resource_metadata="([^"]+)"/.exec(challenge)?.[1]
  assert.equal(url, `https://notes.example.com${INSERTED}`)
  const metadata = (await (await app.fetch(new Request(url ?? ''))).json()) as Metadata
  assert.equal(metadata.resource, 'https://notes.example.com/mcp')
})

test('A-056 the resource is from the settings, whatever host is asked', async () => {
  await using app = await createTestApp({ owner: false })
  const response = await at(app, INSERTED, {
    headers: { host: 'localhost:1', 'x-forwarded-host': 'evil.example' },
  })
  assert.equal(((await response.json()) as Metadata).resource, 'https://notes.example.com/mcp')
})

test('authorization_servers holds the issuer of the server’s own metadata, byte for byte, and both list the same scopes', async () => {
  for (const issuer of ['https://notes.example.com', 'https://notes.example.com/tenant']) {
    await using app = await createTestApp({ owner: false, env: { CORPUSIQ_OAUTH_ISSUER: issuer } })
    const server = await read(app, '/.well-known/oauth-authorization-server')
    const resource = await read(app, INSERTED)
    assert.deepEqual(resource.authorization_servers, [server.issuer])
    assert.deepEqual(resource.scopes_supported, server.scopes_supported)
  }
})

test('the schemas of the official SDKs, v1 and v2, read it', async () => {
  await using app = await createTestApp({ owner: false })
  const metadata = await read(app, INSERTED)
  for (const schema of [OAuthProtectedResourceMetadataSchema, v1.OAuthProtectedResourceMetadataSchema]) {
    assert.deepEqual(schema.parse(metadata), metadata)
  }
})
