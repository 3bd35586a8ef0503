import assert from 'node:assert/strict'
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer } from 'node:http'
import { after, afterEach, before, test } from 'node:test'
import { decodeJwt, exportJWK, SignJWT } from 'jose'
import { callMcp } from '../support/scenario.ts'
import { assertServed, createTarget, mcpStatus, type Target, tokensFor } from '../support/target.ts'

let target: Target
let app: Target['app']
/** A token of the server's own, and what it says. */
let genuine: string
let claims: Readonly<Record<string, unknown>>
/** A key that signs for the server and that this test holds too: what it signs is wrong by nothing but its content. */
let key: KeyObject

const KID = 'key_of_this_test'
const HEADER = { alg: 'ES256', typ: 'at+jwt', kid: KID }

before(async () => {
  target = await createTarget()
  app = target.app
  genuine = (await tokensFor(target, target.open)).access_token
  claims = decodeJwt(genuine)
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  key = pair.privateKey
  // Retired from the start, so that it verifies while the server signs with its own.
  const public_jwk = JSON.stringify(await exportJWK(pair.publicKey))
  const shared = { kid: KID, alg: 'ES256' as const, public_jwk, private_key: '', retired_at: undefined }
  const [own] = await app.store.keys.list()
  assert.ok(own)
  const audit = { at: app.now(), type: 'key.rotated' }
  await app.store.keys.rotate({ ...shared, created_at: app.now() }, app.now(), audit)
  await app.store.keys.rotate({ ...own, kid: 'key_of_the_server' }, app.now(), audit)
})
afterEach(async () => {
  assert.equal(await mcpStatus(app, genuine), 200)
  await assertServed(target)
})
after(() => app[Symbol.asyncDispose]())

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const inAnHour = () => app.now() + 3600

/** Claims of a live grant, with what the test changes of them; undefined leaves one out. */
const claim = (changes = {}) => ({ ...claims, iat: app.now(), exp: inAnHour(), ...changes })

/** A token that the shared key signed, by a foreign library. */
const forge = (changes = {}, header = {}) =>
  new SignJWT(claim(changes)).setProtectedHeader({ ...HEADER, ...header }).sign(key)

