import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { sha256 } from '../../src/ops/digest.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

/*
 * RFC 7591, sentence by sentence: every MUST and SHOULD of §2, §3 and §5 that is a server's to keep. Two SHOULDs are
 * not kept, on purpose: a client's logo and links are not shown to the person (§2), and their hosts are not compared
 * (§5), since at open registration all of them are self-asserted and nothing that was not checked is shown.
 */

let app: TestApp
before(async () => {
  app = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
})
after(() => app[Symbol.asyncDispose]())

const REDIRECT = { redirect_uris: ['https://client.example.org/callback'] }
const DEFAULTS = {
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['authorization_code'],
  response_types: ['code'],
  scope: 'corpus:read corpus:search',
}

type Information = {
  client_id: string
  client_secret?: string
  client_secret_expires_at?: number
  scope: string
}

async function post(body: string, headers: Record<string, string> = {}): Promise<Response> {
  const request = new Request(`${app.url}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body,
  })
  return app.fetch(request)
}

/** Registers and expects 201; the answer without the members that the server issues is the second element. */
async function register(metadata: object): Promise<[Information, { [name: string]: unknown }]> {
  const response = await post(JSON.stringify(metadata))
  const text = await response.text()
  assert.equal(response.status, 201, text)
  const { client_id, client_secret, client_id_issued_at, client_secret_expires_at, ...registered } =
    JSON.parse(text)
  return [JSON.parse(text), registered]
}

/** Expects a refusal by this code, and nothing stored. */
async function refused(metadata: object | string, error: string, description = /./): Promise<void> {
  const before = await app.store.clients.count()
  const response = await post(typeof metadata === 'string' ? metadata : JSON.stringify(metadata))
  const body = (await response.json()) as { error: string; error_description: string }
  assert.deepEqual([response.status, body.error], [400, error], JSON.stringify(metadata))
  assert.match(body.error_description, description)
  assert.equal(await app.store.clients.count(), before)
}

test('RFC 7591 §2 redirect_uris: "clients using flows with redirection MUST register their redirection URI values"', async () => {
  for (const metadata of [{}, { redirect_uris: [] }, { redirect_uris: null }, { client_name: 'x' }]) {
    await refused(metadata, 'invalid_redirect_uri', /redirect_uris/)
  }
})

test('RFC 7591 §2 redirect_uris: "Authorization servers that support dynamic registration for redirect-based flows MUST implement support for this metadata value"', async () => {
  const redirect_uris = [
    'https://client.example.org/callback',
    'http://127.0.0.1:8080/cb',
    'com.example.app:/cb',
  ]
  const [, registered] = await register({ redirect_uris })
  assert.deepEqual(registered.redirect_uris, redirect_uris)
})

test('RFC 7591 §2 token_endpoint_auth_method: "If unspecified or omitted, the default is "client_secret_basic""', async () => {
  const [, registered] = await register(REDIRECT)
  assert.equal(registered.token_endpoint_auth_method, 'client_secret_basic')
})

test('RFC 7591 §2 token_endpoint_auth_method: ""none": The client is a public client […] and does not have a client secret"', async () => {
  const [information] = await register({ ...REDIRECT, token_endpoint_auth_method: 'none' })
  assert.ok(!('client_secret' in information) && !('client_secret_expires_at' in information))
  const stored = await app.store.clients.find(information.client_id)
  assert.equal(stored?.client_secret_hash, undefined)
})

test('RFC 7591 §2 token_endpoint_auth_method: each supported value is registered as asked for', async () => {
  for (const token_endpoint_auth_method of ['none', 'client_secret_basic', 'client_secret_post']) {
    const [, registered] = await register({ ...REDIRECT, token_endpoint_auth_method })
    assert.deepEqual(registered, { ...REDIRECT, ...DEFAULTS, token_endpoint_auth_method })
  }
})

test('RFC 7591 §2 grant_types: "If omitted, the default behavior is that the client will use only the "authorization_code" Grant Type"', async () => {
  const [, registered] = await register(REDIRECT)
  assert.deepEqual(registered.grant_types, ['authorization_code'])
})

test('RFC 7591 §2 response_types: "If omitted, the default is that the client will use only the "code" response type"', async () => {
  const [, registered] = await register({ ...REDIRECT, grant_types: ['authorization_code', 'refresh_token'] })
  assert.deepEqual(registered.response_types, ['code'])
})

test('RFC 7591 §2 scope: "If omitted, an authorization server MAY register a client with a default set of scopes"', async () => {
  const [{ client_id }, registered] = await register(REDIRECT)
  assert.equal(registered.scope, 'corpus:read corpus:search')
  assert.equal((await app.store.clients.find(client_id))?.registered_scope, undefined)
})

test('RFC 7591 §2 jwks_uri and jwks "MUST NOT both be present in the same request or response"', async () => {
  const jwks = { keys: [generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })] }
  const jwks_uri = 'https://client.example.org/my_public_keys.jwks'
  await refused({ ...REDIRECT, jwks, jwks_uri }, 'invalid_client_metadata', /jwks_uri/)
  for (const keys of [{ jwks }, { jwks_uri }]) {
    assert.deepEqual((await register({ ...REDIRECT, ...keys }))[1], { ...REDIRECT, ...DEFAULTS, ...keys })
  }
})

test('RFC 7591 §2 jwks: "The value of this field MUST be a JSON object containing a valid JWK Set", "which contains the client\'s public keys"', async () => {
  const { privateKey } = generateKeyPairSync('ed25519')
  for (const jwks of [
    'x',
    {},
    { keys: [] },
    { keys: [{}] },
    { keys: [privateKey.export({ format: 'jwk' })] },
  ]) {
    await refused({ ...REDIRECT, jwks }, 'invalid_client_metadata', /^jwks/)
  }
})

test('RFC 7591 §2 "The authorization server MUST ignore any client metadata sent by the client that it does not understand"', async () => {
  const [, registered] = await register({
    ...REDIRECT,
    example_extension_parameter: 'example_value',
    resource: ['https://mcp.example.com/mcp'],
    code_challenge_methods_supported: ['S256'],
    nested: { deeply: [{ x: null }] },
  })
  assert.deepEqual(registered, { ...REDIRECT, ...DEFAULTS })
})

test('RFC 7591 §2.1 a server "SHOULD take steps to ensure that a client cannot register itself into an inconsistent state"', async () => {
  for (const metadata of [
    { grant_types: ['authorization_code'], response_types: ['token'] },
    { grant_types: ['implicit'], response_types: ['code'] },
    { grant_types: ['refresh_token'], response_types: ['code'] },
    { grant_types: ['client_credentials'] },
    { response_types: ['token'] },
  ]) {
    await refused({ ...REDIRECT, ...metadata }, 'invalid_client_metadata', /grant_types|response_types/)
  }
})

test('RFC 7591 §2.2 "To specify the languages and scripts, BCP 47 language tags are added to client metadata member names"', async () => {
  const names = {
    client_name: 'My Client',
    'client_name#en': 'My Client',
    'client_name#ja-Jpan-JP': '\u30AF\u30E9\u30A4\u30A2\u30F3\u30C8\u540D',
    'policy_uri#de': 'https://client.example.org/datenschutz',
  }
  assert.deepEqual((await register({ ...REDIRECT, ...names }))[1], { ...REDIRECT, ...DEFAULTS, ...names })
})

test('RFC 7591 §2.2 "implementations SHOULD interpret the language tag values supplied in a case insensitive manner"', async () => {
  await refused(
    { ...REDIRECT, 'client_name#en-us': 'a', 'client_name#en-US': 'b' },
    'invalid_client_metadata',
    /client_name/,
  )
})

test('RFC 7591 §2.2 a value without a language tag: "the string value MUST be used as is"', async () => {
  const client_name = ' <b>Ünï</b>   🦊 &amp; '
  const [{ client_id }, registered] = await register({ ...REDIRECT, client_name })
  assert.equal(registered.client_name, client_name)
  assert.equal((await app.store.clients.find(client_id))?.metadata.client_name, client_name)
})

test('RFC 7591 §2.3 "the software statement MUST be digitally signed or MACed" and "MUST contain an "iss" (issuer) claim"', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const iss = 'https://issuer.example'
  for (const software_statement of [
    'x',
    `${part({ alg: 'none' })}.${part({ iss })}.`,
    `${part({ alg: 'none' })}.${part({ iss })}.c2ln`,
    `${part({ alg: 'RS256' })}.${part({ software_id: '4NRB1-0XZABZI9E6-5SM3R' })}.c2ln`,
  ]) {
    await refused({ ...REDIRECT, software_statement }, 'invalid_software_statement', /software_statement/)
  }
})

test('RFC 7591 §3.2.2 unapproved_software_statement: "not approved for use by this authorization server"', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const software_statement = `${part({ alg: 'RS256' })}.${part({ iss: 'https://issuer.example' })}.c2ln`
  await refused({ ...REDIRECT, software_statement }, 'unapproved_software_statement')
})

test('RFC 7591 §3 the endpoint "MUST accept HTTP POST messages with request parameters encoded in the entity body using the "application/json" format"', async () => {
  for (const type of ['application/json', 'application/json; charset=utf-8']) {
    assert.equal((await post(JSON.stringify(REDIRECT), { 'content-type': type })).status, 201)
  }
  for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
    const response = await post(JSON.stringify(REDIRECT), { 'content-type': type })
    assert.equal(response.status, 415)
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
  }
  for (const method of ['GET', 'PUT', 'DELETE']) {
    assert.equal((await app.fetch(new Request(`${app.url}/register`, { method }))).status, 405)
  }
})

test('RFC 7591 §3, §5 "the authorization server MUST require the use of a transport-layer security mechanism": a public URL is https, or loopback', async () => {
  const http = createTestApp({ env: { CORPUSIQ_OAUTH_RESOURCE_URL: 'http://notes.example.com' } })
  await assert.rejects(http, /CORPUSIQ_OAUTH_RESOURCE_URL/)
})

test('RFC 7591 §3 the endpoint "SHOULD allow registration requests with no authorization"', async () => {
  assert.equal((await post(JSON.stringify(REDIRECT))).status, 201)
  // An initial access token that nobody asked for changes nothing.
  assert.equal((await post(JSON.stringify(REDIRECT), { authorization: 'Bearer ey23f2.adfj230' })).status, 201)
})

test('RFC 7591 §3 "These requests MAY be rate-limited": 429, Retry-After, in JSON', async () => {
  await using limited = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: '1/minute' } })
  const send = () =>
    limited.fetch(
      new Request(`${limited.url}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(REDIRECT),
      }),
    )
  assert.equal((await send()).status, 201)
  const response = await send()
  assert.equal(response.status, 429)
  assert.ok(Number(response.headers.get('retry-after')) >= 1)
  assert.equal(((await response.json()) as { error: string }).error, 'temporarily_unavailable')
})

