import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodePart, parseJwt } from './jwt.ts'

const part = (text: string) => Buffer.from(text).toString('base64url')
const HEADER = encodePart({ alg: 'ES256' })
const PAYLOAD = encodePart({ a: 1 })

test('RFC 7515 §3.1 a compact JWS is taken apart', () => {
  assert.equal(HEADER, 'eyJhbGciOiJFUzI1NiJ9')
  assert.deepEqual(parseJwt(`${HEADER}.${PAYLOAD}.AQID`), {
    header: { alg: 'ES256' },
    payload: { a: 1 },
    signed: `${HEADER}.${PAYLOAD}`,
    signature: Buffer.from([1, 2, 3]),
  })
})

test('what is no compact JWS of two JSON objects is nothing', () => {
  for (const token of [
    '',
    HEADER,
    `${HEADER}.${PAYLOAD}`,
    `${HEADER}.${PAYLOAD}.`,
    `.${PAYLOAD}.AQID`,
    `${HEADER}..AQID`,
    `${HEADER}.${PAYLOAD}.AQID.AQID`,
    ` ${HEADER}.${PAYLOAD}.AQID`,
    `${HEADER}.${PAYLOAD}.AQID\n`,
    `${HEADER}.${PAYLOAD}.AQID=`,
    `${HEADER}.${PAYLOAD}.AQ+D`,
  ]) {
    assert.equal(parseJwt(token), undefined, token)
  }
  for (const text of ['null', '[]', '1', '"a"', '{', 'x']) {
    assert.equal(parseJwt(`${part(text)}.${PAYLOAD}.AQID`), undefined, text)
    assert.equal(parseJwt(`${HEADER}.${part(text)}.AQID`), undefined, text)
  }
})

test('A signature has one spelling: spare bits are refused in each part', () => {
  assert.ok(parseJwt(`${HEADER}.${PAYLOAD}.AQ`))
  for (const token of [`${HEADER}.${PAYLOAD}.AR`, `${HEADER}.${PAYLOAD}.AQIDA`]) {
    assert.equal(parseJwt(token), undefined, token)
  }
  const spare = part('{ }  ')
  assert.ok(parseJwt(`${spare}.${PAYLOAD}.AQ`))
  const other = `${spare.slice(0, -1)}${String.fromCharCode(spare.charCodeAt(spare.length - 1) + 1)}`
  assert.equal(parseJwt(`${other}.${PAYLOAD}.AQ`), undefined)
  assert.equal(parseJwt(`${HEADER}.${other}.AQ`), undefined)
})

test('8 kB are the most', () => {
  const longest = `${HEADER}.${PAYLOAD}.`
  const fill = (length: number) => 'A'.repeat(length - longest.length)
  const whole = 8192 - ((8192 - longest.length) % 4)
  assert.ok(parseJwt(longest + fill(whole)))
  // The last of the lengths that are canonical up to the bound, and the first beyond it.
  const tail = (8192 - longest.length) % 4
  assert.equal(parseJwt(longest + fill(8192)) === undefined, tail === 1)
  assert.equal(parseJwt(longest + fill(8193)), undefined)
  assert.equal(parseJwt(longest + fill(whole + 4)), undefined)
})
