import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import type { Client } from '../../src/oauth/client.ts'
import { sha256 } from '../../src/ops/digest.ts'
import {
  CONFIDENTIAL_CLIENT,
  PUBLIC_CLIENT,
  type RegisteredClient,
  registerClient,
} from '../support/scenario.ts'
import { postJson } from '../support/site.ts'
import { basic, post, storeClient } from '../support/stored.ts'
import {
  assertServed,
  codeFor,
  createTarget,
  granted,
  notAuthenticated,
  refresh,
  refused,
  type Target,
  tokensFor,
} from '../support/target.ts'

let target: Target
let app: Target['app']
let open: RegisteredClient
let holder: RegisteredClient
let poster: RegisteredClient

before(async () => {
  target = await createTarget()
  app = target.app
  open = target.open
  holder = target.holder
  poster = await registerClient(app, POSTING_CLIENT)
})
afterEach(() => assertServed(target))
after(() => app[Symbol.asyncDispose]())

const POSTING_CLIENT = { ...CONFIDENTIAL_CLIENT, token_endpoint_auth_method: 'client_secret_post' }
const secretOf = ({ client_secret }: RegisteredClient) => client_secret ?? assert.fail('no secret')

/** A token request for a fresh code without any proof of who asks. */
async function unproved(client: RegisteredClient): Promise<Record<string, string>> {
  const { code, verifier, redirect_uri } = await codeFor(target, client)
  return { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri }
}

const byHeader = (request: Record<string, string>, id: string, secret: string) =>
  post(app, '/token', request, basic(id, secret))
const byBody = (request: Record<string, string>, client_id: string, client_secret?: string) =>
  post(app, '/token', { ...request, client_id, client_secret })

test('A-102 no secret, an empty, a wrong, another one, in header and body: 401, and the code is not spent', async () => {
  for (const client of [holder, poster]) {
    const { client_id } = client
    const secret = secretOf(client)
    const request = await unproved(client)
    const { refresh_token } = await tokensFor(target, client)
    const renewal = { grant_type: 'refresh_token', refresh_token }
    const stored = await app.store.clients.find(client_id)
    const wrong = [
      '',
      'x',
      secretOf(client === holder ? poster : holder),
      secret.slice(0, -1),
      `${secret}x`,
      ` ${secret}`,
      secret.toUpperCase(),
      // What a stolen database holds is no secret.
      stored?.client_secret_hash ?? assert.fail(),
      sha256(secret),
      client_id,
      '\0',
      'x'.repeat(100_000),
    ]
    for (const attempt of [request, renewal]) {
      notAuthenticated(await byBody(attempt, client_id), false)
      for (const guess of wrong) {
        notAuthenticated(await byBody(attempt, client_id, guess), false)
        notAuthenticated(await byHeader(attempt, client_id, guess), true)
      }
      notAuthenticated(await post(app, '/token', attempt), false)
      granted(await byHeader(attempt, client_id, secret))
    }
  }
})

test('A-103 an unknown or deleted client: 401 invalid_client, on which known clients register again', async () => {
  const gone = await registerClient(app, CONFIDENTIAL_CLIENT)
  const goneOpen = await registerClient(app)
  const [request, openRequest] = [await unproved(gone), await unproved(goneOpen)]
  const { refresh_token } = await tokensFor(target, goneOpen)
  for (const { client_id } of [gone, goneOpen]) {
    await app.store.clients.remove(client_id, { at: app.now(), type: 'client.deleted' })
  }
  const secret = secretOf(gone)
  notAuthenticated(await byHeader(request, gone.client_id, secret), true)
  notAuthenticated(await byBody(request, gone.client_id, secret), false)
  notAuthenticated(await byBody(openRequest, goneOpen.client_id), false)
  notAuthenticated(await refresh(app, goneOpen, refresh_token), false)
  const strange = [
    'client_x',
    holder.client_id.toUpperCase(),
    `${holder.client_id} `,
    '__proto__',
    '\0',
    '%',
    'é',
  ]
  for (const id of [...strange, 'https://client.example/metadata.json', 'x'.repeat(100_000)]) {
    notAuthenticated(await byBody(await unproved(holder), id), false)
    notAuthenticated(await byBody(await unproved(holder), id, secretOf(holder)), false)
    notAuthenticated(await byHeader(await unproved(holder), id, secretOf(holder)), true)
  }
  for (const path of ['/revoke', '/introspect']) {
    notAuthenticated(await post(app, path, { token: refresh_token, client_id: goneOpen.client_id }), false)
    notAuthenticated(await post(app, path, { token: refresh_token }, basic(gone.client_id, secret)), true)
  }
})

