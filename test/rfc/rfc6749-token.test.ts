import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import {
  type Answer,
  basic,
  fetchOf,
  mcpStatus,
  post,
  REDIRECT_URI,
  redeem,
  refresh,
  type StoredClient,
  send,
  storeClient,
  storeCode,
  storeGrant,
  VERIFIER,
} from '../support/stored.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

let app: TestApp
let open: StoredClient
let holder: StoredClient

before(async () => {
  app = await createTestApp({ owner: false })
  open = await storeClient(app)
  holder = await storeClient(app, { token_endpoint_auth_method: 'client_secret_basic' })
})
after(() => app[Symbol.asyncDispose]())

function refusedAs(answer: Answer, error: string, status = 400): void {
  assert.equal(answer.body.error, error, JSON.stringify(answer.body))
  assert.equal(answer.status, status)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
}

function granted(answer: Answer): Answer['body'] {
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body
}

test('RFC 6749 §5.1 the answer: token_type, expires_in, scope, refresh_token, and nothing may cache it', async () => {
  const answer = await redeem(app, open, await storeCode(app, open.client_id))
  const { access_token, refresh_token, ...others } = granted(answer)
  assert.deepEqual(others, { token_type: 'Bearer', expires_in: 3600, scope: 'corpus:read corpus:search' })
  assert.equal(String(access_token).split('.').length, 3)
  assert.match(String(refresh_token), /^refresh_[A-Za-z0-9_-]{55}$/)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  assert.equal(answer.headers.get('pragma'), 'no-cache')
  assert.equal(await mcpStatus(app, access_token), 200)
})

test('RFC 6749 §5.1 a foreign client library takes the answer', async () => {
  const as: oauth.AuthorizationServer = { issuer: app.url, token_endpoint: `${app.url}/token` }
  const client: oauth.Client = { client_id: holder.client_id }
  const options: oauth.TokenEndpointRequestOptions = {
    [oauth.customFetch]: fetchOf(app),
  }
  const code = await storeCode(app, holder.client_id)
  const parameters = oauth.validateAuthResponse(
    as,
    client,
    new URLSearchParams({ code, iss: app.url }),
    oauth.expectNoState,
  )
  const answer = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    oauth.ClientSecretBasic(holder.secret),
    parameters,
    REDIRECT_URI,
    VERIFIER,
    options,
  )
  const first = await oauth.processAuthorizationCodeResponse(as, client, answer)
  assert.ok(first.refresh_token)
  const again = await oauth.refreshTokenGrantRequest(
    as,
    client,
    oauth.ClientSecretPost(holder.secret),
    first.refresh_token,
    options,
  )
  const second = await oauth.processRefreshTokenResponse(as, client, again)
  assert.notEqual(second.refresh_token, first.refresh_token)
})

test('RFC 6749 §3.2 "The client MUST use the HTTP "POST" method when making access token requests."', async () => {
  const response = await app.fetch(new Request(`${app.url}/token?grant_type=authorization_code`))
  assert.equal(response.status, 405)
  assert.match(response.headers.get('allow') ?? '', /POST/)
})

test('RFC 6749 §3.2 "Request and response parameters MUST NOT be included more than once."', async () => {
  const code = await storeCode(app, open.client_id)
  const form = `grant_type=authorization_code&code=${code}&redirect_uri=${encodeURIComponent(REDIRECT_URI)}&client_id=${open.client_id}&code_verifier=${VERIFIER}`
  for (const twice of [
    'grant_type=authorization_code',
    `code=${code}`,
    `client_id=${open.client_id}`,
    'x=1&x=',
  ]) {
    refusedAs(await send(app, '/token', `${form}&${twice}`), 'invalid_request')
  }
  // RFC 8707 §2: "Multiple "resource" parameters MAY be used"; here they have to mean the same one.
  const resource = encodeURIComponent(app.settings.resource)
  granted(await send(app, '/token', `${form}&resource=${resource}&resource=${resource}`))
})

test('RFC 6749 §3.2 "Parameters sent without a value MUST be treated as if they were omitted from the request."', async () => {
  const code = await storeCode(app, open.client_id)
  refusedAs(await redeem(app, open, code, { code_verifier: '' }), 'invalid_request')
  refusedAs(await redeem(app, open, code, { grant_type: '' }), 'invalid_request')
  granted(await redeem(app, open, code, { resource: '', scope: '', client_secret: '', more: '' }))
})

test('RFC 6749 §3.2 "The authorization server MUST ignore unrecognized request parameters."', async () => {
  granted(await redeem(app, open, await storeCode(app, open.client_id), { more: 'x', scope: 'openid' }))
})

