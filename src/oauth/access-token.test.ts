import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessTokenHeader, accessTokenKey, judgeClaims } from './access-token.ts'
import { encodePart, parseJwt } from './jwt.ts'

const ours = { issuer: 'https://a.example', resource: 'https://a.example/mcp', now: 1000 }
const claims = {
  iss: ours.issuer,
  aud: ours.resource,
  sub: 'account_1',
  client_id: 'client_1',
  scope: 'corpus:read',
  jti: 'at_1',
  iat: 1000,
  exp: 4600,
  grant_id: 'grant_1',
}

test('RFC 9068 §4 the header of an access token, "at+jwt" or "application/at+jwt", in any case', () => {
  assert.equal(accessTokenKey(accessTokenHeader('k')), 'k')
  for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/At+Jwt']) {
    assert.equal(accessTokenKey({ alg: 'ES256', typ, kid: 'k' }), 'k')
  }
})

test('A-128 another typ, A-123 another alg, A-125 anything that brings a key along', () => {
  const good = { alg: 'ES256', typ: 'at+jwt', kid: 'k' }
  const bad = [
    ...['JWT', 'jwt', 'application/jwt', '', undefined, 'x/at+jwt', 'at+jwt ', ['at+jwt']].map((typ) => ({
      typ,
    })),
    ...['none', 'None', 'nOnE', '', 'HS256', 'es256', 'ES384', 'RS256', undefined, ['ES256']].map((alg) => ({
      alg,
    })),
    ...[undefined, 1, null, ['k'], { k: 1 }].map((kid) => ({ kid })),
    { jwk: {} },
    { jku: 'https://evil.example' },
    { x5u: 'https://evil.example' },
    { x5c: [] },
    { crit: ['exp'] },
    { crit: [] },
  ]
  for (const change of bad) {
    assert.equal(accessTokenKey({ ...good, ...change }), undefined, JSON.stringify(change))
  }
})

test('RFC 9068 §4 the claims of a token that is for us and valid now', () => {
  assert.deepEqual(judgeClaims({ ...claims, more: 1 }, ours), claims)
  assert.deepEqual(judgeClaims({ ...claims, nbf: 1000 }, ours), claims)
  assert.deepEqual(judgeClaims({ ...claims, exp: 1001 }, ours), { ...claims, exp: 1001 })
})

test('A-127 expired, not valid yet, from the future, without exp', () => {
  for (const change of [
    { exp: 1000 },
    { exp: 999 },
    { exp: undefined },
    { exp: '4600' },
    { exp: null },
    { exp: Number.POSITIVE_INFINITY },
    { nbf: 1060 },
    { nbf: 'x' },
    { nbf: null },
    { iat: 1060 },
    { iat: undefined },
  ]) {
    assert.equal(typeof judgeClaims({ ...claims, ...change }, ours), 'string', JSON.stringify(change))
  }
})

test('A-129 another issuer or audience, or a list that has ours among others', () => {
  for (const change of [
    { iss: 'https://a.example/' },
    { iss: undefined },
    { aud: 'https://a.example' },
    { aud: 'https://a.example/mcp/' },
    { aud: [ours.resource, 'https://b.example'] },
    { aud: [ours.resource] },
    { aud: undefined },
    { sub: undefined },
    { sub: '' },
    { client_id: 1 },
    { jti: undefined },
    { scope: ['corpus:read'] },
    { grant_id: undefined },
  ]) {
    assert.equal(typeof judgeClaims({ ...claims, ...change }, ours), 'string', JSON.stringify(change))
  }
})

test('RFC 7515 §3.1 a compact JWS is three parts of canonical base64url, two of them JSON objects', () => {
  const [head, body] = [encodePart({ alg: 'ES256' }), encodePart({ a: 1 })]
  const signature = Buffer.alloc(64, 7).toString('base64url')
  const jwt = parseJwt(`${head}.${body}.${signature}`)
  assert.deepEqual(jwt, {
    header: { alg: 'ES256' },
    payload: { a: 1 },
    signed: `${head}.${body}`,
    signature: Buffer.alloc(64, 7),
  })
})

test('A-126 one signature has one spelling', () => {
  const [head, body] = [encodePart({ alg: 'ES256' }), encodePart({ a: 1 })]
  const signature = Buffer.alloc(64).toString('base64url')
  assert.ok(parseJwt(`${head}.${body}.${signature}`))
  // 86 characters carry 516 bits: the last four are spare, and a decoder drops them.
  for (const other of [`${signature.slice(0, -1)}B`, `${signature}==`, `${signature} `, '']) {
    assert.equal(parseJwt(`${head}.${body}.${other}`), undefined, other)
  }
})

test('what is no JWT', () => {
  const body = encodePart({ a: 1 })
  const texts = ['', '.', '..', 'a.b', `${body}.${body}`, `${body}.${body}.`, `${body}.${body}.AAAA.AAAA`]
  const arrays = [`${encodePart([])}.${body}.AAAA`, `${body}.${encodePart([1])}.AAAA`, `bnVsbA.${body}.AAAA`]
  for (const text of [...texts, ...arrays, `${body}.!.AAAA`, `AAAA.${body}.AAAA`, 'a'.repeat(100_000)]) {
    assert.equal(parseJwt(text), undefined, text.slice(0, 40))
  }
})

test('RFC 7519 §4.1.5 a clock that is ten seconds ahead is still one of the house, one second more is not', () => {
  for (const claim of ['iat', 'nbf'] as const) {
    assert.equal(typeof judgeClaims({ ...claims, [claim]: 1010 }, ours), 'object', claim)
    assert.equal(judgeClaims({ ...claims, [claim]: 1011 }, ours), 'not valid yet', claim)
  }
})

test('RFC 9068 §4 a refused token has its reason in the log', () => {
  for (const [change, reason] of [
    [{ iss: 'https://b.example' }, 'another issuer'],
    [{ aud: 'https://b.example' }, 'another audience'],
    [{ iat: '1000' }, 'no time or a wrong one'],
    [{ exp: 1000 }, 'expired'],
    [{ sub: '' }, 'a claim is missing'],
    [{ scope: 1 }, 'a claim is missing'],
  ] as const) {
    assert.equal(judgeClaims({ ...claims, ...change }, ours), reason)
  }
})
