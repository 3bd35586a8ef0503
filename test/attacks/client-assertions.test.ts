/**
 * Group 10, `private_key_jwt`. The method is not offered yet, so no assertion proves anything: neither a good one of a
 * client that registered its keys, nor any of those by which others were deceived.
 */
import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { after, before, test } from 'node:test'
import { SignJWT } from 'jose'
import {
  CONFIDENTIAL_CLIENT,
  PUBLIC_CLIENT,
  type RegisteredClient,
  registerClient,
} from '../support/scenario.ts'
import { postForm } from '../support/site.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { isErrorObject, isRefusedMetadata } from './hostile-registration.ts'

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256' }] }

let app: TestApp
before(async () => {
  app = await createTestApp({ env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
})
after(() => app[Symbol.asyncDispose]())

/** RFC 7523 §3: what a good assertion says, but for `changes`. */
function assertion(
  client_id: string,
  changes: Record<string, unknown> = {},
  key: KeyObject = privateKey,
): Promise<string> {
  const claims = {
    iss: client_id,
    sub: client_id,
    aud: app.settings.tokenEndpoint,
    iat: app.now(),
    exp: app.now() + 60,
    jti: 'assertion-1',
    ...changes,
  }
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(key)
}

/** Good or forged, each by its fault. */
async function assertions(client_id: string, other_id: string): Promise<[what: string, jwt: string][]> {
  const good = await assertion(client_id)
  const [, payload = ''] = good.split('.')
  const header = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const hs256 = `${header({ alg: 'HS256', kid: 'one' })}.${payload}`
  const pem = publicKey.export({ format: 'pem', type: 'spki' })
  return [
    ['a good one', good],
    ['a wrong aud', await assertion(client_id, { aud: 'https://evil.example/token' })],
    ['aud the issuer', await assertion(client_id, { aud: app.settings.issuer })],
    ['iss that is not sub', await assertion(client_id, { iss: other_id })],
    ['sub that is not iss', await assertion(client_id, { sub: other_id })],
    ['expired', await assertion(client_id, { exp: app.now() - 1 })],
    ['no exp', await assertion(client_id, { exp: undefined })],
    ['no jti', await assertion(client_id, { jti: undefined })],
    ['the key of another', await assertion(client_id, {}, foreign.privateKey)],
    ['alg none', `${header({ alg: 'none' })}.${payload}.`],
    ['HS256 with the public key', `${hs256}.${createHmac('sha256', pem).update(hs256).digest('base64url')}`],
    ['no signature', good.slice(0, good.lastIndexOf('.') + 1)],
    ['no JWT', 'x'],
    ['nothing', ''],
  ]
}

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** The token request of a client, authenticated by an assertion and whatever else is sent. */
function tokenRequest(
  client_assertion: string,
  more: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return postForm(
    app,
    `${app.url}/token`,
    {
      grant_type: 'authorization_code',
      code: 'code_x',
      code_verifier: 'x'.repeat(43),
      client_assertion_type: TYPE,
      client_assertion,
      ...more,
    },
    headers,
  )
}

async function isRefused(response: Response, status: number, error: string, what: string): Promise<void> {
  const text = await response.text()
  assert.equal(response.status, status, `${what}: ${text}`)
  isErrorObject(response, text, error, what)
}

/** A client that has registered its keys, as far as that goes without the method. */
const withKeys = (metadata: object): Promise<RegisteredClient> => registerClient(app, { ...metadata, jwks })

test('A-109 no assertion authenticates anybody, however it is forged', async () => {
  await isRefusedMetadata(
    app,
    { ...PUBLIC_CLIENT, token_endpoint_auth_method: 'private_key_jwt', jwks },
    {
      description:
        /^token_endpoint_auth_method must be one of none, client_secret_basic, client_secret_post$/,
    },
  )
  for (const metadata of [PUBLIC_CLIENT, CONFIDENTIAL_CLIENT]) {
    const { client_id } = await withKeys(metadata)
    const other = await registerClient(app)
    for (const [what, jwt] of await assertions(client_id, other.client_id)) {
      await isRefused(await tokenRequest(jwt, { client_id }), 401, 'invalid_client', what)
      await isRefused(await tokenRequest(jwt, {}), 401, 'invalid_client', what)
      for (const path of ['/introspect', '/revoke']) {
        const response = await postForm(app, app.url + path, {
          token: 'x',
          client_id,
          client_assertion_type: TYPE,
          client_assertion: jwt,
        })
        await isRefused(response, 401, 'invalid_client', `${path} ${what}`)
      }
    }
  }
})

test('A-110 the same assertion again, also at once, is refused each time', async () => {
  const { client_id } = await withKeys(CONFIDENTIAL_CLIENT)
  const jwt = await assertion(client_id)
  const answers = await Promise.all(Array.from({ length: 20 }, () => tokenRequest(jwt, { client_id })))
  answers.push(await tokenRequest(jwt, { client_id }))
  for (const answer of answers) await isRefused(answer, 401, 'invalid_client', 'again')
})

test('A-111 an assertion beside a good secret is refused, whatever it says', async () => {
  const { client_id, client_secret = '' } = await withKeys(CONFIDENTIAL_CLIENT)
  const other = await registerClient(app)
  const authorization = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`
  // By the secret alone the client is itself, and only the code is wrong.
  const alone = await postForm(
    app,
    `${app.url}/token`,
    { grant_type: 'authorization_code', code: 'code_x', code_verifier: 'x'.repeat(43) },
    { authorization },
  )
  await isRefused(alone, 400, 'invalid_grant', 'the secret alone')
  for (const [what, jwt] of await assertions(client_id, other.client_id)) {
    await isRefused(await tokenRequest(jwt, {}, { authorization }), 400, 'invalid_request', what)
    await isRefused(await tokenRequest(jwt, { client_id, client_secret }), 400, 'invalid_request', what)
  }
})