test('RFC 7591 §3.1 the example request, and §3.2.1 its answer', async () => {
  const metadata = {
    redirect_uris: ['https://client.example.org/callback', 'https://client.example.org/callback2'],
    client_name: 'My Example Client',
    'client_name#ja-Jpan-JP': '\u30AF\u30E9\u30A4\u30A2\u30F3\u30C8\u540D',
    token_endpoint_auth_method: 'client_secret_basic',
    logo_uri: 'https://client.example.org/logo.png',
    jwks_uri: 'https://client.example.org/my_public_keys.jwks',
  }
  const [, registered] = await register({ ...metadata, example_extension_parameter: 'example_value' })
  assert.deepEqual(registered, { ...DEFAULTS, ...metadata })
})

test('RFC 7591 §3.1 the example request with a JWK Set by value', async () => {
  const n =
    'nj3YJwsLUFl9BmpAbkOswCNVx17Eh9wMO-_AReZwBqfaWFcfGHrZXsIV2VMCNVNU8Tpb4obUaSXcRcQ-VMsfQPJm9IzgtRdAY8NN8Xb7PEcYyk' +
    'lBjvTtuPbpzIaqyiUepzUXNDFuAOOkrIol3WmflPUUgMKULBN0EUd1fpOD70pRM0rlp_gg_WNUKoW1V-3keYUJoXH9NztEDm_D2MQXj9eGOJJ8y' +
    'PgGL8PAZMLe2R7jb9TxOCPDED7tY_TU4nFPlxptw59A42mldEmViXsKQt60s1SLboazxFKveqXC_jpLUt22OC6GUG63p-REw-ZOr3r845z50wMu' +
    'zifQrMI9bQ'
  const metadata = {
    redirect_uris: ['https://client.example.org/callback', 'https://client.example.org/callback2'],
    client_name: 'My Example Client',
    token_endpoint_auth_method: 'client_secret_basic',
    policy_uri: 'https://client.example.org/policy.html',
    jwks: { keys: [{ e: 'AQAB', n, kty: 'RSA' }] },
  }
  assert.deepEqual((await register(metadata))[1], { ...DEFAULTS, ...metadata })
})

