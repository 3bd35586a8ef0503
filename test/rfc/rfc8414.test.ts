/** RFC 8414, OAuth 2.0 Authorization Server Metadata: what it asks of a server, and OpenID Connect Discovery's twin. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OAuthMetadataSchema, OpenIdProviderDiscoveryMetadataSchema } from '@modelcontextprotocol/core'
import * as v1 from 'sdk-v1/shared/auth.js'
import { createTestApp, type TestApp } from '../support/test-app.ts'

type Metadata = Record<string, unknown>

const SERVER = '/.well-known/oauth-authorization-server'
const OPENID = '/.well-known/openid-configuration'

const at = (app: TestApp, path: string, init?: RequestInit) => app.fetch(new Request(app.url + path, init))

async function read(app: TestApp, path: string): Promise<Metadata> {
  const response = await at(app, path)
  assert.equal(response.status, 200, path)
  return (await response.json()) as Metadata
}

/** Every URL in the document, by its member. */
function endpoints(metadata: Metadata): [string, string][] {
  return Object.entries(metadata).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== 'issuer',
  )
}

test('RFC 8414 §2 the whole document, member by member', async () => {
  await using app = await createTestApp({ owner: false })
  assert.deepEqual(await read(app, SERVER), {
    issuer: 'https://notes.example.com',
    authorization_endpoint: 'https://notes.example.com/authorize',
    token_endpoint: 'https://notes.example.com/token',
    registration_endpoint: 'https://notes.example.com/register',
    revocation_endpoint: 'https://notes.example.com/revoke',
    introspection_endpoint: 'https://notes.example.com/introspect',
    jwks_uri: 'https://notes.example.com/.well-known/jwks.json',
    scopes_supported: ['corpus:read', 'corpus:search', 'offline_access'],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    revocation_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  })
})

test('RFC 8414 §2 issuer: "a URL that uses the "https" scheme and has no query or fragment components"', async () => {
  await using app = await createTestApp({ owner: false })
  const issuer = new URL(String((await read(app, SERVER)).issuer))
  assert.equal(issuer.protocol, 'https:')
  assert.equal(issuer.search + issuer.hash, '')
})

test('RFC 8414 §3.1 "An authorization server metadata document MUST be queried using an HTTP "GET" request"', async () => {
  await using app = await createTestApp({ owner: false })
  assert.equal((await at(app, SERVER)).status, 200)
  const post = await at(app, SERVER, { method: 'POST' })
  assert.equal(post.status, 405)
  assert.equal(post.headers.get('allow'), 'GET, HEAD, OPTIONS')
})

test('RFC 8414 §3.1 "any terminating "/" MUST be removed before inserting "/.well-known/" and the well-known URI suffix between the host component and the path component"', async () => {
  for (const slash of ['', '/']) {
    await using app = await createTestApp({
      owner: false,
      env: { CORPUSIQ_OAUTH_ISSUER: `https://notes.example.com/tenant/one${slash}` },
    })
    for (const path of [
      SERVER,
      `${SERVER}/tenant/one`,
      OPENID,
      `${OPENID}/tenant/one`,
      // OpenID Connect Discovery §4.1 appends.
      `/tenant/one${OPENID}`,
    ]) {
      assert.equal((await read(app, path)).issuer, 'https://notes.example.com/tenant/one', path)
    }
    for (const path of [`${SERVER}/tenant`, `${SERVER}/tenant/one/`, `/tenant/one${SERVER}`, `${SERVER}/`]) {
      assert.equal((await at(app, path)).status, 404, path)
    }
  }
})

test('RFC 8414 §3.2 "A successful response MUST use the 200 OK HTTP status code and return a JSON object using the "application/json" content type"', async () => {
  await using app = await createTestApp({ owner: false })
  for (const path of [SERVER, OPENID]) {
    const response = await at(app, path)
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.equal(Object.getPrototypeOf(await response.json()), Object.prototype)
  }
})

test('RFC 8414 §3.2 "Claims with zero elements MUST be omitted from the response."', async () => {
  await using app = await createTestApp({ owner: false })
  for (const path of [SERVER, OPENID]) {
    for (const [name, value] of Object.entries(await read(app, path))) {
      assert.notEqual(value, null, name)
      assert.notEqual(value, '', name)
      assert.notDeepEqual(value, [], name)
    }
  }
})

test('A-057 RFC 8414 §3.3 "The "issuer" value returned MUST be identical to the authorization server\'s issuer identifier value into which the well-known URI string was inserted"', async () => {
  for (const issuer of ['https://notes.example.com', 'https://notes.example.com/Tenant']) {
    await using app = await createTestApp({ owner: false, env: { CORPUSIQ_OAUTH_ISSUER: issuer } })
    assert.equal((await read(app, SERVER + new URL(issuer).pathname.replace(/^\/$/, ''))).issuer, issuer)
  }
})