test('A-103 an unknown client, a wrong secret and a wrong method are told alike', async () => {
  const request = await unproved(holder)
  const answers = [
    await byBody(request, 'client_x'),
    await byBody(request, 'client_x', 'x'),
    await byBody(request, holder.client_id),
    await byBody(request, holder.client_id, 'x'),
    await byBody(request, open.client_id, 'x'),
  ]
  assert.equal(new Set(answers.map(({ body }) => body.error_description)).size, 1)
})

test('A-104 the wrong method: a secret for a public client, none for a confidential one', async () => {
  const request = await unproved(open)
  for (const secret of ['x', secretOf(holder), open.client_id]) {
    notAuthenticated(await byBody(request, open.client_id, secret), false)
    notAuthenticated(await byHeader(request, open.client_id, secret), true)
  }
  notAuthenticated(await byBody(request, holder.client_id), false)
  // Known clients send an empty secret where they were given none.
  granted(await byHeader(request, open.client_id, ''))
  granted(await byBody(await unproved(open), open.client_id, ''))
  // And mix the two ways of sending one.
  granted(await byHeader(await unproved(poster), poster.client_id, secretOf(poster)))
  granted(await byBody(await unproved(holder), holder.client_id, secretOf(holder)))
})

test('A-104 an assertion is no method of any client here, and the register says so', async () => {
  const assertion = {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: 'eyJhbGciOiJub25lIn0.e30.',
  }
  for (const client of [open, holder]) {
    const request = await unproved(client)
    notAuthenticated(await post(app, '/token', { ...request, ...assertion }), false)
    const { client_id } = client
    notAuthenticated(await post(app, '/token', { ...request, ...assertion, client_id }), false)
  }
  const metadata = {
    ...PUBLIC_CLIENT,
    token_endpoint_auth_method: 'private_key_jwt',
    jwks_uri: 'https://client.example.com/keys',
  }
  const response = await postJson(app, `${app.url}/register`, metadata)
  const body = (await response.json()) as { error: string; error_description: string }
  assert.deepEqual([response.status, body.error], [400, 'invalid_client_metadata'])
  for (const listed of ['none', 'client_secret_basic', 'client_secret_post']) {
    assert.ok(body.error_description.includes(listed), body.error_description)
  }
})

test('A-105 two methods at once: invalid_request, though each of them is good', async () => {
  const secret = secretOf(holder)
  const { client_id } = holder
  const header = basic(client_id, secret)
  const request = await unproved(holder)
  const assertion = { client_assertion: 'x', client_assertion_type: 'urn:x' }
  for (const more of [
    { client_secret: secret },
    { client_secret: secret, client_id },
    { client_secret: 'wrong', client_id },
    assertion,
    { client_assertion: 'x' },
    { client_assertion_type: 'urn:x' },
  ]) {
    refused(await post(app, '/token', { ...request, ...more }, header), 'invalid_request')
  }
  refused(
    await post(app, '/token', { ...request, client_id, client_secret: secret, ...assertion }),
    'invalid_request',
  )
  granted(await post(app, '/token', request, header))
})

test('A-105 a client_id in the body that differs from that of the header: invalid_request', async () => {
  const request = await unproved(holder)
  const header = basic(holder.client_id, secretOf(holder))
  for (const client_id of [open.client_id, poster.client_id, holder.client_id.toUpperCase(), 'x', ' ']) {
    refused(await post(app, '/token', { ...request, client_id }, header), 'invalid_request')
  }
  granted(await post(app, '/token', { ...request, client_id: holder.client_id }, header))
})