test('RFC 7591 §3.2.1 client_id "SHOULD NOT be currently valid for any other registered client"', async () => {
  const same = { ...REDIRECT, client_name: 'Twins', software_id: 'twins' }
  const answers = await Promise.all(Array.from({ length: 20 }, () => register(same)))
  const ids = answers.map(([{ client_id }]) => client_id)
  assert.equal(new Set(ids).size, ids.length)
  for (const id of ids) assert.match(id, /^client_[A-Za-z0-9_-]+$/)
})

test('RFC 7591 §3.2.1 client_secret: "If issued, this MUST be unique for each "client_id"" (§5: "SHOULD NOT issue the same client secret to multiple instances")', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => register(REDIRECT)))
  const secrets = answers.map(([{ client_secret }]) => client_secret)
  assert.equal(new Set(secrets).size, secrets.length)
  for (const secret of secrets) assert.match(secret ?? '', /^secret_[A-Za-z0-9_-]{43,}$/)
})

test('RFC 7591 §3.2.1 client_id_issued_at: "the number of seconds from 1970-01-01T00:00:00Z"', async () => {
  const [information] = await register(REDIRECT)
  assert.equal((information as { client_id_issued_at?: number }).client_id_issued_at, app.now())
})

test('RFC 7591 §3.2.1 client_secret_expires_at: "REQUIRED if "client_secret" is issued", "or 0 if it will not expire"', async () => {
  assert.equal((await register(REDIRECT))[0].client_secret_expires_at, app.now() + 90 * 86_400)
  await using forever = await createTestApp({ owner: false, env: { CORPUSIQ_CLIENT_SECRET_TTL_DAYS: '0' } })
  const response = await forever.fetch(
    new Request(`${forever.url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(REDIRECT),
    }),
  )
  assert.equal(((await response.json()) as Information).client_secret_expires_at, 0)
})

test('RFC 7591 §3.2.1 "the authorization server MUST return all registered metadata about this client, including any fields provisioned by the authorization server itself"', async () => {
  const metadata = {
    redirect_uris: ['https://client.example.org/callback'],
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    client_name: 'Everything',
    client_uri: 'https://client.example.org/',
    logo_uri: 'https://client.example.org/logo.png',
    scope: 'corpus:read',
    contacts: ['ve7jtb@example.org', 'mary@example.org'],
    tos_uri: 'https://client.example.org/tos',
    policy_uri: 'https://client.example.org/policy',
    jwks_uri: 'https://client.example.org/jwks',
    software_id: '4NRB1-0XZABZI9E6-5SM3R',
    software_version: '2.0',
    application_type: 'web',
    'client_name#fr': 'Tout',
  }
  const [{ client_id }, registered] = await register(metadata)
  assert.deepEqual(registered, metadata)
  assert.deepEqual((await app.store.clients.find(client_id))?.metadata, metadata)
})

test('RFC 7591 §3.2.1 "The authorization server MAY reject or replace any of the client\'s requested metadata values": what it replaces, it tells', async () => {
  const [, registered] = await register({
    ...REDIRECT,
    scope: 'openid corpus:read corpus:write',
    grant_types: ['authorization_code', 'client_credentials'],
    response_types: ['code', 'id_token'],
  })
  assert.deepEqual(registered, { ...REDIRECT, ...DEFAULTS, scope: 'corpus:read' })
})

test('RFC 7591 §3.2.1 "an HTTP 201 Created status code with a body of type "application/json"", not to be stored by any cache', async () => {
  const response = await post(JSON.stringify(REDIRECT))
  assert.equal(response.status, 201)
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(response.headers.get('cache-control'), 'no-store')
})

test('RFC 7591 §3.2.1 no member of the answer is null or empty', async () => {
  const response = await post(
    JSON.stringify({
      ...REDIRECT,
      scope: '',
      contacts: [],
      client_uri: null,
      logo_uri: '',
      jwks: null,
      software_id: null,
    }),
  )
  for (const [name, value] of Object.entries((await response.json()) as object)) {
    assert.ok(value !== null && value !== '' && JSON.stringify(value) !== '[]', name)
  }
})

test('RFC 7591 §3.2.2 an error is "an HTTP 400 status code […] with content type "application/json"" and a "Single ASCII error code string"', async () => {
  for (const body of [
    '{',
    '[]',
    '',
    '{"redirect_uris":["é"]}',
    '{"redirect_uris":["https://c.example/"],"client_name":{"é":1}}',
  ]) {
    const response = await post(body)
    assert.equal(response.status, 400)
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
    assert.equal(response.headers.get('cache-control'), 'no-store')
    const { error, error_description } = (await response.json()) as {
      error: string
      error_description: string
    }
    assert.match(error, /^invalid_(client_metadata|redirect_uri)$/)
    assert.match(error_description, /^[\x20-\x7e]+$/)
  }
})

test('RFC 7591 §3.2.2 invalid_redirect_uri: "The value of one or more redirection URIs is invalid"', async () => {
  const redirect_uris = ['https://client.example.org/callback', 'http://sketchy.example.com']
  await refused({ redirect_uris }, 'invalid_redirect_uri', /^redirect_uris\[1\] must be https/)
})

test('RFC 7591 §3.2.2 invalid_client_metadata: "The value of one of the client metadata fields is invalid"', async () => {
  const metadata = { ...REDIRECT, token_endpoint_auth_method: 'private_key_jwt' }
  await refused(metadata, 'invalid_client_metadata', /one of none, client_secret_basic, client_secret_post/)
})

test('RFC 7591 §5 "registered redirection URI values MUST be one of" TLS, a web site on the local machine, an application-specific URL', async () => {
  for (const uri of [
    'https://client.example.com/oauth_redirect',
    'http://localhost:8080/oauth_redirect',
    'exampleapp://oauth_redirect',
  ]) {
    await register({ redirect_uris: [uri] })
  }
  for (const uri of [
    'http://client.example.com/',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///x',
    'https:///x',
    '/x',
  ]) {
    await refused({ redirect_uris: [uri] }, 'invalid_redirect_uri')
  }
})

test('RFC 7591 §5 clear-text credentials leave once: only the hash of a secret is stored', async () => {
  const [{ client_id, client_secret = '' }] = await register(REDIRECT)
  const stored = await app.store.clients.find(client_id)
  assert.equal(stored?.client_secret_hash, `sha256:${sha256(client_secret)}`)
  assert.ok(!JSON.stringify([stored, app.events]).includes(client_secret))
})

test('RFC 7591 §5 "it must be extremely careful with any URL provided by the client that will be displayed to the user"', async () => {
  for (const name of ['logo_uri', 'tos_uri', 'client_uri', 'policy_uri']) {
    for (const uri of [
      'javascript:alert(1)',
      'data:text/html,x',
      '//evil.example',
      'https://u:p@evil.example/',
    ]) {
      await refused({ ...REDIRECT, [name]: uri }, 'invalid_client_metadata', new RegExp(`^${name}`))
    }
  }
})

test('RFC 7591 §5 a server "MUST treat all client metadata as self-asserted": software_id gives nobody another’s client', async () => {
  const software = { ...REDIRECT, client_name: 'ChatGPT', software_id: 'a', software_version: '1' }
  const [first] = await register(software)
  const [second] = await register({
    ...software,
    client_id: first.client_id,
    client_secret: first.client_secret,
  })
  assert.notEqual(first.client_id, second.client_id)
  assert.notEqual(first.client_secret, second.client_secret)
})
