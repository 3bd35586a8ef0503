/** Group 1, what comes in: members that are wrong, and what a client must not choose. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { DEFAULTS, REDIRECT, register } from '../support/registering.ts'
import {
  authorizationRequest,
  credentials,
  obtainTokens,
  PUBLIC_CLIENT,
  type RegisteredClient,
  registerClient,
} from '../support/scenario.ts'
import { postForm } from '../support/site.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import {
  HONEST,
  isErrorObject,
  isRefused,
  isRefusedMetadata,
  JSON_TYPE,
  registers,
  send,
  servesNext,
} from './hostile-registration.ts'

let app: TestApp
before(async () => {
  app = await createTestApp({ env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
})
after(() => app[Symbol.asyncDispose]())

/** Expects the refusal of the `REDIRECT` client with these members, the first one named. */
const isRefusedWith = (members: object, description: RegExp, error = 'invalid_client_metadata') =>
  isRefusedMetadata(app, { ...REDIRECT, ...members }, { error, description })

const named = (member: string) => new RegExp(`^${member.replace('#', '\\#')}(\\[\\d+\\]|\\.keys\\b| )`)

test('A-009 members of the wrong type are 400, and the member is named', async () => {
  const uri = 'https://client.example.org/callback'
  for (const redirect_uris of [
    uri,
    { 0: uri },
    1,
    true,
    false,
    [1],
    [null],
    [[uri]],
    [{ uri }],
    [uri, 1],
    [true],
  ]) {
    await isRefusedWith({ redirect_uris }, named('redirect_uris'), 'invalid_redirect_uri')
  }
  for (const member of ['grant_types', 'response_types', 'contacts']) {
    for (const value of [
      'authorization_code',
      { 0: 'code' },
      1,
      true,
      false,
      [1],
      [null],
      [['code']],
      [{}],
    ]) {
      await isRefusedWith({ [member]: value }, named(member))
    }
  }
  for (const member of [
    'client_name',
    'client_name#fr',
    'client_uri',
    'logo_uri',
    'logo_uri#de-CH',
    'scope',
    'tos_uri',
    'policy_uri',
    'jwks_uri',
    'software_id',
    'software_version',
    'token_endpoint_auth_method',
    'application_type',
  ]) {
    for (const value of [{}, { en: 'x' }, ['https://c.example/'], 1, 0, true, false]) {
      await isRefusedWith({ [member]: value }, named(member))
    }
  }
  for (const value of [{}, ['x'], 1, 0, true, false]) {
    await isRefusedWith(
      { software_statement: value },
      named('software_statement'),
      'invalid_software_statement',
    )
  }
  for (const jwks of [
    '{}',
    [{}],
    1,
    true,
    {},
    { keys: {} },
    { keys: 'x' },
    { keys: [1] },
    { keys: [null] },
  ]) {
    await isRefusedWith({ jwks }, named('jwks'))
  }
})

test('A-010 grant types and response types that disagree are 400, or replaced and told', async () => {
  for (const [grant_types, response_types, member] of [
    [['implicit'], ['code'], 'grant_types'],
    [['implicit'], ['token'], 'grant_types'],
    [['authorization_code'], ['token'], 'response_types'],
    [['authorization_code'], ['id_token'], 'response_types'],
    [['authorization_code', 'implicit'], ['token'], 'response_types'],
    [['refresh_token'], ['code'], 'grant_types'],
    [['client_credentials'], ['code'], 'grant_types'],
    [undefined, ['token'], 'response_types'],
    [['refresh_token'], undefined, 'grant_types'],
  ] as const) {
    await isRefusedWith({ grant_types, response_types }, new RegExp(`\\b${member} must contain`))
  }
  for (const [grant_types, response_types] of [
    [['authorization_code', 'implicit'], ['code']],
    [['authorization_code'], ['code', 'token']],
    [
      ['authorization_code', 'implicit'],
      ['code', 'token', 'code id_token'],
    ],
  ]) {
    const told = await registers(app, { ...REDIRECT, grant_types, response_types })
    assert.deepEqual(told, { ...REDIRECT, ...DEFAULTS })
  }
})

const FOREIGN_GRANTS = [
  'password',
  'implicit',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:openid:params:grant-type:ciba',
  'AUTHORIZATION_CODE',
  'authorization_code ',
]

