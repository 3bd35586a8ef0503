import assert from 'node:assert/strict'
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, exportJWK, jwtVerify, SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import type { AccessTokenClaims } from '../../src/oauth/grant.ts'
import { systemRandom } from '../../src/ops/random.ts'
import { createSealing } from '../../src/ops/sealing.ts'
import { rotateSigningKey } from '../../src/token/keyring.ts'
import { fetchOf, mcpStatus, refresh, type StoredClient, storeClient, storeGrant } from '../support/stored.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

let app: TestApp
let client: StoredClient
/** A live grant, and a key of the server that this test holds too. */
let grant: AccessTokenClaims
let key: KeyObject
const KID = 'key_of_this_test'

before(async () => {
  app = await createTestApp({ owner: false })
  client = await storeClient(app)
  grant = decodeJwt((await storeGrant(app, client)).access_token) as unknown as AccessTokenClaims
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  key = pair.privateKey
  const public_jwk = JSON.stringify(await exportJWK(pair.publicKey))
  const signing = { kid: KID, alg: 'ES256' as const, public_jwk, private_key: '', retired_at: undefined }
  await app.store.keys.rotate({ ...signing, created_at: app.now() }, app.now(), {
    at: app.now(),
    type: 'key.rotated',
  })
})
after(() => app[Symbol.asyncDispose]())

const HEADER = { alg: 'ES256', typ: 'at+jwt', kid: KID }
/** A token signed by a foreign library with a good key: what is wrong with it is what the test changes. */
const forge = (changes = {}, header = {}) =>
  new SignJWT({ ...grant, iat: app.now(), exp: app.now() + 60, ...changes })
    .setProtectedHeader({ ...HEADER, ...header })
    .sign(key)
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

async function keySet(): Promise<{ keys: { [name: string]: unknown; kid: string }[] }> {
  const response = await app.fetch(new Request(`${app.url}/.well-known/jwks.json`))
  assert.equal(response.status, 200)
  return (await response.json()) as Awaited<ReturnType<typeof keySet>>
}

test('RFC 9068 §2 the access token, as a foreign library verifies it by our key set', async () => {
  await using other = await createTestApp({ owner: false })
  const { access_token } = await storeGrant(other, await storeClient(other))
  const response = await other.fetch(new Request(`${other.url}/.well-known/jwks.json`))
  const { payload, protectedHeader } = await jwtVerify(
    access_token,
    createLocalJWKSet((await response.json()) as Parameters<typeof createLocalJWKSet>[0]),
    {
      issuer: other.settings.issuer,
      audience: other.settings.resource,
      typ: 'at+jwt',
      algorithms: ['ES256'],
      currentDate: new Date(other.now() * 1000),
    },
  )
  assert.deepEqual(Object.keys(protectedHeader).sort(), ['alg', 'kid', 'typ'])
  // §2.2: the REQUIRED claims, scope, and the grant.
  assert.deepEqual(Object.keys(payload).sort(), [
    'aud',
    'client_id',
    'exp',
    'grant_id',
    'iat',
    'iss',
    'jti',
    'scope',
    'sub',
  ])
  assert.equal(payload.exp, (payload.iat ?? 0) + 3600)
})

test('RFC 9068 §4 a foreign resource server takes it', async () => {
  await using other = await createTestApp({ owner: false })
  // That library asks the machine's clock.
  other.advance(Math.floor(Date.now() / 1000) - other.now())
  const { access_token } = await storeGrant(other, await storeClient(other))
  const as = { issuer: other.settings.issuer, jwks_uri: other.settings.jwksUri }
  const request = new Request(other.settings.resource, {
    headers: { authorization: `Bearer ${access_token}` },
  })
  const claims = await oauth.validateJwtAccessToken(as, request, other.settings.resource, {
    [oauth.customFetch]: fetchOf(other),
  })
  assert.equal(claims.scope, 'corpus:read corpus:search')
})

test('RFC 9068 §4 a good token of any maker that holds the key passes: the control of what follows', async () => {
  assert.equal(await mcpStatus(app, await forge()), 200)
  assert.equal(await mcpStatus(app, await forge({}, { typ: 'application/at+jwt' })), 200)
})

