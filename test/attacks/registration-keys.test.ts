/** Group 1, what comes in: keys and pages that a client names. */

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { REDIRECT } from '../support/registering.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { isRefusedMetadata, registers } from './hostile-registration.ts'

let app: TestApp
before(async () => {
  app = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
})
after(() => app[Symbol.asyncDispose]())

/** Expects the refusal of the `REDIRECT` client with these members. */
const isRefusedWith = (members: object, description: RegExp) =>
  isRefusedMetadata(app, { ...REDIRECT, ...members }, { description })

test('A-014 key sets that are private, symmetric, weak, empty, too many or doubly given are 400', async () => {
  const pair = {
    ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    okp: generateKeyPairSync('ed25519'),
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    weak: generateKeyPairSync('rsa', { modulusLength: 1024 }),
  }
  const good = {
    keys: [pair.ec, pair.okp, pair.rsa].map(({ publicKey }) => publicKey.export({ format: 'jwk' })),
  }
  for (const { privateKey } of [pair.ec, pair.okp, pair.rsa]) {
    const key = privateKey.export({ format: 'jwk' })
    await isRefusedWith({ jwks: { keys: [key] } }, /^jwks\.keys\[0\] has a private part/)
    await isRefusedWith({ jwks: { keys: [...good.keys, key] } }, /^jwks\.keys\[3\] has a private part/)
  }
  for (const secret of ['p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']) {
    const key = { ...good.keys[2], [secret]: 'AAAA' }
    await isRefusedWith({ jwks: { keys: [key] } }, /private part/)
  }
  await isRefusedWith({ jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }, /private part/)
  await isRefusedWith({ jwks: { keys: [{ kty: 'oct' }] } }, /^jwks\.keys\[0\] must have a .kty./)
  const weak = pair.weak.publicKey.export({ format: 'jwk' })
  await isRefusedWith({ jwks: { keys: [weak] } }, /between 2048 and 8192 bits/)
  await isRefusedWith({ jwks: { keys: [] } }, /between 1 and 20 keys/)
  await isRefusedWith({ jwks: { keys: Array(10_000).fill({}) } }, /between 1 and 20 keys/)
  await isRefusedWith({ jwks: { keys: Array(21).fill(good.keys[0]) } }, /between 1 and 20 keys/)
  const jwks_uri = 'https://client.example.org/jwks.json'
  await isRefusedWith({ jwks: good, jwks_uri }, /^jwks and jwks_uri must not both be present$/)

  assert.deepEqual((await registers(app, { ...REDIRECT, jwks: good })).jwks, good)
  assert.equal((await registers(app, { ...REDIRECT, jwks_uri })).jwks_uri, jwks_uri)
})

test('A-015 pages and keys of a client at active, local, relative or user-info URLs are 400', async () => {
  const bad = [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'data:image/svg+xml;base64,PHN2Zy8+',
    'vbscript:x',
    'blob:https://c.example/x',
    'file:///etc/passwd',
    'ftp://c.example/',
    'cursor://c.example/',
    '/logo.png',
    '//c.example/logo.png',
    'logo.png',
    'c.example',
    'https:c.example',
    'https:///c.example',
    'https:\\\\c.example',
    'https://user@c.example/',
    'https://u:p@c.example/',
    'https://c.example/a b',
    'https://c.example/é',
    `https://c.example/${'x'.repeat(2000)}`,
  ]
  for (const member of [
    'client_uri',
    'logo_uri',
    'tos_uri',
    'policy_uri',
    'jwks_uri',
    'logo_uri#fr',
    'client_uri#de',
  ]) {
    for (const uri of bad) await isRefusedWith({ [member]: uri }, new RegExp(`^${member} `))
  }
  await isRefusedWith({ jwks_uri: 'http://client.example.org/jwks' }, /^jwks_uri must begin with https:/)
  await isRefusedWith({ jwks_uri: 'http://127.0.0.1/jwks' }, /^jwks_uri must begin with https:/)
})
