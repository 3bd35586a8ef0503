import assert from 'node:assert/strict'
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:http'
import { after, afterEach, before, test } from 'node:test'
import { exportJWK, SignJWT } from 'jose'
import { createForger, type Forger, HEADER, KID, signByHand } from '../support/forger.ts'
import { assertServed, createTarget, mcpStatus, type Target } from '../support/target.ts'

let target: Target
let app: Target['app']
let forger: Forger

before(async () => {
  target = await createTarget()
  app = target.app
  forger = await createForger(target)
})
afterEach(async () => {
  assert.equal(await mcpStatus(app, forger.genuine), 200)
  await assertServed(target)
})
after(() => app[Symbol.asyncDispose]())

const claim = (changes = {}) => forger.claim(changes)
const forge = (changes = {}, header = {}) => forger.forge(changes, header)
const isRefused = (token: string, message?: string) => forger.isRefused(token, message)
const signed = (header: string, payload: string, by = forger.key) => signByHand(header, payload, by)
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

test('the control of all that follows: what is signed here and unchanged is let in', async () => {
  assert.equal(await mcpStatus(app, await forge()), 200)
  assert.equal(await mcpStatus(app, signed(JSON.stringify(HEADER), JSON.stringify(claim()))), 200)
  assert.equal(await mcpStatus(app, await forge({}, { typ: 'application/at+jwt' })), 200)
})

test('A-123 alg none, in every spelling, with an empty and any other signature', async () => {
  const [, , signature = ''] = forger.genuine.split('.')
  for (const alg of ['none', 'None', 'nOnE', 'NONE', 'none ', '', null, false, 0, [], ['ES256'], ['none']]) {
    for (const header of [{ ...HEADER, alg }, { alg, typ: 'at+jwt' }, { alg }]) {
      const text = `${part(header)}.${part(claim())}`
      for (const end of ['', 'AA', signature, Buffer.alloc(64).toString('base64url')]) {
        await isRefused(`${text}.${end}`)
      }
      if (header.alg !== '') await isRefused(text)
    }
    // With a good signature as well: the header alone decides.
    await isRefused(signed(JSON.stringify({ ...HEADER, alg }), JSON.stringify(claim())))
  }
  await isRefused(signed(JSON.stringify({ typ: 'at+jwt', kid: KID }), JSON.stringify(claim())))
})

test('A-123 an empty signature under the right header', async () => {
  const [header, payload, signature] = forger.genuine.split('.')
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
  const keySet = await response.text()
  const { keys } = JSON.parse(keySet) as { keys: { kid: string; x: string; y: string }[] }
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
      keySet,
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
        const text = `${part({ ...HEADER, kid, alg })}.${part(claim())}`
        await isRefused(`${text}.${createHmac(digest, secret).update(text).digest('base64url')}`)
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
        await isRefused(signed(header, JSON.stringify(claim()), mine.privateKey), header)
      }
      // Also where the signature is good: a token of ours never has such a header.
      await isRefused(signed(JSON.stringify({ ...HEADER, ...more }), JSON.stringify(claim())))
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
    await isRefused(signed(header, JSON.stringify(claim()), mine), header)
    await isRefused(signed(header, JSON.stringify(claim())), header)
  }
  // RFC 7515 §4.1.11: what is critical and not understood is refused.
  for (const crit of [['exp'], ['b64'], []]) {
    const header = JSON.stringify({ ...HEADER, crit, b64: true })
    await isRefused(signed(header, JSON.stringify(claim())))
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
  const [, , own] = forger.genuine.split('.')
  const text = `${header}.${payload}`
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
  const one = Buffer.alloc(32)
  one[31] = 1
  const zero = Buffer.alloc(32)
  const raw = sign('sha256', Buffer.from(text), { key: forger.key, dsaEncoding: 'ieee-p1363' })
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
    sign('sha256', Buffer.from(text), { key: forger.key, dsaEncoding: 'der' }),
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