test('A-011 a grant that is not offered is 400 alone, left out beside others, and refused at use', async () => {
  for (const grant of FOREIGN_GRANTS) {
    await isRefusedWith({ grant_types: [grant] }, /^grant_types must contain/)
    const client = await registerClient(app, { ...PUBLIC_CLIENT, grant_types: ['authorization_code', grant] })
    assert.deepEqual(client.grant_types, ['authorization_code'])
    const response = await postForm(app, `${app.url}/token`, {
      grant_type: grant,
      client_id: client.client_id,
      username: 'owner',
      password: 'a long sentence of the owner',
      scope: 'corpus:read',
    })
    const text = await response.text()
    assert.equal(response.status, 400, `${grant}: ${text}`)
    isErrorObject(response, text, 'unsupported_grant_type')
  }
  // Offered, but not to a client that did not register it.
  const client = await registerClient(app, { ...PUBLIC_CLIENT, grant_types: ['authorization_code'] })
  const refresh_token = 'refresh_x'
  const { client_id } = client
  const response = await postForm(app, `${app.url}/token`, {
    grant_type: 'refresh_token',
    refresh_token,
    client_id,
  })
  assert.equal(response.status, 400)
  isErrorObject(response, await response.text(), 'unauthorized_client')
})

test('A-011 a response type that is not offered is 400 alone, left out beside code, and refused at use', async () => {
  for (const response_type of [
    'token',
    'id_token',
    'none',
    'code token',
    'code id_token',
    'id_token token',
    'Code',
  ]) {
    await isRefusedWith({ response_types: [response_type] }, /^response_types must contain/)
    const client = await registerClient(app, { ...PUBLIC_CLIENT, response_types: ['code', response_type] })
    assert.deepEqual((await app.store.clients.find(client.client_id))?.metadata.response_types, ['code'])
    const { url } = authorizationRequest(app, client, { extra: { response_type } })
    const response = await app.fetch(new Request(url, { redirect: 'manual' }))
    // A person has not allowed this client yet: a page, with the code of the error and no code.
    assert.equal(response.status, 400, response_type)
    assert.equal(response.headers.get('location'), null)
    assert.match(await response.text(), /Error: <code>unsupported_response_type</)
  }
})

test('A-012 an authentication method that is not offered is 400, and the offered ones are named', async () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwks = { keys: [publicKey.export({ format: 'jwk' })] }
  const listed = /^token_endpoint_auth_method must be one of none, client_secret_basic, client_secret_post$/
  for (const token_endpoint_auth_method of [
    'private_key_jwt',
    'client_secret_jwt',
    'tls_client_auth',
    'self_signed_tls_client_auth',
    'attest_jwt_client_auth',
    'magic',
    'NONE',
    'none ',
    ' client_secret_basic',
    'client_secret_basic client_secret_post',
    'constructor',
  ]) {
    await isRefusedWith({ token_endpoint_auth_method }, listed)
    await isRefusedWith({ token_endpoint_auth_method, jwks }, listed)
  }
})

test('A-013 what a client chooses of the server’s is ignored, and new for every client', async () => {
  const victim = await registerClient(app, { ...REDIRECT, token_endpoint_auth_method: 'client_secret_post' })
  const stored = await app.store.clients.find(victim.client_id)
  const chosen = {
    client_id: victim.client_id,
    client_secret: 'chosen-by-the-client',
    client_id_issued_at: 1,
    client_secret_expires_at: 0,
    client_secret_hash: 'sha256:x',
    registered_scope: 'corpus:read',
    registration_access_token: 'chosen',
    registration_client_uri: 'https://evil.example/',
    used: 1,
    token_endpoint_auth_method: 'client_secret_post',
  }
  const seen = new Set([victim.client_id, victim.client_secret, chosen.client_secret])
  for (let round = 0; round < 5; round++) {
    const [{ client_id, client_id_issued_at, client_secret, client_secret_expires_at }, told] =
      await register(app, {
        ...REDIRECT,
        ...chosen,
      })
    assert.match(client_id, /^client_[A-Za-z0-9_-]{20,}$/)
    // 256 bits are 43 characters of base64url.
    assert.match(client_secret ?? '', /^secret_[A-Za-z0-9_-]{43,}$/)
    for (const issued of [client_id, client_secret]) {
      assert.ok(!seen.has(issued))
      seen.add(issued)
    }
    assert.equal(client_id_issued_at, app.now())
    assert.equal(client_secret_expires_at, app.now() + 90 * 86_400)
    assert.deepEqual(told, { ...REDIRECT, ...DEFAULTS, token_endpoint_auth_method: 'client_secret_post' })

    const response = await postForm(app, `${app.url}/token`, {
      grant_type: 'authorization_code',
      code: 'x',
      client_id,
      client_secret: chosen.client_secret,
    })
    assert.equal(response.status, 401)
    isErrorObject(response, await response.text(), 'invalid_client')
  }
  assert.deepEqual(await app.store.clients.find(victim.client_id), stored)
})

