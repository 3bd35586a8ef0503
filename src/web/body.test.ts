import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OAuthError } from '../oauth/errors.ts'
import { BODY_LIMIT, readBody, readForm } from './body.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const post = (
  body: string | Uint8Array<ArrayBuffer> | ReadableStream | null,
  headers: Record<string, string> = {},
) => new Request('http://127.0.0.1/token', { method: 'POST', body, headers, duplex: 'half' })

function refused(result: unknown, status: number): void {
  assert.ok(result instanceof OAuthError, 'refused')
  assert.equal(result.status, status)
  assert.equal(result.error, 'invalid_request')
}

test('the bytes of a body, with and without an announced length', async () => {
  assert.deepEqual(Buffer.from((await readBody(post('abc'))) as Uint8Array).toString(), 'abc')
  const announced = await readBody(post('abc', { 'content-length': '3' }))
  assert.deepEqual(Buffer.from(announced as Uint8Array).toString(), 'abc')
  assert.deepEqual(await readBody(post(null)), new Uint8Array(0))
})

test('A-004 a body beyond the limit is refused before it is read where it is announced', async () => {
  const request = post('x', { 'content-length': String(BODY_LIMIT + 1) })
  refused(await readBody(request), 413)
  assert.equal(request.bodyUsed, false)
  for (const length of ['-1', '1e3', '0x10', 'NaN', '9'.repeat(400), '1, 1']) {
    refused(await readBody(post('x', { 'content-length': length })), 413)
  }
})

test('A-004 A-171 a body without an end is refused as soon as it passes the limit', async () => {
  let sent = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1024
      controller.enqueue(new Uint8Array(1024))
    },
  })
  refused(await readBody(post(endless)), 413)
  assert.ok(sent <= BODY_LIMIT + 8 * 1024, `read ${sent} bytes`)
})

test('A-004 A-171 a body in very many pieces is refused, long before it is too large', async () => {
  const inPieces = (count: number) => {
    let sent = 0
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ < count) controller.enqueue(new Uint8Array(1))
        else controller.close()
      },
    })
  }
  assert.equal(((await readBody(post(inPieces(4096)))) as Uint8Array).byteLength, 4096)
  refused(await readBody(post(inPieces(4097))), 413)
})

test('A-171 a content encoding is refused', async () => {
  refused(await readBody(post('x', { 'content-encoding': 'gzip' })), 415)
  refused(await readBody(post('x', { 'content-encoding': 'identity, gzip' })), 415)
  assert.ok(!((await readBody(post('x', { 'content-encoding': 'identity' }))) instanceof OAuthError))
})

test('RFC 6749 Appendix B a form is read as UTF-8, parameters without a value are absent', async () => {
  const form = await readForm(post('a=%C3%BC&b=&c=1&c=2&d=+x', FORM))
  assert.ok(!(form instanceof OAuthError))
  assert.equal(form.get('a'), 'ü')
  assert.equal(form.get('b'), undefined)
  assert.deepEqual(form.repeated, ['c'])
  assert.equal(form.get('d'), ' x')
})

test('A-113 another media type or charset is 415', async () => {
  for (const type of [
    'application/json',
    'multipart/form-data; boundary=x',
    'text/plain',
    'application/x-www-form-urlencodedx',
    'application/x-www-form-urlencoded; charset=iso-8859-1',
    'application/x-www-form-urlencoded; charset="utf-16"',
  ]) {
    refused(await readForm(post('a=1', { 'content-type': type })), 415)
  }
  refused(await readForm(post(new Uint8Array([97]))), 415)
})

test('a form says its type in several ways', async () => {
  for (const type of [
    'application/x-www-form-urlencoded',
    'Application/X-WWW-Form-Urlencoded',
    'application/x-www-form-urlencoded;charset=UTF-8',
    'application/x-www-form-urlencoded; charset="utf-8"',
    'application/x-www-form-urlencoded ; charset=utf8',
  ]) {
    const form = await readForm(post('a=1', { 'content-type': type }))
    assert.ok(!(form instanceof OAuthError), type)
    assert.equal(form.get('a'), '1')
  }
})

test('A-008 A-113 bytes that are not UTF-8, and too many parameters, are 400', async () => {
  refused(await readForm(post(new Uint8Array([0x61, 0x3d, 0xff]), FORM)), 400)
  refused(await readForm(post('a=1&'.repeat(101), FORM)), 400)
})