test('A-056 no URL in the documents follows from the request', async () => {
  await using app = await createTestApp({ owner: false })
  const expected = await (await at(app, SERVER)).text()
  const headers = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'http',
    'x-forwarded-port': '81',
    forwarded: 'host=evil.example;proto=http',
    'x-original-url': '/evil',
  }
  for (const host of ['notes.example.com:81', 'localhost', '127.0.0.1:9', 'NOTES.example.com']) {
    const response = await at(app, SERVER, { headers: { ...headers, host } })
    assert.equal(await response.text(), expected, host)
  }
})

test('A-056 only plain absolute http(s) URLs', async () => {
  await using app = await createTestApp({ owner: false })
  for (const [name, value] of endpoints(await read(app, SERVER))) {
    assert.match(value, /^https:\/\/notes\.example\.com\/[A-Za-z0-9._/-]+$/, name)
  }
})

test('A-058 RFC 8414 §2 every endpoint that is promised is there', async () => {
  await using app = await createTestApp({ owner: false })
  for (const [name, url] of endpoints(await read(app, SERVER))) {
    const method = name === 'jwks_uri' || name === 'authorization_endpoint' ? 'GET' : 'POST'
    const response = await app.fetch(new Request(url, { method }))
    assert.notEqual(response.status, 404, name)
    assert.notEqual(response.status, 405, name)
    assert.ok(response.status < 500, `${name} ${response.status}`)
  }
})

test('A-058 endpoints are where the settings put them, and at the default paths that some clients invent', async () => {
  await using app = await createTestApp({
    owner: false,
    env: {
      CORPUSIQ_OAUTH_ISSUER: 'https://notes.example.com/tenant',
      CORPUSIQ_OAUTH_TOKEN_ENDPOINT: 'https://notes.example.com/elsewhere/token',
    },
  })
  const metadata = await read(app, SERVER)
  assert.equal(metadata.token_endpoint, 'https://notes.example.com/elsewhere/token')
  assert.equal(metadata.registration_endpoint, 'https://notes.example.com/tenant/register')
  for (const path of ['/elsewhere/token', '/token', '/tenant/register', '/register']) {
    assert.notEqual((await at(app, path, { method: 'POST' })).status, 404, path)
  }
})

test('A-058 with registration switched off, no registration_endpoint', async () => {
  await using app = await createTestApp({
    owner: false,
    env: { CORPUSIQ_ALLOW_DYNAMIC_CLIENT_REGISTRATION: 'false' },
  })
  for (const path of [SERVER, OPENID]) {
    assert.equal('registration_endpoint' in (await read(app, path)), false)
  }
})

test('A-058 nothing that is not there: no plain, no implicit, no metadata documents as client ids', async () => {
  await using app = await createTestApp({ owner: false })
  for (const path of [SERVER, OPENID]) {
    const metadata = await read(app, path)
    assert.deepEqual(metadata.code_challenge_methods_supported, ['S256'])
    assert.deepEqual(metadata.response_types_supported, ['code'])
    assert.equal('client_id_metadata_document_supported' in metadata, false)
    assert.equal('userinfo_endpoint' in metadata, false)
  }
})

test('A-060 RFC 9207 §3 authorization_response_iss_parameter_supported', async () => {
  await using app = await createTestApp({ owner: false })
  assert.equal((await read(app, SERVER)).authorization_response_iss_parameter_supported, true)
  assert.equal((await read(app, OPENID)).authorization_response_iss_parameter_supported, true)
})

test('OpenID Connect Discovery §3 the same document with the members that it requires, and no false promise', async () => {
  await using app = await createTestApp({ owner: false })
  const openid = await read(app, OPENID)
  assert.deepEqual(openid, {
    ...(await read(app, SERVER)),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    claims_parameter_supported: false,
  })
})

test('the schemas of the official SDKs, v1 and v2, read both documents', async () => {
  await using app = await createTestApp({ owner: false })
  const server = await read(app, SERVER)
  const openid = await read(app, OPENID)
  for (const schema of [OAuthMetadataSchema, v1.OAuthMetadataSchema]) schema.parse(server)
  for (const schema of [OpenIdProviderDiscoveryMetadataSchema, v1.OpenIdProviderDiscoveryMetadataSchema]) {
    const parsed = schema.parse(openid)
    assert.deepEqual(parsed.code_challenge_methods_supported, ['S256'])
    assert.equal(parsed.registration_endpoint, 'https://notes.example.com/register')
  }
})

test('the documents may be cached for a minute, and are asked for again by their tag', async () => {
  await using app = await createTestApp({ owner: false })
  const response = await at(app, SERVER)
  assert.equal(response.headers.get('cache-control'), 'public, max-age=60')
  const etag = response.headers.get('etag')
  assert.match(etag ?? '', /^"[\w-]+"$/)
  const again = await at(app, SERVER, { headers: { 'if-none-match': etag ?? '' } })
  assert.equal(again.status, 304)
  assert.equal(again.headers.get('access-control-allow-origin'), '*')
})