test('A-016 a scope beyond what exists is narrowed and told, and never granted', async () => {
  const words = Array.from({ length: 10_000 }, (_, at) => `w${at}`).join(' ')
  const everything = 'corpus:read corpus:search'
  for (const [scope, told] of [
    ['admin', everything],
    ['*', everything],
    ['corpus:*', everything],
    ['corpus:admin corpus:write', everything],
    [words, everything],
    ['" \\ "corpus:read"', everything],
    ['corpus:read\tadmin', everything],
    ['CORPUS:READ', everything],
    ['admin corpus:read *', 'corpus:read'],
    [`corpus:search ${words}`, 'corpus:search'],
    ['corpus:read corpus:read corpus:read', 'corpus:read'],
  ] as const) {
    assert.equal((await registers(app, { ...REDIRECT, scope })).scope, told)
  }
  const client = await registerClient(app, { ...PUBLIC_CLIENT, scope: 'admin * corpus:read "' })
  assert.equal(client.scope, 'corpus:read')
  for (const scope of ['admin corpus:read corpus:search *', '*', undefined]) {
    const tokens = await obtainTokens(app, client, scope === undefined ? {} : { scope })
    assert.equal(tokens.scope, 'corpus:read')
    const claims = JSON.parse(Buffer.from(tokens.access_token.split('.')[1] ?? '', 'base64url').toString())
    assert.equal(claims.scope, 'corpus:read')
  }
})

test('A-018 a malformed Authorization header at open registration is as none', async () => {
  for (const authorization of [
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer a, Bearer b',
    'bearer\tx',
    `Bearer ${'x'.repeat(16 * 1024)}`,
    'Basic',
    'Basic !!!',
    `Basic ${Buffer.from('no colon').toString('base64')}`,
    `Basic ${Buffer.from('\xff\xfe:\0', 'latin1').toString('base64')}`,
    'Basic Og==',
    'Digest username="x"',
    'Negotiate',
    ',',
    '=',
    '\xff',
  ]) {
    const response = await send(app, {
      body: JSON.stringify(HONEST),
      headers: { ...JSON_TYPE, authorization },
    })
    assert.equal(response.status, 201, authorization)
    await isRefused(app, { body: '{', headers: { ...JSON_TYPE, authorization } })
  }
})

test('A-019 the answer tells all that is registered, keeps secrets to those who have one, and is not cached', async () => {
  for (const token_endpoint_auth_method of ['none', 'client_secret_basic', 'client_secret_post']) {
    const metadata = {
      ...REDIRECT,
      token_endpoint_auth_method,
      client_name: 'Told',
      'client_name#fr': 'Dit',
      contacts: ['a@example.org'],
      logo_uri: null,
      tos_uri: '',
    }
    const response = await send(app, { body: JSON.stringify(metadata) })
    const information = (await response.json()) as RegisteredClient & Record<string, unknown>
    assert.equal(response.status, 201)
    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.equal(response.headers.get('cache-control'), 'no-store')
    assert.equal(response.headers.get('set-cookie'), null)
    const holdsSecret = token_endpoint_auth_method !== 'none'
    assert.equal('client_secret' in information, holdsSecret)
    assert.equal('client_secret_expires_at' in information, holdsSecret)
    const { logo_uri, tos_uri, ...given } = metadata
    const {
      client_id,
      client_id_issued_at,
      client_secret,
      client_secret_expires_at,
      registration_access_token,
      registration_client_uri,
      ...told
    } = information
    assert.deepEqual(told, { ...DEFAULTS, ...given })
    const client = await app.store.clients.find(client_id)
    assert.deepEqual(client?.metadata, told)
    assert.equal(client?.client_secret_expires_at, client_secret_expires_at)
    assert.equal(client?.client_secret_hash === undefined, !holdsSecret)
    if (client_secret !== undefined) assert.ok(!JSON.stringify(client).includes(client_secret))
    assert.match(String(registration_access_token), /^registration_/)
    assert.ok(!JSON.stringify(client).includes(String(registration_access_token)))
    // What is in the answer works: the client is who it says it is, only the code is not one.
    const { headers, parameters } = credentials(information)
    const used = await postForm(
      app,
      `${app.url}/token`,
      { grant_type: 'authorization_code', code: 'x', code_verifier: 'x'.repeat(43), ...parameters },
      headers,
    )
    assert.equal(used.status, 400)
    isErrorObject(used, await used.text(), 'invalid_grant')
  }
  await servesNext(app)
})