/** The same by hand, for headers and payloads that no library would make. */
function forgeRaw(header: string, payload: string, by: KeyObject = key): string {
  const text = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`
  return `${text}.${sign('sha256', Buffer.from(text), { key: by, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

/** 401 `invalid_token`, in the header and in the body, and nothing of why. */
async function isRefused(token: string, message?: string): Promise<void> {
  const response = await callMcp(app, token)
  const body = (await response.json()) as { error: string; error_description: string }
  assert.equal(response.status, 401, message ?? token)
  assert.equal(body.error, 'invalid_token')
  assert.match(
    response.headers.get('www-authenticate') ?? '',
    /^Bearer resource_metadata="[^"]+", scope="[^"]+", error="invalid_token", error_description="[^"]+"$/,
  )
  assert.equal(response.headers.get('cache-control'), 'no-store')
  assert.doesNotMatch(body.error_description, /signature|audience|issuer|alg|kid|key/i)
}

test('the control of all that follows: what is signed here and unchanged is let in', async () => {
  assert.equal(await mcpStatus(app, await forge()), 200)
  assert.equal(await mcpStatus(app, forgeRaw(JSON.stringify(HEADER), JSON.stringify(claim()))), 200)
  assert.equal(await mcpStatus(app, await forge({}, { typ: 'application/at+jwt' })), 200)
})

test('A-123 alg none, in every spelling, with an empty and any other signature', async () => {
  const [, , signature = ''] = genuine.split('.')
  for (const alg of ['none', 'None', 'nOnE', 'NONE', 'none ', '', null, false, 0, [], ['ES256'], ['none']]) {
    for (const header of [{ ...HEADER, alg }, { alg, typ: 'at+jwt' }, { alg }]) {
      const text = `${part(header)}.${part(claim())}`
      for (const end of ['', 'AA', signature, Buffer.alloc(64).toString('base64url')]) {
        await isRefused(`${text}.${end}`)
      }
      if (header.alg !== '') await isRefused(text)
    }
    // With a good signature as well: the header alone decides.
    await isRefused(forgeRaw(JSON.stringify({ ...HEADER, alg }), JSON.stringify(claim())))
  }
  await isRefused(forgeRaw(JSON.stringify({ typ: 'at+jwt', kid: KID }), JSON.stringify(claim())))
})

test('A-123 an empty signature under the right header', async () => {
  const [header, payload, signature] = genuine.split('.')
  for (const token of [
    `${header}.${payload}.`,
    `${header}.${payload}`,
    `${header}..${signature}`,
    `.${payload}.${signature}`,
    `${header}.${payload}.${signature}.`,
    `.${header}.${payload}.${signature}`,
    `${header}.${payload}.${signature}.${signature}`,
    `${header}.${payload}.=`,
    '..',
    '.',
    'a.b.c',
  ]) {
    await isRefused(token)
  }
})

test('A-124 HS256 signed with our public key, in every form it has', async () => {
  const response = await app.fetch(new Request(app.settings.jwksUri))
  const text = await response.text()
  const { keys } = JSON.parse(text) as { keys: { kid: string; x: string; y: string }[] }
  assert.ok(keys.some(({ kid }) => kid === KID))
  for (const { kid, ...jwk } of keys) {
    const publicKey = createPublicKey({ key: { ...jwk, kty: 'EC', crv: 'P-256' }, format: 'jwk' })
    const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
    const secrets = [
      pem,
      pem.trim(),
      pem.replaceAll('\n', '\r\n'),
      publicKey.export({ format: 'der', type: 'spki' }),
      JSON.stringify({ ...jwk, kid }),
      JSON.stringify(jwk),
      text,
      jwk.x,
      Buffer.from(jwk.x, 'base64url'),
      Buffer.concat([Buffer.of(4), Buffer.from(jwk.x, 'base64url'), Buffer.from(jwk.y, 'base64url')]),
      kid,
      '',
    ]
    for (const [alg, digest] of [
      ['HS256', 'sha256'],
      ['HS384', 'sha384'],
      ['HS512', 'sha512'],
      ['ES256', 'sha256'],
    ] as const) {
      for (const secret of secrets) {
        const signed = `${part({ ...HEADER, kid, alg })}.${part(claim())}`
        await isRefused(`${signed}.${createHmac(digest, secret).update(signed).digest('base64url')}`)
      }
    }
  }
})

test('A-125 a key that the token brings along or points at: refused, and nothing is fetched', async () => {
  const asked: (string | undefined)[] = []
  const evil = createServer((request, response) => {
    asked.push(request.url)
    response.end('{"keys":[]}')
  })
  await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve))
  try {
    const address = evil.address()
    assert.ok(typeof address === 'object' && address)
    const url = `http://127.0.0.1:${address.port}/keys`
    const mine = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = await exportJWK(mine.publicKey)
    const x5c = ['MIIB']
    for (const more of [
      { jwk },
      { jku: url },
      { x5u: url },
      { x5c },
      { jwk, jku: url, x5u: url, x5c },
      { x5t: 'x' },
    ]) {
      for (const kid of [KID, 'mine', undefined]) {
        const header = JSON.stringify({ ...HEADER, kid, ...more })
        await isRefused(forgeRaw(header, JSON.stringify(claim()), mine.privateKey), header)
      }
      // Also where the signature is good: a token of ours never has such a header.
      await isRefused(forgeRaw(JSON.stringify({ ...HEADER, ...more }), JSON.stringify(claim())))
    }
    assert.deepEqual(asked, [])
  } finally {
    evil.close()
  }
})

test('A-125 a kid with a path, SQL or a name of JavaScript in it; a critical extension', async () => {
  const mine = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  for (const kid of [
    '../../../../dev/null',
    '/dev/null',
    'file:///etc/passwd',
    'http://127.0.0.1/keys',
    "' OR 1=1 --",
    "x' UNION SELECT 'AA' --",
    '%',
    '*',
    '__proto__',
    'constructor',
    `${KID}\0`,
    KID.toUpperCase(),
    '',
    'x'.repeat(5000),
    null,
    1,
    true,
    [KID],
    { toString: KID },
  ]) {
    const header = JSON.stringify({ ...HEADER, kid })
    await isRefused(forgeRaw(header, JSON.stringify(claim()), mine), header)
    await isRefused(forgeRaw(header, JSON.stringify(claim())), header)
  }
  // RFC 7515 §4.1.11: what is critical and not understood is refused.
  for (const crit of [['exp'], ['b64'], []]) {
    const header = JSON.stringify({ ...HEADER, crit, b64: true })
    await isRefused(forgeRaw(header, JSON.stringify(claim())))
  }
})

test('A-126 one bit changed, anywhere in payload or signature', async () => {
  const token = await forge()
  const [header = '', payload = '', signature = ''] = token.split('.')
  const flipped = (text: string, bit: number) => {
    const bytes = Buffer.from(text, 'base64url')
    bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    return bytes.toString('base64url')
  }
  for (let bit = 0; bit < 512; bit++) await isRefused(`${header}.${payload}.${flipped(signature, bit)}`)
  for (let bit = 0; bit < Buffer.from(payload, 'base64url').length * 8; bit += 7) {
    await isRefused(`${header}.${flipped(payload, bit)}.${signature}`)
  }
  assert.equal(await mcpStatus(app, token), 200)
})

test('A-126 another spelling of a good signature: one token is one text', async () => {
  const [header, payload, signature = ''] = (await forge()).split('.')
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  // 64 bytes are 86 characters, the last of which has four bits to spare.
  const spare = alphabet[(alphabet.indexOf(signature.at(-1) ?? '') & 48) + 1]
  for (const spelled of [
    `${signature.slice(0, -1)}${spare}`,
    `${signature}=`,
    `${signature}==`,
    `${signature}A`,
  ]) {
    await isRefused(`${header}.${payload}.${spelled}`)
  }
  if (/[-_]/.test(signature)) {
    await isRefused(`${header}.${payload}.${signature.replaceAll('-', '+').replaceAll('_', '/')}`)
  }
})

test('A-126 the signature of another token; r = s = 0; beyond the order; DER instead of raw', async () => {
  const [header, payload] = (await forge()).split('.')
  const [, , other] = (await forge({ scope: 'corpus:read' })).split('.')
  const [, , own] = genuine.split('.')
  const text = `${header}.${payload}`
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
  const one = Buffer.alloc(32)
  one[31] = 1
  const zero = Buffer.alloc(32)
  const raw = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
  const [r, s] = [raw.subarray(0, 32), raw.subarray(32)]
  for (const bytes of [
    Buffer.concat([zero, zero]),
    Buffer.concat([one, zero]),
    Buffer.concat([zero, one]),
    Buffer.concat([order, order]),
    Buffer.concat([r, order]),
    Buffer.concat([order, s]),
    Buffer.alloc(64, 255),
    Buffer.concat([s, r]),
    Buffer.concat([raw, Buffer.alloc(1)]),
    Buffer.concat([Buffer.alloc(1), raw]),
    raw.subarray(0, 63),
    Buffer.alloc(1),
    sign('sha256', Buffer.from(text), { key, dsaEncoding: 'der' }),
    Buffer.from('3006020100020100', 'hex'),
  ]) {
    await isRefused(`${text}.${bytes.toString('base64url')}`, bytes.toString('hex'))
  }
  for (const borrowed of [other, own]) await isRefused(`${text}.${borrowed}`)
  assert.equal(await mcpStatus(app, `${text}.${raw.toString('base64url')}`), 200)
})

test('A-126 another algorithm, curve or key', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
  const ed25519 = generateKeyPairSync('ed25519').privateKey
  for (const [alg, by] of [
    ['RS256', rsa],
    ['PS256', rsa],
    ['ES384', p384],
    ['EdDSA', ed25519],
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ] as const) {
    await isRefused(await new SignJWT(claim()).setProtectedHeader({ ...HEADER, alg }).sign(by), alg)
  }
  const text = `${part(HEADER)}.${part(claim())}`
  for (const by of [rsa, p384]) {
    await isRefused(`${text}.${sign('sha256', Buffer.from(text), by).toString('base64url')}`)
  }
})