test('RFC 6749 §4.1.3 the "application/x-www-form-urlencoded" format, and no other', async () => {
  const code = await storeCode(app, open.client_id)
  const form = `grant_type=authorization_code&code=${code}&client_id=${open.client_id}&code_verifier=${VERIFIER}&redirect_uri=${REDIRECT_URI}`
  const types = ['application/json', 'multipart/form-data; boundary=x', 'text/plain', '']
  for (const type of [...types, 'application/x-www-form-urlencoded; charset=utf-16']) {
    refusedAs(await send(app, '/token', form, { 'content-type': type }), 'invalid_request', 415)
  }
  granted(
    await send(app, '/token', form, { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }),
  )
})

test('RFC 6749 §2.3.1 parameters "MUST NOT be included in the request URI"', async () => {
  const code = await storeCode(app, holder.client_id)
  const query = `client_id=${holder.client_id}&client_secret=${holder.secret}`
  const form = `grant_type=authorization_code&code=${code}&code_verifier=${VERIFIER}&redirect_uri=${REDIRECT_URI}`
  refusedAs(await send(app, `/token?${query}`, form), 'invalid_request')
  refusedAs(await send(app, `/token?${query}&${form}`, ''), 'invalid_request')
  granted(await send(app, '/token', `${query}&${form}`))
})

test('RFC 6749 §2.3.1 a client that holds a secret sends it as Basic or in the body, whichever it registered', async () => {
  for (const token_endpoint_auth_method of ['client_secret_basic', 'client_secret_post'] as const) {
    const client = await storeClient(app, { token_endpoint_auth_method })
    const { client_id, secret } = client
    granted(await redeem(app, client, await storeCode(app, client_id)))
    const request = async () => ({
      grant_type: 'authorization_code',
      code: await storeCode(app, client_id),
      code_verifier: VERIFIER,
      redirect_uri: REDIRECT_URI,
    })
    granted(await post(app, '/token', await request(), basic(client_id, secret)))
    granted(await post(app, '/token', { ...(await request()), client_id }, basic(client_id, secret)))
  }
})

test('RFC 6749 §2.3 "The client MUST NOT use more than one authentication method in each request."', async () => {
  const code = await storeCode(app, holder.client_id)
  const request = {
    grant_type: 'authorization_code',
    code,
    code_verifier: VERIFIER,
    redirect_uri: REDIRECT_URI,
  }
  const header = basic(holder.client_id, holder.secret)
  refusedAs(
    await post(app, '/token', { ...request, client_secret: holder.secret }, header),
    'invalid_request',
  )
  refusedAs(await post(app, '/token', { ...request, client_id: open.client_id }, header), 'invalid_request')
  refusedAs(await post(app, '/token', { ...request, client_assertion: 'x' }, header), 'invalid_request')
  granted(await post(app, '/token', request, header))
})

test('RFC 6749 §5.2 invalid_client: no, empty, wrong, foreign secret; and the code is not burnt by it', async () => {
  const code = await storeCode(app, holder.client_id)
  const other = await storeClient(app, { token_endpoint_auth_method: 'client_secret_post' })
  for (const client_secret of [undefined, '', 'wrong', `${holder.secret}x`, other.secret]) {
    const answer = await redeem(app, holder, code, { client_secret })
    refusedAs(answer, 'invalid_client', 401)
    assert.equal(answer.headers.get('www-authenticate'), null)
  }
  granted(await redeem(app, holder, code))
})

test('RFC 6749 §5.2 "the authorization server MUST respond with an HTTP 401 (Unauthorized) status code and include the "WWW-Authenticate" response header field"', async () => {
  const code = await storeCode(app, holder.client_id)
  const request = {
    grant_type: 'authorization_code',
    code,
    code_verifier: VERIFIER,
    redirect_uri: REDIRECT_URI,
  }
  const wrong = [
    basic(holder.client_id, 'wrong'),
    basic(holder.client_id, ''),
    basic('client_unknown', holder.secret),
    { authorization: 'Basic !!!' },
    { authorization: 'Bearer x' },
  ]
  for (const header of wrong) {
    const answer = await post(app, '/token', request, header)
    refusedAs(answer, 'invalid_client', 401)
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic realm="/)
  }
  granted(await post(app, '/token', request, basic(holder.client_id, holder.secret)))
})

test('RFC 6749 §5.2 invalid_client: an unknown client, a deleted one, none at all', async () => {
  const gone = await storeClient(app)
  const code = await storeCode(app, gone.client_id)
  await app.store.clients.remove(gone.client_id, { at: app.now(), type: 'client.deleted' })
  refusedAs(await redeem(app, gone, code), 'invalid_client', 401)
  refusedAs(await redeem(app, gone, code, { client_id: 'client_unknown' }), 'invalid_client', 401)
  refusedAs(await redeem(app, gone, code, { client_id: undefined }), 'invalid_client', 401)
  refusedAs(
    await redeem(app, gone, code, { client_id: 'x'.repeat(50_000), client_secret: '\0' }),
    'invalid_client',
    401,
  )
})

