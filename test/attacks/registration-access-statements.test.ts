/**
 * Group 5: software statements (RFC 7591 §2.3). This server trusts no issuer of them: whatever one says, and however it
 * is signed, a registration that carries one is refused whole, at every door, and nothing that it names is fetched.
 */
import assert from 'node:assert/strict'
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { initialAccessToken, registerBy } from '../support/initial-access.ts'
import { readBack, registerManaged, update } from '../support/managing.ts'
import { REDIRECT } from '../support/registering.ts'
import type { Answer } from '../support/stored.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { failures, isConsentPage, pageFor } from './hostile-registration.ts'

let app: TestApp
before(async () => {
  app = await createTestApp({ env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
})
after(async () => {
  assert.deepEqual(failures(app), [])
  await app[Symbol.asyncDispose]()
})

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const PUBLIC_PEM = publicKey.export({ type: 'spki', format: 'pem' })
const CLAIMS = {
  iss: 'https://publisher.example',
  software_id: '4NRB1-0XZABZI9E6-5SM3R',
  client_name: 'Example Statement-based Client',
  redirect_uris: ['https://publisher.example/callback'],
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A statement in order: signed by a key of its publisher. */
function signed(claims: object = CLAIMS, header: object = {}): string {
  const input = `${part({ alg: 'RS256', typ: 'JWT', ...header })}.${part(claims)}`
  return `${input}.${createSign('sha256').update(input).sign(privateKey).toString('base64url')}`
}

function maced(claims: object = CLAIMS): string {
  const input = `${part({ alg: 'HS256' })}.${part(claims)}`
  return `${input}.${createHmac('sha256', PUBLIC_PEM).update(input).digest('base64url')}`
}

/** Refused in the form of RFC 7591 §3.2.2; nothing stored. */
async function isRefused(metadata: object, codes: RegExp): Promise<void> {
  const before = await app.store.clients.count()
  isRefusal(await registerBy(app, undefined, metadata), codes)
  assert.equal(await app.store.clients.count(), before)
}

function isRefusal({ status, headers, body }: Answer, codes: RegExp): void {
  assert.equal(status, 400, JSON.stringify(body))
  assert.match(String(body.error), codes)
  assert.match(String(body.error_description), /software_statement/)
  assert.equal(headers.get('cache-control'), 'no-store')
}

const INVALID = /^invalid_software_statement$/
const UNAPPROVED = /^unapproved_software_statement$/

const FORGED: readonly [what: string, statement: string, codes: RegExp][] = [
  ['not signed', `${part({ alg: 'none' })}.${part(CLAIMS)}.`, INVALID],
  ['not signed, with a signature', `${part({ alg: 'none' })}.${part(CLAIMS)}.AAAA`, INVALID],
  ['not signed, in capitals', `${part({ alg: 'NONE' })}.${part(CLAIMS)}.AAAA`, UNAPPROVED],
  ['without an algorithm', `${part({})}.${part(CLAIMS)}.AAAA`, INVALID],
  ['an algorithm that is no text', `${part({ alg: ['RS256'] })}.${part(CLAIMS)}.AAAA`, INVALID],
  ['MACed by the public key', maced(), UNAPPROVED],
  ['of an issuer that nobody knows', signed(), UNAPPROVED],
  ['of this server itself', signed({ ...CLAIMS, iss: 'https://notes.example.com' }), UNAPPROVED],
  ['without an issuer', signed({ ...CLAIMS, iss: undefined }), INVALID],
  ['of an empty issuer', signed({ ...CLAIMS, iss: '' }), INVALID],
  ['expired', signed({ ...CLAIMS, exp: 1 }), UNAPPROVED],
  ['for somebody else', signed({ ...CLAIMS, aud: 'https://other.example' }), UNAPPROVED],
  ['with a critical header', signed(CLAIMS, { crit: ['b64'], b64: false }), UNAPPROVED],
  ['with its own key', signed(CLAIMS, { jwk: publicKey.export({ format: 'jwk' }) }), UNAPPROVED],
  [
    'a member twice',
    `${Buffer.from('{"alg":"RS256","alg":"none"}').toString('base64url')}.${part(CLAIMS)}.AAAA`,
    INVALID,
  ],
  ['of five parts', `${signed()}.AAAA.AAAA`, INVALID],
  ['of two parts', signed().split('.').slice(0, 2).join('.'), INVALID],
  ['padded', `${signed()}==`, INVALID],
  ['no JWT', 'statement', INVALID],
]

test('A-053 a forged statement is refused, whatever is wrong with it, at both doors', async () => {
  const client = await registerManaged(app)
  const before = await app.store.clients.find(client.client_id)
  for (const [what, software_statement, codes] of FORGED) {
    await isRefused({ ...REDIRECT, software_statement }, codes)
    isRefusal(await update(app, client, { ...REDIRECT, software_statement }), codes)
    assert.deepEqual(await app.store.clients.find(client.client_id), before, what)
  }
  for (const software_statement of [1, true, {}, ['x'], [signed()]]) {
    await isRefused({ ...REDIRECT, software_statement }, INVALID)
  }
})

test('A-053 a key that the statement names by its address is never fetched', async () => {
  const asked: string[] = []
  const keys = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'a', alg: 'RS256' }] }),
    )
  })
  keys.listen(0, '127.0.0.1')
  await once(keys, 'listening')
  const address = keys.address()
  assert.ok(typeof address === 'object' && address)
  const base = `http://127.0.0.1:${address.port}`
  try {
    for (const header of [{ jku: `${base}/jku` }, { x5u: `${base}/x5u` }, { kid: `${base}/kid` }]) {
      const claims = { ...CLAIMS, iss: base, jwks_uri: `${base}/jwks` }
      await isRefused({ ...REDIRECT, software_statement: signed(claims, header) }, UNAPPROVED)
    }
  } finally {
    keys.close()
    await once(keys, 'close')
  }
  assert.deepEqual(asked, [])
})

