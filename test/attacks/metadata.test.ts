/** Group 6: metadata and discovery: what is told is true, everywhere the same, and nobody else's. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { configure, SettingFault } from '../../src/ops/config.ts'
import { systemRandom } from '../../src/ops/random.ts'
import { createSealing } from '../../src/ops/sealing.ts'
import { rotateSigningKey } from '../../src/token/keyring.ts'
import { Browser } from '../support/browser.ts'
import { register } from '../support/registering.ts'
import {
  authorizationRequest,
  authorize,
  credentials,
  exchangeCode,
  obtainTokens,
  PUBLIC_CLIENT,
  type RegisteredClient,
  refresh,
  registerClient,
  signInAndDecide,
  tokensOf,
} from '../support/scenario.ts'
import { postForm, postJson } from '../support/site.ts'
import { createTestApp, type TestApp, type TestAppOptions } from '../support/test-app.ts'
import { isErrorObject } from './hostile-registration.ts'

const SERVER = '/.well-known/oauth-authorization-server'
const OPENID = '/.well-known/openid-configuration'
const RESOURCE = '/.well-known/oauth-protected-resource'

type Metadata = Record<string, unknown>

async function read(app: TestApp, path: string): Promise<Metadata> {
  const response = await app.fetch(new Request(app.url + path))
  assert.equal(response.status, 200, path)
  return (await response.json()) as Metadata
}

async function testApp(t: TestContext, options: TestAppOptions = {}): Promise<TestApp> {
  const app = await createTestApp(options)
  t.after(() => app[Symbol.asyncDispose]())
  return app
}

test('A-056 a setting that would put anything but a plain URL into the metadata stops the start', () => {
  const bad = [
    'javascript:alert(1)',
    'file:///etc/passwd',
    'ms-word:ofe|u|https://notes.example.com/x',
    '/authorize',
    '//evil.example/authorize',
    'https://notes.example.com\\@evil.example/authorize',
    'https://user:secret@notes.example.com/authorize',
    'https://notes.example.com/authorize?x=$(calc)',
    'https://notes.example.com/$(calc)',
    'https://notes.example.com/`calc`',
    'https://notes.example.com/a b',
    'https://notes.example.com/"&calc&"',
    'https://notes.example.com/%0acalc',
    'https://notes.example.com/;calc|x',
    'https://notes.example.com/authorize#x',
    'https://notes.example.com/a/../b',
    'https://evil.example/authorize',
    'a\nb',
  ]
  for (const name of [
    'CORPUSIQ_OAUTH_ISSUER',
    'CORPUSIQ_OAUTH_AUTHORIZATION_ENDPOINT',
    'CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT',
    'CORPUSIQ_OAUTH_TOKEN_ENDPOINT',
    'CORPUSIQ_OAUTH_JWKS_URI',
  ]) {
    for (const value of bad) {
      const fault = configure({
        flags: {},
        environment: { CORPUSIQ_OAUTH_RESOURCE_URL: 'https://notes.example.com', [name]: value },
        file: {},
        directory: '/tmp',
        terminal: false,
        sampleCorpus: '/tmp',
      })
      assert.ok(fault instanceof SettingFault, `${name}=${value}`)
      assert.ok(fault.line.includes(name), fault.line)
    }
  }
})

test('A-057 the issuer is one string everywhere, by slash and by case', async (t) => {
  for (const [configured, issuer] of [
    ['https://notes.example.com', 'https://notes.example.com'],
    ['https://notes.example.com/', 'https://notes.example.com'],
    ['https://notes.example.com/Tenant', 'https://notes.example.com/Tenant'],
    ['https://notes.example.com/tenant/', 'https://notes.example.com/tenant'],
  ] as const) {
    const app = await testApp(t, { env: { CORPUSIQ_OAUTH_ISSUER: configured } })
    const { pathname } = new URL(issuer)
    const inserted = pathname === '/' ? '' : pathname
    for (const path of [SERVER, OPENID, SERVER + inserted, OPENID + inserted]) {
      assert.equal((await read(app, path)).issuer, issuer, path)
    }
    for (const path of [RESOURCE, `${RESOURCE}/mcp`]) {
      assert.deepEqual((await read(app, path)).authorization_servers, [issuer])
    }
    // Another spelling of it is nobody's.
    for (const other of ['/', `${inserted}/`, `${inserted.toUpperCase()}x`, '/TENANT', '/tenant%2f']) {
      const { status } = await app.fetch(new Request(`${app.url}${SERVER}${other}`))
      assert.equal(status, 404, other)
    }

    const client = await registerClient(app)
    const { url } = authorizationRequest(app, client)
    const done = await signInAndDecide(new Browser(app), url)
    assert.equal(done.url.searchParams.get('iss'), issuer)
    assert.ok(done.url.searchParams.get('code'))
  }
})

test('A-057 the issuer of the tokens is that string too', async (t) => {
  const app = await testApp(t)
  const tokens = await obtainTokens(app, await registerClient(app))
  const claims = JSON.parse(Buffer.from(tokens.access_token.split('.')[1] ?? '', 'base64url').toString())
  assert.equal(claims.iss, (await read(app, SERVER)).issuer)
})

test('A-058 what the metadata promises works: methods, grants, scopes, PKCE, endpoints', async (t) => {
  const app = await testApp(t)
  const metadata = await read(app, SERVER)
  const list = (name: string) => metadata[name] as string[]
  for (const token_endpoint_auth_method of list('token_endpoint_auth_methods_supported')) {
    const client = await registerClient(app, {
      ...PUBLIC_CLIENT,
      token_endpoint_auth_method,
      grant_types: list('grant_types_supported'),
      response_types: list('response_types_supported'),
      scope: list('scopes_supported').join(' '),
    })
    assert.equal(client.token_endpoint_auth_method, token_endpoint_auth_method)
    assert.deepEqual(client.grant_types, list('grant_types_supported'))
    assert.equal(client.scope, list('scopes_supported').join(' '))
    const tokens = await tokensOf(
      await exchangeCode(app, client, await authorize(app, client, { scope: client.scope })),
    )
    assert.equal(tokens.scope, client.scope)
    const again = await tokensOf(await refresh(app, client, tokens.refresh_token ?? ''))
    const { headers, parameters } = credentials(client)
    const introspects = list('introspection_endpoint_auth_methods_supported').includes(
      token_endpoint_auth_method,
    )
    const token = again.access_token
    const introspection = await postForm(
      app,
      String(metadata.introspection_endpoint),
      { token, ...parameters },
      headers,
    )
    assert.equal(introspection.status, introspects ? 200 : 401, token_endpoint_auth_method)
    assert.ok(list('revocation_endpoint_auth_methods_supported').includes(token_endpoint_auth_method))
    const revocation = await postForm(
      app,
      String(metadata.revocation_endpoint),
      { token, ...parameters },
      headers,
    )
    assert.equal(revocation.status, 200)
  }
})

test('A-058 what the metadata does not promise is refused', async (t) => {
  const app = await testApp(t)
  const metadata = await read(app, OPENID)
  const offers = (name: string, value: string) => (metadata[name] as string[]).includes(value)
  for (const token_endpoint_auth_method of ['private_key_jwt', 'client_secret_jwt', 'tls_client_auth']) {
    assert.ok(!offers('token_endpoint_auth_methods_supported', token_endpoint_auth_method))
    const response = await postJson(app, `${app.url}/register`, {
      ...PUBLIC_CLIENT,
      token_endpoint_auth_method,
    })
    assert.equal(response.status, 400)
  }
  const client = await registerClient(app)
  const browser = new Browser(app)
  await obtainTokens(app, client, { browser })
  // The person has allowed this client: errors are told to it.
  for (const [name, value, extra, error] of [
    ['code_challenge_methods_supported', 'plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['code_challenge_methods_supported', 'S512', { code_challenge_method: 'S512' }, 'invalid_request'],
    ['response_types_supported', 'token', { response_type: 'token' }, 'unsupported_response_type'],
    ['response_types_supported', 'id_token', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['response_modes_supported', 'fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['response_modes_supported', 'form_post', { response_mode: 'form_post' }, 'invalid_request'],
  ] as const) {
    assert.ok(!offers(name, value), `${name} ${value}`)
    const visit = await browser.open(authorizationRequest(app, client, { extra }).url)
    assert.ok(visit.left, visit.text)
    assert.equal(visit.url.searchParams.get('error'), error)
  }
  for (const [name, extra, error] of [
    ['request_parameter_supported', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
    [
      'request_uri_parameter_supported',
      { request_uri: 'https://evil.example/r' },
      'request_uri_not_supported',
    ],
  ] as const) {
    assert.equal(metadata[name], false)
    const visit = await browser.open(authorizationRequest(app, client, { extra }).url)
    assert.equal(visit.url.searchParams.get('error'), error)
  }
  for (const grant_type of ['password', 'client_credentials', 'implicit']) {
    assert.ok(!offers('grant_types_supported', grant_type))
    const { client_id } = client
    const response = await postForm(app, `${app.url}/token`, { grant_type, client_id })
    isErrorObject(response, await response.text(), 'unsupported_grant_type')
  }
  for (const name of Object.keys(metadata)) {
    assert.doesNotMatch(
      name,
      /userinfo|end_session|check_session|device|pushed|backchannel|metadata_document/,
    )
  }
  for (const path of ['/userinfo', '/device', '/par', '/.well-known/webfinger']) {
    assert.equal((await app.fetch(new Request(app.url + path))).status, 404, path)
  }
})

test('A-058 nothing that is there is hidden, and registration only where it is shut', async (t) => {
  const open = await testApp(t)
  const shut = await testApp(t, { env: { CORPUSIQ_ALLOW_DYNAMIC_CLIENT_REGISTRATION: 'false' } })
  for (const path of [SERVER, OPENID]) {
    const { registration_endpoint, ...rest } = await read(open, path)
    assert.equal(registration_endpoint, `${open.url}/register`)
    assert.deepEqual(await read(shut, path), rest)
    const told = Object.values(rest)
    for (const place of ['/authorize', '/token', '/revoke', '/introspect', '/.well-known/jwks.json']) {
      assert.ok(told.includes(open.url + place), place)
    }
  }
  const response = await postJson(shut, `${shut.url}/register`, PUBLIC_CLIENT)
  assert.equal(response.status, 403)
  isErrorObject(response, await response.text(), 'access_denied')
  assert.equal((await postJson(open, `${open.url}/register`, PUBLIC_CLIENT)).status, 201)
})

test('A-059 the key set shows public parts only, of the key in use and of those before it', async (t) => {
  const sealing = createSealing(randomBytes(32))
  const app = await testApp(t, {
    sealing,
    env: {
      CORPUSIQ_OAUTH_ISSUER: 'https://notes.example.com/tenant',
      CORPUSIQ_OAUTH_JWKS_URI: 'https://notes.example.com/keys',
    },
  })
  const client = await registerClient(app)
  const tokenOf = async () =>
    (await tokensOf(await exchangeCode(app, client, await codeOf(app, client)))).access_token
  const tokens = [await tokenOf()]
  await rotateSigningKey({
    keys: app.store.keys,
    sealing,
    now: app.now,
    random: systemRandom,
    accessTokenTtl: app.settings.accessTokenTtl,
  })
  tokens.push(await tokenOf())

  for (const path of ['/keys', '/.well-known/jwks.json', '/tenant/.well-known/jwks.json']) {
    const response = await app.fetch(new Request(app.url + path))
    assert.equal(response.headers.get('content-type'), 'application/json')
    const text = await response.text()
    const { keys, ...rest } = JSON.parse(text)
    assert.deepEqual(rest, {})
    assert.equal(keys.length, 2)
    for (const key of keys) {
      assert.deepEqual(Object.keys(key).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
      assert.deepEqual([key.kty, key.crv, key.alg, key.use], ['EC', 'P-256', 'ES256', 'sig'])
      for (const member of ['x', 'y']) assert.match(key[member], /^[A-Za-z0-9_-]{43}$/)
    }
    for (const { private_key } of await app.store.keys.list()) assert.ok(!text.includes(private_key))
    for (const token of tokens) {
      const { protectedHeader } = await jwtVerify(token, createLocalJWKSet({ keys }), {
        currentDate: new Date(app.now() * 1000),
      })
      assert.deepEqual(Object.keys(protectedHeader).sort(), ['alg', 'kid', 'typ'])
    }
  }
})

/** A code of a server whose issuer is not its origin. */
async function codeOf(app: TestApp, client: RegisteredClient) {
  const { url, verifier } = authorizationRequest(app, client)
  const done = await signInAndDecide(new Browser(app), url)
  return {
    code: done.url.searchParams.get('code') ?? '',
    verifier,
    redirect_uri: client.redirect_uris[0] ?? '',
    resource: app.settings.resource,
  }
}