test('RFC 7591 §2 "none": a public client that sends a secret is not the one it says', async () => {
  const code = await storeCode(app, open.client_id)
  refusedAs(await redeem(app, open, code, { client_secret: 'secret_x' }), 'invalid_client', 401)
  const request = {
    grant_type: 'authorization_code',
    code,
    code_verifier: VERIFIER,
    redirect_uri: REDIRECT_URI,
  }
  refusedAs(await post(app, '/token', request, basic(open.client_id, 'x')), 'invalid_client', 401)
  // Known clients send Basic with an empty password where they got no secret.
  granted(await post(app, '/token', request, basic(open.client_id, '')))
})

test('RFC 7591 §3.2.1 client_secret_expires_at: the secret is good until then', async () => {
  const client = await storeClient(
    app,
    { token_endpoint_auth_method: 'client_secret_post' },
    { client_secret_expires_at: app.now() + 100 },
  )
  const { refresh_token } = await storeGrant(app, client)
  app.advance(99)
  const { refresh_token: next } = granted(await refresh(app, client, refresh_token))
  app.advance(1)
  const answer = await refresh(app, client, next)
  refusedAs(answer, 'invalid_client', 401)
  assert.match(String(answer.body.error_description), /expired/)
})

test('RFC 6749 §5.2 grant_type: missing, unsupported, not registered by this client', async () => {
  const plain = await storeClient(app, { grant_types: ['authorization_code'] })
  const code = await storeCode(app, plain.client_id)
  refusedAs(await redeem(app, plain, code, { grant_type: undefined }), 'invalid_request')
  for (const grant_type of ['password', 'client_credentials', 'implicit', '__proto__', 'constructor']) {
    refusedAs(await redeem(app, plain, code, { grant_type }), 'unsupported_grant_type')
  }
  refusedAs(await refresh(app, plain, 'refresh_x'), 'unauthorized_client')
  // And no refresh token for a client that did not register the grant.
  assert.equal(granted(await redeem(app, plain, code)).refresh_token, undefined)
})

test('RFC 6749 §4.1.3 the code "was issued to the authenticated confidential client, or […] to "client_id" in the request"', async () => {
  const code = await storeCode(app, open.client_id)
  const stranger = await storeClient(app)
  refusedAs(await redeem(app, stranger, code), 'invalid_grant')
  refusedAs(await redeem(app, holder, code), 'invalid_grant')
  granted(await redeem(app, open, code))
})

test('RFC 6749 §4.1.3 "redirect_uri": required if it was in the authorization request, and identical', async () => {
  const code = await storeCode(app, open.client_id)
  for (const redirect_uri of [
    undefined,
    `${REDIRECT_URI}/`,
    `${REDIRECT_URI}?x=1`,
    'https://evil.example/callback',
  ]) {
    refusedAs(await redeem(app, open, code, { redirect_uri }), 'invalid_grant')
  }
  granted(await redeem(app, open, code))
  const implied = await storeCode(app, open.client_id, { redirect_uri_given: false })
  refusedAs(await redeem(app, open, implied, { redirect_uri: 'https://evil.example/' }), 'invalid_grant')
  granted(await redeem(app, open, implied, { redirect_uri: undefined }))
})

test('RFC 7636 §4.6 "If the values are not equal, an error response indicating "invalid_grant" […] MUST be returned."', async () => {
  const code = await storeCode(app, open.client_id)
  const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
  for (const code_verifier of [
    challenge,
    'a'.repeat(43),
    'a'.repeat(42),
    'a'.repeat(129),
    `${VERIFIER}=`,
    VERIFIER.toLowerCase(),
  ]) {
    refusedAs(await redeem(app, open, code, { code_verifier }), 'invalid_grant')
  }
  refusedAs(await redeem(app, open, code, { code_verifier: undefined }), 'invalid_request')
  granted(await redeem(app, open, code))
})

test('RFC 8707 §2.2 resource at the token endpoint is the one that was granted', async () => {
  const code = await storeCode(app, open.client_id)
  for (const resource of [
    'https://other.example/mcp',
    `${app.url}/other`,
    'mcp',
    `${app.settings.resource}#x`,
  ]) {
    refusedAs(await redeem(app, open, code, { resource }), 'invalid_target')
  }
  const { refresh_token } = granted(await redeem(app, open, code, { resource: app.settings.resource }))
  refusedAs(await refresh(app, open, refresh_token, { resource: 'https://other.example/' }), 'invalid_target')
  granted(await refresh(app, open, refresh_token, { resource: `${app.url}/` }))
})

