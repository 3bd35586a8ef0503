import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { DEFAULTS, REDIRECT, refused, register } from '../support/registering.ts'
import { postJson } from '../support/site.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

/*
 * RFC 7591, sentence by sentence: every MUST and SHOULD of §2, §3 and §5 that is a server's to keep; those about its
 * answers stand in rfc7591-answers.test.ts. Two SHOULDs are not kept, on purpose: a client's logo and links are not
 * shown to the person (§2), and their hosts are not compared (§5), since at open registration all of them are
 * self-asserted, and nothing that was not checked is shown.
 */

let app: TestApp
before(async () => {
  app = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
})
after(() => app[Symbol.asyncDispose]())

test('RFC 7591 §2 redirect_uris: "clients using flows with redirection MUST register their redirection URI values"', async () => {
  for (const metadata of [{}, { redirect_uris: [] }, { redirect_uris: null }, { client_name: 'x' }]) {
    await refused(app, metadata, 'invalid_redirect_uri', /redirect_uris/)
  }
})

test('RFC 7591 §2 redirect_uris: "Authorization servers that support dynamic registration for redirect-based flows MUST implement support for this metadata value"', async () => {
  const redirect_uris = [
    'https://client.example.org/callback',
    'http://127.0.0.1:8080/cb',
    'com.example.app:/cb',
  ]
  const [, registered] = await register(app, { redirect_uris })
  assert.deepEqual(registered.redirect_uris, redirect_uris)
})

test('RFC 7591 §2 token_endpoint_auth_method: "If unspecified or omitted, the default is "client_secret_basic""', async () => {
  const [, registered] = await register(app, REDIRECT)
  assert.equal(registered.token_endpoint_auth_method, 'client_secret_basic')
})

test('RFC 7591 §2 token_endpoint_auth_method: ""none": The client is a public client […] and does not have a client secret"', async () => {
  const [information] = await register(app, { ...REDIRECT, token_endpoint_auth_method: 'none' })
  assert.ok(!('client_secret' in information) && !('client_secret_expires_at' in information))
  const stored = await app.store.clients.find(information.client_id)
  assert.equal(stored?.client_secret_hash, undefined)
})

test('RFC 7591 §2 token_endpoint_auth_method: each supported value is registered as asked for', async () => {
  for (const token_endpoint_auth_method of ['none', 'client_secret_basic', 'client_secret_post']) {
    const [, registered] = await register(app, { ...REDIRECT, token_endpoint_auth_method })
    assert.deepEqual(registered, { ...REDIRECT, ...DEFAULTS, token_endpoint_auth_method })
  }
})

test('RFC 7591 §2 grant_types: "If omitted, the default behavior is that the client will use only the "authorization_code" Grant Type"', async () => {
  const [, registered] = await register(app, REDIRECT)
  assert.deepEqual(registered.grant_types, ['authorization_code'])
})

test('RFC 7591 §2 response_types: "If omitted, the default is that the client will use only the "code" response type"', async () => {
  const [, registered] = await register(app, {
    ...REDIRECT,
    grant_types: ['authorization_code', 'refresh_token'],
  })
  assert.deepEqual(registered.response_types, ['code'])
})

test('RFC 7591 §2 scope: "If omitted, an authorization server MAY register a client with a default set of scopes"', async () => {
  const [{ client_id }, registered] = await register(app, REDIRECT)
  assert.equal(registered.scope, 'corpus:read corpus:search')
  assert.equal((await app.store.clients.find(client_id))?.registered_scope, undefined)
})

test('RFC 7591 §2 jwks_uri and jwks "MUST NOT both be present in the same request or response"', async () => {
  const jwks = { keys: [generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })] }
  const jwks_uri = 'https://client.example.org/my_public_keys.jwks'
  await refused(app, { ...REDIRECT, jwks, jwks_uri }, 'invalid_client_metadata', /jwks_uri/)
  for (const keys of [{ jwks }, { jwks_uri }]) {
    assert.deepEqual((await register(app, { ...REDIRECT, ...keys }))[1], {
      ...REDIRECT,
      ...DEFAULTS,
      ...keys,
    })
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
    await refused(app, { ...REDIRECT, jwks }, 'invalid_client_metadata', /^jwks/)
  }
})

test('RFC 7591 §2 "The authorization server MUST ignore any client metadata sent by the client that it does not understand"', async () => {
  const [, registered] = await register(app, {
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
    await refused(app, { ...REDIRECT, ...metadata }, 'invalid_client_metadata', /grant_types|response_types/)
  }
})

test('RFC 7591 §2.2 "To specify the languages and scripts, BCP 47 [RFC5646] language tags are added to client metadata member names"', async () => {
  const names = {
    client_name: 'My Client',
    'client_name#en': 'My Client',
    'client_name#ja-Jpan-JP': '\u30AF\u30E9\u30A4\u30A2\u30F3\u30C8\u540D',
    'policy_uri#de': 'https://client.example.org/datenschutz',
  }
  assert.deepEqual((await register(app, { ...REDIRECT, ...names }))[1], {
    ...REDIRECT,
    ...DEFAULTS,
    ...names,
  })
})

test('RFC 7591 §2.2 "implementations SHOULD interpret the language tag values supplied in a case insensitive manner"', async () => {
  await refused(
    app,
    { ...REDIRECT, 'client_name#en-us': 'a', 'client_name#en-US': 'b' },
    'invalid_client_metadata',
    /client_name/,
  )
})

test('RFC 7591 §2.2 a value without a language tag: "the string value MUST be used as is"', async () => {
  const client_name = ' <b>Ünï</b>   🦊 &amp; '
  const [{ client_id }, registered] = await register(app, { ...REDIRECT, client_name })
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
    await refused(
      app,
      { ...REDIRECT, software_statement },
      'invalid_software_statement',
      /software_statement/,
    )
  }
})

test('RFC 7591 §3 the endpoint "MUST accept HTTP POST messages with request parameters encoded in the entity body using the "application/json" format"', async () => {
  for (const type of ['application/json', 'application/json; charset=utf-8']) {
    assert.equal((await postJson(app, `${app.url}/register`, REDIRECT, { 'content-type': type })).status, 201)
  }
  for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
    const response = await postJson(app, `${app.url}/register`, REDIRECT, { 'content-type': type })
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
  assert.equal((await postJson(app, `${app.url}/register`, REDIRECT)).status, 201)
  // An initial access token that nobody asked for changes nothing.
  assert.equal(
    (await postJson(app, `${app.url}/register`, REDIRECT, { authorization: 'Bearer ey23f2.adfj230' })).status,
    201,
  )
})

test('RFC 7591 §3 "These requests MAY be rate-limited": 429, Retry-After, in JSON', async () => {
  await using limited = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: '1/minute' } })
  const send = () => postJson(limited, `${limited.url}/register`, REDIRECT)
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
  const [, registered] = await register(app, { ...metadata, example_extension_parameter: 'example_value' })
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
  assert.deepEqual((await register(app, metadata))[1], { ...DEFAULTS, ...metadata })
})