test('A-060 every answer at the client’s address says which server it is from, errors too', async (t) => {
  const servers = [
    await testApp(t, { env: { CORPUSIQ_OAUTH_RESOURCE_URL: 'https://a.example' } }),
    await testApp(t, { env: { CORPUSIQ_OAUTH_RESOURCE_URL: 'https://b.example' } }),
  ]
  const codes: string[] = []
  for (const app of servers) {
    assert.equal((await read(app, SERVER)).authorization_response_iss_parameter_supported, true)
    const client = await registerClient(app)
    const browser = new Browser(app)
    const answers = [
      await signInAndDecide(browser, authorizationRequest(app, client).url),
      // Remembered: at once.
      await browser.open(authorizationRequest(app, client).url),
      await signInAndDecide(
        browser,
        authorizationRequest(app, client, { extra: { prompt: 'consent' } }).url,
        'deny',
      ),
      await browser.open(authorizationRequest(app, client, { extra: { response_type: 'token' } }).url),
      await browser.open(authorizationRequest(app, client, { extra: { code_challenge: undefined } }).url),
      await browser.open(authorizationRequest(app, client, { resource: 'https://evil.example/mcp' }).url),
      await browser.open(authorizationRequest(app, client, { extra: { prompt: 'none login' } }).url),
    ]
    for (const { left, url, text } of answers) {
      assert.ok(left, text)
      assert.deepEqual(url.searchParams.getAll('iss'), [app.url], url.href)
      assert.equal(
        url.searchParams.getAll('code').length + url.searchParams.getAll('error').length,
        1,
        url.href,
      )
    }
    codes.push(answers[0]?.url.searchParams.get('code') ?? '')
  }
  // The code of one, taken to the other by a client that did not look.
  const [, b] = servers
  assert.ok(b)
  const [{ client_id }] = await register(b, PUBLIC_CLIENT)
  const response = await postForm(b, `${b.url}/token`, {
    grant_type: 'authorization_code',
    code: codes[0] ?? '',
    client_id,
    code_verifier: 'x'.repeat(43),
    redirect_uri: PUBLIC_CLIENT.redirect_uris[0] ?? '',
  })
  assert.equal(response.status, 400)
  isErrorObject(response, await response.text(), 'invalid_grant')
})