test('A-127 expired, not valid yet, issued ahead, without an end', async () => {
  const now = app.now()
  for (const changes of [
    { exp: now },
    { exp: now - 1 },
    { exp: 0 },
    { exp: -1 },
    { exp: undefined },
    { exp: null },
    { exp: `${now + 60}` },
    { exp: [now + 60] },
    { nbf: now + 60 },
    { nbf: now + 86_400 },
    { nbf: `${now}` },
    { nbf: null },
    { iat: now + 60 },
    { iat: now + 86_400 },
    { iat: undefined },
    { iat: null },
    { iat: `${now}` },
  ]) {
    await isRefused(await forge(changes), JSON.stringify(changes))
  }
  const endless = JSON.stringify(claim({ exp: 0 })).replace('"exp":0', '"exp":1e999')
  await isRefused(forgeRaw(JSON.stringify(HEADER), endless))
  // The neighbours that are good: the last second, and clocks that differ a little.
  for (const changes of [
    { exp: now + 1 },
    { nbf: now },
    { nbf: now + 5 },
    { iat: now + 5 },
    { iat: now - 3000 },
  ]) {
    assert.equal(await mcpStatus(app, await forge(changes)), 200, JSON.stringify(changes))
  }
})

test('A-127 a token that was good a second ago expires on the second', async () => {
  const token = await forge({ exp: app.now() + 2 })
  assert.equal(await mcpStatus(app, token), 200)
  app.advance(1)
  assert.equal(await mcpStatus(app, token), 200)
  app.advance(1)
  await isRefused(token)
})