test('RFC 6749 §4.1.2 "The authorization code MUST expire shortly after it is issued"', async () => {
  const code = await storeCode(app, open.client_id)
  app.advance(61)
  refusedAs(await redeem(app, open, code), 'invalid_grant')
})

test('RFC 6749 §4.1.2 a code used twice: "MUST deny the request and SHOULD revoke (when possible) all tokens previously issued based on that authorization code"', async () => {
  const code = await storeCode(app, open.client_id)
  const { access_token, refresh_token } = granted(await redeem(app, open, code))
  assert.equal(await mcpStatus(app, access_token), 200)
  // A stranger's try, or one without the verifier, ends nothing.
  refusedAs(await redeem(app, await storeClient(app), code), 'invalid_grant')
  refusedAs(await redeem(app, open, code, { code_verifier: 'a'.repeat(43) }), 'invalid_grant')
  assert.equal(await mcpStatus(app, access_token), 200)
  app.events.length = 0
  refusedAs(await redeem(app, open, code), 'invalid_grant')
  assert.deepEqual(
    app.events.map(({ type }) => type),
    ['token.reuse_detected', 'token.refused'],
  )
  assert.equal(await mcpStatus(app, access_token), 401)
  refusedAs(await refresh(app, open, refresh_token), 'invalid_grant')
})

test('RFC 6749 §10.5 "Authorization codes MUST be short lived and single-use": 50 redemptions at once, one success', async () => {
  const code = await storeCode(app, open.client_id)
  const answers = await Promise.all(Array.from({ length: 50 }, () => redeem(app, open, code)))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  assert.ok(answers.every(({ status, body }) => status === 200 || body.error === 'invalid_grant'))
})

test('RFC 6749 §10.10 a guessed, cut, lengthened, re-cased code, one of another kind', async () => {
  const code = await storeCode(app, open.client_id)
  const { access_token, refresh_token } = await storeGrant(app, open)
  const others = [
    code.slice(0, -1),
    `${code}x`,
    code.toUpperCase(),
    code.replace('code_', 'refresh_'),
    'x',
    'x'.repeat(60_000),
  ]
  for (const wrong of [...others, access_token, refresh_token, `code_${'0'.repeat(12)}${'A'.repeat(43)}`]) {
    refusedAs(await redeem(app, open, wrong), 'invalid_grant')
  }
  for (const wrong of [code, access_token, 'x', refresh_token.slice(0, -1)]) {
    refusedAs(await refresh(app, open, wrong), 'invalid_grant')
  }
  assert.equal(await mcpStatus(app, refresh_token), 401)
  assert.equal(await mcpStatus(app, code), 401)
  granted(await redeem(app, open, code))
})

test('RFC 6749 §6 "the refresh token is bound to the client to which it was issued"', async () => {
  const { refresh_token, access_token } = await storeGrant(app, holder)
  refusedAs(await refresh(app, open, refresh_token), 'invalid_grant')
  refusedAs(await refresh(app, holder, refresh_token, { client_secret: undefined }), 'invalid_client', 401)
  assert.equal(await mcpStatus(app, access_token), 200)
  granted(await refresh(app, holder, refresh_token))
})

test('RFC 6749 §6 "The requested scope MUST NOT include any scope not originally granted by the resource owner", and less does not shrink the grant', async () => {
  const narrow = await storeGrant(app, open, { scope: 'corpus:search' })
  refusedAs(
    await refresh(app, open, narrow.refresh_token, { scope: 'corpus:read corpus:search' }),
    'invalid_scope',
  )
  const wide = await storeGrant(app, open)
  const less = granted(await refresh(app, open, wide.refresh_token, { scope: 'corpus:read' }))
  assert.equal(less.scope, 'corpus:read')
  const all = granted(await refresh(app, open, less.refresh_token))
  assert.equal(all.scope, 'corpus:read corpus:search')
})

test('the endpoint is served at the path of the setting and at the default one', async () => {
  await using other = await createTestApp({
    owner: false,
    env: { CORPUSIQ_OAUTH_TOKEN_ENDPOINT: 'https://notes.example.com/oauth/token' },
  })
  const client = await storeClient(other)
  for (const path of ['/oauth/token', '/token']) {
    const answer = await post(other, path, { grant_type: 'password', client_id: client.client_id })
    refusedAs(answer, 'unsupported_grant_type')
  }
})

test('a refusal is told once, with the client and the reason, never with the secret or code', async () => {
  app.events.length = 0
  const code = await storeCode(app, holder.client_id)
  await redeem(app, holder, code, { client_secret: 'secret_wrong' })
  assert.deepEqual(app.events, [
    {
      type: 'token.refused',
      error: 'invalid_client',
      reason: 'wrong secret',
      client_id: holder.client_id,
      address: '127.0.0.1',
    },
  ])
})
