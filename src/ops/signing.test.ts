import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importJWK, jwtVerify, SignJWT } from 'jose'
import { es256PublicKey, es256Signer, generateEs256Key, isEs256Signature } from './signing.ts'

const pair = generateEs256Key()
const sign = es256Signer(pair.private_key)
const key = es256PublicKey(pair.public_jwk)

test('RFC 7518 §3.4 what we sign a foreign library verifies', async () => {
  const text = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${Buffer.from('{"a":1}').toString('base64url')}`
  const { payload } = await jwtVerify(`${text}.${sign(text)}`, await importJWK(pair.public_jwk, 'ES256'))
  assert.deepEqual(payload, { a: 1 })
})

test('RFC 7518 §3.4 what a foreign library signs we verify', async () => {
  const { createPrivateKey } = await import('node:crypto')
  const privateKey = createPrivateKey({
    key: Buffer.from(pair.private_key, 'base64'),
    format: 'der',
    type: 'pkcs8',
  })
  const jwt = await new SignJWT({ a: 1 }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)
  const at = jwt.lastIndexOf('.')
  assert.ok(isEs256Signature(key, jwt.slice(0, at), Buffer.from(jwt.slice(at + 1), 'base64url')))
})

test('RFC 7517 §4 the public key has its public members and nothing else', () => {
  assert.deepEqual(Object.keys(pair.public_jwk), ['kty', 'crv', 'x', 'y'])
  assert.equal(Buffer.from(pair.public_jwk.x, 'base64url').length, 32)
})

test('A-126 r = s = 0, r or s of the order, DER, a flipped bit, other lengths', () => {
  const good = Buffer.from(sign('text'), 'base64url')
  assert.ok(isEs256Signature(key, 'text', good))
  assert.ok(!isEs256Signature(key, 'texu', good))
  const flipped = Buffer.from(good)
  flipped[20] = (flipped[20] ?? 0) ^ 1
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
  const der = Buffer.concat([
    Buffer.from([0x30, 68, 2, 32]),
    good.subarray(0, 32),
    Buffer.from([2, 32]),
    good.subarray(32),
  ])
  for (const bad of [
    flipped,
    Buffer.alloc(64),
    Buffer.concat([order, order]),
    Buffer.concat([Buffer.alloc(32), good.subarray(32)]),
    Buffer.concat([good.subarray(0, 32), Buffer.alloc(32)]),
    der,
    good.subarray(0, 63),
    Buffer.concat([good, Buffer.alloc(1)]),
    Buffer.alloc(0),
    Buffer.alloc(8),
  ]) {
    assert.equal(isEs256Signature(key, 'text', bad), false, bad.toString('hex'))
  }
})
