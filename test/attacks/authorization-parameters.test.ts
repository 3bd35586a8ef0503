/** Group 7: the authorization request: what is asked for. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  authorize,
  exchangeCode,
  PUBLIC_CLIENT,
  type RegisteredClient,
  registerClient,
  tokensOf,
} from '../support/scenario.ts'
import { type AuthorizationScene, authorizationScene } from './authorization-scene.ts'

let scene: AuthorizationScene
before(async () => {
  scene = await authorizationScene()
})
after(() => scene.end())

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

test('A-065 PKCE left out, weakened or malformed: invalid_request', async () => {
  for (const changes of [
    { code_challenge: undefined, code_challenge_method: undefined },
    { code_challenge: undefined },
    { code_challenge: '' },
    { code_challenge: CHALLENGE, code_challenge_method: undefined },
    { code_challenge: CHALLENGE, code_challenge_method: '' },
    { code_challenge: CHALLENGE, code_challenge_method: 'plain' },
    { code_challenge: CHALLENGE, code_challenge_method: 's256' },
    { code_challenge: CHALLENGE, code_challenge_method: 'S512' },
    { code_challenge: CHALLENGE, code_challenge_method: 'S256 ' },
    { code_challenge: CHALLENGE, code_challenge_method: 'S256,plain' },
    { code_challenge: CHALLENGE.slice(1) },
    { code_challenge: `${CHALLENGE}M` },
    { code_challenge: `${CHALLENGE}=` },
    { code_challenge: 'x'.repeat(128) },
    { code_challenge: 'x'.repeat(4000) },
    { code_challenge: CHALLENGE.replace('-', '+') },
    { code_challenge: CHALLENGE.replace('-', '/') },
    { code_challenge: CHALLENGE.replace('-', '~') },
    { code_challenge: CHALLENGE.replace('-', ' ') },
    { code_challenge: CHALLENGE.replace('-', 'é') },
    { code_challenge: CHALLENGE.replace('-', '\n') },
    { code_challenge: ` ${CHALLENGE}` },
  ]) {
    await scene.isToldToTheClient('invalid_request', changes)
  }
})

test('A-066 no response type but code', async () => {
  for (const response_type of [
    'token',
    'code token',
    'token code',
    'id_token',
    'code id_token',
    'none',
    'CODE',
    'code ',
  ]) {
    await scene.isToldToTheClient('unsupported_response_type', { response_type })
  }
  for (const response_type of [undefined, ''])
    await scene.isToldToTheClient('invalid_request', { response_type })
})

test('A-068 any other parameter twice, equal or not, empty or not: invalid_request', async () => {
  for (const raw of [
    '&state=kept',
    '&state=other',
    '&state=',
    '&st%61te=other',
    '&scope=corpus:read&scope=corpus:read',
    `&code_challenge=${CHALLENGE}`,
    '&code_challenge_method=S256',
    '&code_challenge_method=plain',
    '&response_type=code',
    '&response_type=token',
    '&prompt=none&prompt=consent',
    '&response_mode=query&response_mode=query',
    '&nonce=1&nonce=2',
  ]) {
    await scene.isToldToTheClient('invalid_request', {}, raw)
  }
})

/** The scope of the tokens that come of it. */
async function grantedScope(client: RegisteredClient, scope: string | undefined): Promise<string> {
  const options = scope === undefined ? {} : { scope }
  return (
    await tokensOf(
      await exchangeCode(
        scene.app,
        client,
        await authorize(scene.app, client, { browser: scene.browser, ...options }),
      ),
    )
  ).scope
}

test('A-069 no scope, however asked for, is more than was registered', async () => {
  const scopes = [
    undefined,
    '',
    ' '.repeat(10_000),
    'corpus:read corpus:search',
    `corpus:search${' '.repeat(10_000)}corpus:read`,
    'corpus:search',
    'admin * corpus:* corpus:write',
    'corpus:read,corpus:search',
    'corpus:read\tcorpus:search',
    'corpus:read corpus:search corpus:read',
    'CORPUS:SEARCH corpus:read',
    'corpus:search" corpus:read',
    `corpus:search\\ ${'x '.repeat(4000)}`,
    'ｃorpus:search',
    '__proto__ constructor',
  ]
  for (const registered of ['corpus:read', 'corpus:search']) {
    const client = await registerClient(scene.app, { ...PUBLIC_CLIENT, scope: registered })
    for (const scope of scopes)
      assert.equal(await grantedScope(client, scope), registered, String(scope).slice(0, 80))
    assert.equal(await grantedScope(client, 'offline_access admin'), registered)
  }
})

test('A-069 a client without a registered scope gets what exists, and nothing else', async () => {
  const client = await registerClient(scene.app)
  assert.equal(await grantedScope(client, 'corpus:read admin *'), 'corpus:read')
  assert.equal(await grantedScope(client, 'admin'), 'corpus:read corpus:search')
  const all = await grantedScope(client, `offline_access ${'corpus:search '.repeat(500)}corpus:read`)
  assert.deepEqual(new Set(all.split(' ')), new Set(['offline_access', 'corpus:search', 'corpus:read']))
  assert.equal(all.split(' ').length, 3)
})

test('A-070 the resource of somebody else, a malformed one, two of which one is ours: invalid_target', async () => {
  for (const resource of [
    'https://other.example/mcp',
    'https://notes.example.com.evil.example/mcp',
    'https://notes.example.com@evil.example/mcp',
    'https://user@notes.example.com/mcp',
    'https://@notes.example.com/mcp',
    'https://:@notes.example.com/mcp',
    'http://notes.example.com/mcp',
    'https://notes.example.com:8443/mcp',
    'https://notes.example.com/mcp#',
    'https://notes.example.com/mcp#x',
    'https://notes.example.com/mcp?x=1',
    'https://notes.example.com/mcp/x',
    'https://notes.example.com/mcp//',
    'https://notes.example.com/documents',
    'https://notes.example.com\\mcp',
    'https://notes.example.com/mcp\u0000',
    'https://notes.example.com/mcp evil',
    '/mcp',
    'mcp',
    '//notes.example.com/mcp',
    'notes.example.com/mcp',
    'urn:corpus',
    '*',
    'null',
  ]) {
    await scene.isToldToTheClient('invalid_target', { resource })
  }
  const other = `&resource=${encodeURIComponent('https://other.example/mcp')}`
  await scene.isToldToTheClient('invalid_target', {}, other)
  await scene.isToldToTheClient(
    'invalid_target',
    { resource: 'https://other.example/mcp' },
    `&resource=${scene.app.url}`,
  )
})

test('A-072 any response mode but query: invalid_request, and the answer is in the query all the same', async () => {
  for (const response_mode of [
    'fragment',
    'web_message',
    'form_post',
    'query.jwt',
    'jwt',
    'QUERY',
    'query ',
    'x',
  ]) {
    await scene.isToldToTheClient('invalid_request', { response_mode })
  }
})