test('A-105 two Authorization headers, or two credentials in one: 401', async () => {
  const request = new URLSearchParams(await unproved(holder))
  const good = basic(holder.client_id, secretOf(holder)).authorization
  const other = basic(poster.client_id, secretOf(poster)).authorization
  for (const pair of [
    [good, good],
    [good, other],
    [other, good],
    [good, 'Bearer x'],
  ]) {
    const headers = new Headers()
    for (const value of pair) headers.append('authorization', value)
    const response = await app.fetch(
      new Request(`${app.url}/token`, { method: 'POST', headers, body: request }),
    )
    assert.equal(response.status, 401)
    assert.match(response.headers.get('www-authenticate') ?? '', /^Basic realm="/)
  }
})

test('A-106 an expired secret: 401 invalid_client, from the second on that the register told', async () => {
  for (const metadata of [CONFIDENTIAL_CLIENT, POSTING_CLIENT]) {
    const client = await registerClient(app, metadata)
    const { client_secret_expires_at: expires } = client as RegisteredClient & {
      client_secret_expires_at: number
    }
    assert.equal(expires, app.now() + 90 * 86_400)
    app.advance(89 * 86_400)
    const { refresh_token } = await tokensFor(target, client)
    app.advance(86_400 - 1)
    const next = granted(await refresh(app, client, refresh_token))
    const request = await unproved(client)
    app.advance(1)
    const usedHeader = client.token_endpoint_auth_method === 'client_secret_basic'
    const answer = await refresh(app, client, next.refresh_token)
    notAuthenticated(answer, usedHeader)
    assert.match(String(answer.body.error_description), /expired/)
    notAuthenticated(await byHeader(request, client.client_id, secretOf(client)), true)
    notAuthenticated(await byBody(request, client.client_id, secretOf(client)), false)
    // Whoever has not got the secret is not told that it expired.
    const stranger = await byBody(request, client.client_id, 'x')
    assert.doesNotMatch(String(stranger.body.error_description), /expired/)
  }
  // The clients of this file are older than that by now.
  target = { ...target, holder: await registerClient(app, CONFIDENTIAL_CLIENT) }
  holder = target.holder
  poster = await registerClient(app, POSTING_CLIENT)
})

test('A-106 with CORPUSIQ_CLIENT_SECRET_TTL_DAYS=0 a secret never expires, and the register says 0', async () => {
  const other = await createTarget({ env: { CORPUSIQ_CLIENT_SECRET_TTL_DAYS: '0' } })
  await using _ = other.app
  assert.equal((other.holder as { client_secret_expires_at?: number }).client_secret_expires_at, 0)
  other.app.advance(50 * 365 * 86_400)
  await tokensFor(other, other.holder)
})

test('A-107 Basic in both encodings, with ids and secrets of any characters', async () => {
  const secret = 'a:b%41+c d/é😀=&'
  const encoded = (text: string) => encodeURIComponent(text).replaceAll('%20', '+')
  const all = (text: string) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('')
  const odd: Partial<Client> = { client_secret_hash: `sha256:${sha256(secret)}` }
  const { client_id } = await storeClient(app, POSTING_CLIENT_METADATA, odd)
  const client: RegisteredClient = { ...poster, client_id, client_secret: secret }
  granted(await byHeader(await unproved(client), client_id, secret))
  granted(await byHeader(await unproved(client), encoded(client_id), encoded(secret)))
  granted(await byHeader(await unproved(client), all(client_id), all(secret)))
  // Neither encoding opens what only a mixture of the two would.
  const request = await unproved(client)
  for (const wrong of [secret.replaceAll('%41', 'A'), secret.replace('+', ' '), encoded(encoded(secret))]) {
    notAuthenticated(await byHeader(request, client_id, wrong), true)
  }
  granted(await byHeader(request, client_id, secret))

  // A form-encoded id with a colon in it, which raw would end there.
  const colon = 'client:with:colons'
  await storeClient(app, POSTING_CLIENT_METADATA, { ...odd, client_id: colon })
  const second: RegisteredClient = { ...poster, client_id: colon, client_secret: secret }
  granted(await byHeader(await unproved(second), encoded(colon), encoded(secret)))
  notAuthenticated(await byHeader(await unproved(second), colon, secret), true)
})

const POSTING_CLIENT_METADATA = { token_endpoint_auth_method: 'client_secret_post' } as const

test('A-107 broken Basic credentials: 401 with a challenge, never a failure of ours', async () => {
  const request = await unproved(holder)
  const good = Buffer.from(`${holder.client_id}:${secretOf(holder)}`)
  const base64 = good.toString('base64')
  const encode = (text: string) => Buffer.from(text, 'latin1').toString('base64')
  for (const authorization of [
    'Basic',
    'Basic ',
    'Basic !!!',
    'Basic =',
    'Basic ====',
    'Basic a',
    `Basic ${encode('no colon')}`,
    `Basic ${encode(':')}`,
    `Basic ${encode(`:${secretOf(holder)}`)}`,
    `Basic ${encode('\0:\0')}`,
    `Basic ${encode('\xff\xfe:\xff')}`,
    `Basic ${encode(`${holder.client_id}:%`)}`,
    `Basic ${encode(`${holder.client_id}:%zz`)}`,
    `Basic ${encode(`${holder.client_id}:%ff%fe`)}`,
    `Basic ${encode(`%:${secretOf(holder)}`)}`,
    `Basic ${base64} ${base64}`,
    `Basic ${base64}, Basic ${base64}`,
    `Basic ${base64}!`,
    `Basic\t${base64}`,
    `Basic${base64}`,
    `Basic "${base64}"`,
    base64,
    `Bearer ${base64}`,
    `Digest ${base64}`,
    `Basic ${'='.repeat(16_000)}`,
    `Basic ${'A'.repeat(16_000)}`,
    `Basic ${encode(`${':'.repeat(12_000)}`)}`,
    `Basic ${encode('%'.repeat(12_000))}`,
  ]) {
    notAuthenticated(await post(app, '/token', request, { authorization }), true)
  }
  for (const authorization of [`basic ${base64}`, `BASIC  ${base64}`, `Basic ${base64.replace(/=+$/, '')}`]) {
    granted(await post(app, '/token', await unproved(holder), { authorization }))
  }
})
