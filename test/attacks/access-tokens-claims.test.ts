import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { createForger, type Forger, HEADER, KID, signByHand } from '../support/forger.ts'
import { assertServed, createTarget, mcpStatus, type Target, tokensFor } from '../support/target.ts'

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

test('the control of all that follows: what is signed here and unchanged is let in', async () => {
  assert.equal(await mcpStatus(app, await forge()), 200)
  assert.equal(await mcpStatus(app, signed(JSON.stringify(HEADER), JSON.stringify(claim()))), 200)
  assert.equal(await mcpStatus(app, await forge({}, { typ: 'application/at+jwt' })), 200)
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
  await isRefused(signed(JSON.stringify(HEADER), endless))
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
    await isRefused(signed(JSON.stringify({ ...HEADER, typ }), JSON.stringify(claim())), String(typ))
  }
  // An ID token, a client assertion, a logout token as others make them.
  const { client_id, sub } = claim()
  const { issuer, resource } = app.settings
  const times = { iat: app.now(), exp: app.now() + 3600 }
  for (const payload of [
    { iss: issuer, sub, aud: client_id, ...times, nonce: 'x' },
    { iss: client_id, sub: client_id, aud: issuer, ...times, jti: 'x' },
    { iss: issuer, aud: resource, sub, ...times },
  ]) {
    await isRefused(signed(JSON.stringify({ alg: 'ES256', typ: 'JWT', kid: KID }), JSON.stringify(payload)))
    await isRefused(signed(JSON.stringify(HEADER), JSON.stringify(payload)))
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
    await isRefused(signed(JSON.stringify(HEADER), payload), payload)
    await isRefused(signed(payload, JSON.stringify(claim())), payload)
  }
  for (const name of ['iss', 'aud', 'sub', 'client_id', 'scope', 'jti', 'grant_id']) {
    for (const value of [undefined, null, 1, [], {}, [claim()[name]], { x: claim()[name] }]) {
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