test('A-062 the resource of the metadata is the one that answers, and nobody is sent to another host for it', async (t) => {
  const app = await testApp(t)
  for (const place of ['/mcp', '/mcp/', '/mcp?x=y', '/mcp?resource=https://evil.example']) {
    for (const method of ['GET', 'POST', 'DELETE', 'PUT']) {
      for (const headers of [
        {},
        { authorization: 'Bearer x' },
        { host: 'localhost', 'x-forwarded-host': 'evil.example' },
        { host: '127.0.0.1:1', forwarded: 'host=evil.example' },
      ]) {
        const response = await app.fetch(new Request(app.url + place, { method, headers }))
        assert.equal(response.status, 401, `${method} ${place}`)
        const challenge = response.headers.get('www-authenticate') ?? ''
        assert.match(challenge, /^Bearer /)
        assert.equal(challenge.match(/Bearer/g)?.length, 1)
        const urls = [...challenge.matchAll(/resource_metadata="([^"]*)"/g)].map(([, url]) => url)
        assert.deepEqual(urls, [`${app.url}${RESOURCE}/mcp`])
        assert.doesNotMatch(challenge, /evil|localhost|127\.0/)
      }
    }
  }
  for (const path of [RESOURCE, `${RESOURCE}/mcp`]) {
    const { resource, authorization_servers } = await read(app, path)
    assert.equal(resource, `${app.url}/mcp`)
    assert.deepEqual(authorization_servers, [(await read(app, SERVER)).issuer])
  }
  for (const path of [
    `${RESOURCE}/other`,
    `${RESOURCE}/mcp/sub`,
    `${RESOURCE}/mcp?`,
    `${RESOURCE}?resource=https://evil.example`,
  ]) {
    const response = await app.fetch(new Request(app.url + path))
    if (path.includes('?')) {
      assert.equal(((await response.json()) as Metadata).resource, `${app.url}/mcp`)
    } else {
      assert.equal(response.status, 404)
    }
  }
})