test('A-128 a good signature over another type of token', async () => {
  const types = [
    'JWT',
    'jwt',
    'id+jwt',
    'ID',
    'logout+jwt',
    'dpop+jwt',
    'oauth-authz-req+jwt',
    'client-authentication+jwt',
  ]
  for (const typ of [
    ...types,
    'at+jwt2',
    'xat+jwt',
    'at+jwt ',
    'application/jwt',
    '',
    null,
    1,
    ['at+jwt'],
    undefined,
  ]) {
    await isRefused(forgeRaw(JSON.stringify({ ...HEADER, typ }), JSON.stringify(claim())), String(typ))
  }
  // An ID token, a client assertion, a logout token as others make them.
  const { client_id, sub } = claims
  const { issuer, resource } = app.settings
  const times = { iat: app.now(), exp: inAnHour() }
  for (const payload of [
    { iss: issuer, sub, aud: client_id, ...times, nonce: 'x' },
    { iss: client_id, sub: client_id, aud: issuer, ...times, jti: 'x' },
    { iss: issuer, aud: resource, sub, ...times },
  ]) {
    await isRefused(forgeRaw(JSON.stringify({ alg: 'ES256', typ: 'JWT', kid: KID }), JSON.stringify(payload)))
    await isRefused(forgeRaw(JSON.stringify(HEADER), JSON.stringify(payload)))
  }
})

test('A-128 what is signed is no object, or lacks or bends a claim', async () => {
  for (const payload of [
    '[]',
    '""',
    '1',
    'null',
    'true',
    '',
    '{',
    '{}',
    '\xff\xfe',
    `${JSON.stringify(claim())}x`,
  ]) {
    await isRefused(forgeRaw(JSON.stringify(HEADER), payload), payload)
    await isRefused(forgeRaw(payload, JSON.stringify(claim())), payload)
  }
  for (const name of ['iss', 'aud', 'sub', 'client_id', 'scope', 'jti', 'grant_id']) {
    for (const value of [undefined, null, 1, [], {}, [claims[name]], { x: claims[name] }]) {
      await isRefused(await forge({ [name]: value }), `${name}: ${JSON.stringify(value)}`)
    }
  }
})

test('A-129 a token for another resource or of another issuer', async () => {
  const { resource, issuer } = app.settings
  for (const aud of [
    'https://other.example/mcp',
    app.url,
    `${app.url}/`,
    `${resource}/`,
    `${resource}/x`,
    `${resource}#`,
    `${resource} https://other.example`,
    resource.toUpperCase(),
    resource.replace('https', 'http'),
    target.open.client_id,
    [resource, 'https://other.example/mcp'],
    ['https://other.example/mcp', resource],
    [resource, resource],
    [],
    '',
    '*',
  ]) {
    await isRefused(await forge({ aud }), JSON.stringify(aud))
  }
  for (const iss of [
    'https://other.example',
    `${issuer}/`,
    issuer.toUpperCase(),
    `${issuer}.evil.example`,
    [issuer],
  ]) {
    await isRefused(await forge({ iss }), JSON.stringify(iss))
  }
})

test('A-129 a token of another server that has the same name: another key, another life', async () => {
  const other = await createTarget()
  await using site = other.app
  const { access_token } = await tokensFor(other, other.open)
  assert.equal(await mcpStatus(site, access_token), 200)
  await isRefused(access_token)
})