test('A-123 "The resource server MUST reject any JWT in which the value of "alg" is "none"."', async () => {
  const payload = part({ ...grant, exp: app.now() + 60 })
  for (const alg of ['none', 'None', 'nOnE', 'NONE', '']) {
    const text = `${part({ ...HEADER, alg })}.${payload}`
    for (const signature of ['', 'AA', Buffer.alloc(64).toString('base64url')]) {
      assert.equal(await mcpStatus(app, `${text}.${signature}`), 401)
    }
  }
})

test('A-124 HS256 signed with our public key', async () => {
  const jwk = (await keySet()).keys.find(({ kid }) => kid === KID)
  const publicKey = createPublicKey(key)
  const secrets = [
    JSON.stringify(jwk),
    String(jwk?.x),
    Buffer.from(String(jwk?.x), 'base64url'),
    publicKey.export({ format: 'pem', type: 'spki' }),
    publicKey.export({ format: 'der', type: 'spki' }),
    '',
  ]
  const text = `${part({ ...HEADER, alg: 'HS256' })}.${part({ ...grant, exp: app.now() + 60 })}`
  for (const secret of secrets) {
    const signature = createHmac('sha256', secret).update(text).digest('base64url')
    assert.equal(await mcpStatus(app, `${text}.${signature}`), 401)
  }
})

test('A-125 a key of its own by jwk, jku, x5u, x5c, or a kid that leads elsewhere', async () => {
  const evil = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = await exportJWK(evil.publicKey)
  for (const header of [
    {},
    { jwk },
    { jku: 'https://evil.example/jwks.json' },
    { x5u: 'https://evil.example/x' },
    { x5c: ['MIIB'] },
    { kid: '../../../../dev/null' },
    { kid: "' OR 1=1 --" },
    { kid: '__proto__' },
    { kid: '' },
  ]) {
    const token = await new SignJWT({ ...grant, exp: app.now() + 60 })
      .setProtectedHeader({ ...HEADER, ...header })
      .sign(evil.privateKey)
    assert.equal(await mcpStatus(app, token), 401, JSON.stringify(header))
  }
  // Signed with the good key, but bringing another along: a header of ours has no such members.
  assert.equal(await mcpStatus(app, await forge({}, { jwk })), 401)
  assert.equal(await mcpStatus(app, await forge({}, { jku: 'https://evil.example/jwks.json' })), 401)
})