test('A-053 neither an initial access token nor a policy that asks for nothing lets a statement in', async () => {
  await using bound = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_ACCESS: 'token' } })
  const { token, token_id } = await initialAccessToken(bound, { uses_left: 1 })
  isRefusal(
    await registerBy(bound, `Bearer ${token}`, { ...REDIRECT, software_statement: signed() }),
    UNAPPROVED,
  )
  assert.equal(await bound.store.clients.count(), 0)
  const [left] = await bound.store.registrationTokens.list()
  assert.deepEqual([left?.token_id, left?.uses_left], [token_id, 1])
})

test('A-054 what stands beside a statement and contradicts it registers nothing, neither of the two', async () => {
  for (const beside of [
    { redirect_uris: ['https://evil.example/callback'] },
    { redirect_uris: CLAIMS.redirect_uris },
    { ...REDIRECT, client_name: 'Another' },
    { ...REDIRECT, software_id: 'another', scope: 'corpus:read' },
  ]) {
    await isRefused({ ...beside, software_statement: signed() }, UNAPPROVED)
  }
  // And what only the statement says is not said at all.
  const { status, body } = await registerBy(app, undefined, { software_statement: signed() })
  assert.deepEqual([status, body.error], [400, 'invalid_redirect_uri'])
})

test('A-055 a stolen statement beside one’s own address vouches for nothing', async () => {
  const own = { redirect_uris: ['https://thief.example/callback'], client_name: CLAIMS.client_name }
  await isRefused({ ...own, software_statement: signed() }, UNAPPROVED)
  // The publisher's id without its statement is a word like others: the page shows where the code goes.
  const client = await registerManaged(app, { ...own, software_id: CLAIMS.software_id })
  const page = await pageFor(app, client)
  isConsentPage(page)
  assert.match(page.text, /<p class="host">thief\.example<\/p>/)
  assert.doesNotMatch(page.text, /publisher\.example/)
  assert.ok(!('software_statement' in (await readBack(app, client)).body))
})
