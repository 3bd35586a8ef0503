import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { Fault } from './fault.ts'
import type { JsonValue } from './json.ts'
import { parseKeySet } from './key-set.ts'

type Jwk = { [name: string]: JsonValue }
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')
const jwk = (key: { export(options: { format: 'jwk' }): unknown }) => key.export({ format: 'jwk' }) as Jwk

function refused(value: JsonValue, why: RegExp): void {
  const fault = parseKeySet(value)
  assert.ok(fault instanceof Fault, `accepted: ${JSON.stringify(value)}`)
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