test('A-126 a changed bit, the signature of another token, r = s = 0, another spelling of the same signature', async () => {
  const [header = '', payload = '', signature = ''] = (await forge()).split('.')
  assert.equal(await mcpStatus(app, `${header}.${payload}.${signature}`), 200)
  const other = (await forge({ jti: 'at_other' })).split('.')
  const flipped = Buffer.from(signature, 'base64url')
  flipped[40] = (flipped[40] ?? 0) ^ 1
  const last = signature.slice(-1)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const spelling = signature.slice(0, -1) + alphabet[alphabet.indexOf(last) + 1]
  assert.deepEqual(Buffer.from(spelling, 'base64url'), Buffer.from(signature, 'base64url'))
  for (const changed of [
    `${header}.${payload}.${other[2]}`,
    `${header}.${other[1]}.${signature}`,
    `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
    `${header}.${payload}.${spelling}`,
    `${header}.${payload}.${flipped.toString('base64url')}`,
    `${header}.${payload}.${signature}=`,
    `${header}.${payload}.`,
    `${header}.${payload}`,
    `${header}.${part({ ...grant, scope: 'corpus:read', exp: app.now() + 60 })}.${signature}`,
  ]) {
    assert.equal(await mcpStatus(app, changed), 401, changed)
  }
})

test('A-127 "The current time MUST be before the time represented by the "exp" claim."', async () => {
  const now = app.now()
  for (const changes of [{ exp: now }, { exp: now - 1 }, { exp: undefined }, { exp: String(now + 60) }]) {
    assert.equal(await mcpStatus(app, await forge(changes)), 401, JSON.stringify(changes))
  }
  assert.equal(await mcpStatus(app, await forge({ nbf: now + 60 })), 401)
  assert.equal(await mcpStatus(app, await forge({ iat: now + 60 })), 401)
})

test('A-127 a token that was verified before expires all the same', async () => {
  const token = await forge({ exp: app.now() + 5 })
  assert.equal(await mcpStatus(app, token), 200)
  app.advance(4)
  assert.equal(await mcpStatus(app, token), 200)
  app.advance(1)
  assert.equal(await mcpStatus(app, token), 401)
})

test('A-128 "The resource server MUST verify that the "typ" header value is "at+jwt" or "application/at+jwt" and reject tokens carrying any other value."', async () => {
  for (const typ of ['JWT', 'id+jwt', 'oauth-authz-req+jwt', 'logout+jwt', undefined, '']) {
    assert.equal(await mcpStatus(app, await forge({}, { typ })), 401, String(typ))
  }
})

test('A-129 "The resource server MUST validate that the "aud" claim contains a resource indicator value corresponding to an identifier the resource server expects for itself."', async () => {
  const { resource, issuer } = app.settings
  for (const aud of [
    'https://other.example/mcp',
    app.url,
    `${resource}/`,
    [resource, 'https://other.example'],
    undefined,
  ]) {
    assert.equal(await mcpStatus(app, await forge({ aud })), 401, JSON.stringify(aud))
  }
  for (const iss of ['https://other.example', `${issuer}/`, undefined]) {
    assert.equal(await mcpStatus(app, await forge({ iss })), 401, String(iss))
  }
})

test('A-131 a token of no live grant', async () => {
  assert.equal(await mcpStatus(app, await forge({ grant_id: 'grant_unknown' })), 401)
  assert.equal(await mcpStatus(app, await forge({ grant_id: undefined })), 401)
  assert.equal(await mcpStatus(app, await forge({ grant_id: '' })), 401)
})

test('RFC 7517 §5 the key set: public members, kid, alg, use, and nothing private', async () => {
  for (const each of (await keySet()).keys) {
    assert.deepEqual(Object.keys(each).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    assert.equal(each.alg, 'ES256')
    assert.equal(each.use, 'sig')
  }
})

test('RFC 9068 §4 rotation: the next token by the new key, at once; the old one good until its end, then its key goes', async () => {
  const sealing = createSealing(randomBytes(32))
  await using other = await createTestApp({ owner: false, sealing })
  const by = await storeClient(other)
  const before = await storeGrant(other, by)
  const kids = async () => {
    const response = await other.fetch(new Request(`${other.url}/.well-known/jwks.json`))
    return ((await response.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
  }
  const first = decodeProtectedHeader(before.access_token).kid ?? ''
  assert.deepEqual(await kids(), [first])
  const rotate = () =>
    rotateSigningKey({
      keys: other.store.keys,
      sealing,
      now: other.now,
      random: systemRandom,
      accessTokenTtl: 3600,
    })
  const second = await rotate()
  assert.deepEqual(await kids(), [second, first])
  const after = await refresh(other, by, before.refresh_token)
  assert.equal(decodeProtectedHeader(String(after.body.access_token)).kid, second)
  assert.equal(await mcpStatus(other, before.access_token), 200)
  assert.equal(await mcpStatus(other, after.body.access_token), 200)
  other.advance(86_400 + 61)
  assert.deepEqual(await kids(), [second])
  await rotate()
  assert.equal((await other.store.keys.list()).length, 2)
})

test('two servers that start at once sign with one key', async () => {
  await using other = await createTestApp({ owner: false })
  await Promise.all(Array.from({ length: 5 }, () => other.fetch(new Request(other.settings.jwksUri))))
  assert.equal((await other.store.keys.list()).length, 1)
})

test('a key that another secret sealed is told before the first request, and a new one is the way out', async () => {
  await using other = await createTestApp({ owner: false })
  const strangers = { sealing: createSealing(randomBytes(32)), now: other.now, random: systemRandom }
  await rotateSigningKey({ keys: other.store.keys, accessTokenTtl: 3600, ...strangers })
  await assert.rejects(other.app.prepare(), /keys rotate/)
})
