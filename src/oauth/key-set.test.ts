import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import type { JsonValue } from './json.ts'
import { parseKeySet } from './key-set.ts'
import { MemberFault } from './member-fault.ts'

type Jwk = { [name: string]: JsonValue }
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')
const jwk = (key: { export(options: { format: 'jwk' }): unknown }) => key.export({ format: 'jwk' }) as Jwk

function refused(value: JsonValue, why: RegExp): void {
  const fault = parseKeySet(value)
  assert.ok(fault instanceof MemberFault, `accepted: ${JSON.stringify(value)}`)
  assert.match(fault.about('jwks'), why)
}

test('RFC 7591 §2 a JWK Set of public keys is kept as it is', () => {
  const keys = [
    jwk(rsa.publicKey),
    { ...jwk(ec.publicKey), kid: 'a', use: 'sig', alg: 'ES256' },
    jwk(ed.publicKey),
  ]
  assert.deepEqual(parseKeySet({ keys }), { keys })
})

test('A-014 private and symmetric keys are refused', () => {
  for (const key of [rsa.privateKey, ec.privateKey, ed.privateKey]) {
    refused({ keys: [jwk(ec.publicKey), jwk(key)] }, /^jwks\.keys\[1\] has a private part/)
  }
  refused({ keys: [{ kty: 'oct', k: 'AAAA' }] }, /private part/)
  refused({ keys: [{ ...jwk(ec.publicKey), d: null }] }, /private part/)
  refused({ keys: [{ kty: 'oct' }] }, /"kty"/)
})

test('A-014 RFC 7518 §3.3 RSA keys have 2048 bits or more', () => {
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 })
  refused({ keys: [jwk(small.publicKey)] }, /2048/)
  // As many bytes as a good one, but zeros.
  const n = Buffer.concat([Buffer.alloc(200), Buffer.from(String(jwk(small.publicKey).n), 'base64url')])
  refused({ keys: [{ kty: 'RSA', n: n.toString('base64url'), e: 'AQAB' }] }, /2048/)
  refused({ keys: [{ ...jwk(rsa.publicKey), e: 'AQ' }] }, /exponent/)
  refused({ keys: [{ kty: 'RSA', n: 'x'.repeat(2000), e: 'AQAB' }] }, /8192/)
})

test('A-014 what is no set of keys is refused', () => {
  const key = jwk(ec.publicKey)
  for (const value of [[], 'x', 1, { keys: {} }, {}, { keys: key }]) refused(value as JsonValue, /JWK Set/)
  refused({ keys: [] }, /between 1 and 20/)
  refused({ keys: Array<JsonValue>(21).fill(key) }, /between 1 and 20/)
  refused({ keys: [null] }, /must be an object/)
  refused({ keys: [{ ...key, crv: 'P-384' }] }, /curve/)
  refused({ keys: [{ ...key, crv: 'toString' }] }, /curve/)
  refused({ keys: [{ ...key, y: '=' }] }, /curve/)
  refused({ keys: [{ kty: 'EC', crv: 'x' }] }, /curve/)
  refused({ keys: [{ ...key, kid: null }] }, /kid/)
  refused({ keys: [{ ...key, kid: '' }] }, /kid/)
  refused({ keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AA' }] }, /curve/)
})

test('A-014 RFC 7518 §6 the bounds of keys, on both sides', () => {
  const number = (bits: number) => {
    const bytes = Buffer.alloc(Math.ceil(bits / 8), 0xff)
    bytes[0] = 0xff >> (8 * bytes.length - bits)
    return bytes.toString('base64url')
  }
  const key = (n: number, e: number): JsonValue => ({ kty: 'RSA', n: number(n), e: number(e) })
  for (const good of [key(2048, 2), key(8192, 2), key(2048, 64)]) {
    assert.deepEqual(parseKeySet({ keys: [good] }), { keys: [good] })
  }
  refused({ keys: [key(2047, 17)] }, /2048/)
  refused({ keys: [key(8193, 17)] }, /8192/)
  refused({ keys: [key(2048, 1)] }, /exponent/)
  refused({ keys: [key(2048, 65)] }, /exponent/)
  const twenty = Array<JsonValue>(20).fill(key(2048, 17))
  assert.deepEqual(parseKeySet({ keys: twenty }), { keys: twenty })
})

test('A-014 RFC 7517 §4 a member that is no text of its alphabet is refused, and named', () => {
  const rsaKey = jwk(rsa.publicKey)
  for (const n of [undefined, 1, null, [rsaKey.n], '', 'AA', `${rsaKey.n}=`, `!${rsaKey.n}`]) {
    refused({ keys: [{ ...rsaKey, n: n as JsonValue }] }, /must have between 2048 and 8192 bits/)
  }
  refused({ keys: [{ ...rsaKey, n: 'A'.repeat(400) }] }, /2048/)
  const ecKey = jwk(ec.publicKey)
  for (const x of [1, ['A'], `!${ecKey.x}`, `${ecKey.x}=`]) {
    refused({ keys: [{ ...ecKey, x }] }, /must have a curve of P-256, P-384, P-521 and its coordinates$/)
  }
  refused(
    { keys: [{ ...jwk(ed.publicKey), x: 'AA' }] },
    /a curve of Ed25519, Ed448, X25519, X448 and its coordinate$/,
  )
  for (const name of ['kid', 'alg', 'use'])
    refused({ keys: [{ ...rsaKey, [name]: 1 }] }, new RegExp(`a ${name} that`))
  refused({ keys: [[] as unknown as JsonValue] }, /must be an object/)
  refused({ keys: [1, 'x'] }, /must be an object/)
})

test('A-014 RFC 7518 §6.3.2 every member of a private key is refused by itself', () => {
  for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']) {
    refused({ keys: [{ ...jwk(rsa.publicKey), [name]: 'AAAA' }] }, /private part/)
  }
})

test('RFC 7518 §6.3.1.1 zeros in front of a number are no part of its length', () => {
  const n = Buffer.concat([Buffer.alloc(1), Buffer.from(String(jwk(rsa.publicKey).n), 'base64url')])
  const key = { ...jwk(rsa.publicKey), n: n.toString('base64url') }
  assert.deepEqual(parseKeySet({ keys: [key] }), { keys: [key] })
})
