import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Answer, send } from '../support/stored.ts'
import { codeFor, createTargetOfFile, granted, refused, tokensFor } from '../support/target.ts'

const target = await createTargetOfFile()
const { app } = target

const FORM = 'application/x-www-form-urlencoded'

/** A good token request of a public client, as a form. */
async function goodForm(): Promise<URLSearchParams> {
  const { client_id } = target.open
  const { code, verifier, redirect_uri, resource } = await codeFor(target, target.open)
  const grant = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri, resource }
  return new URLSearchParams({ ...grant, client_id })
}

test('A-113 any content type but a form, any charset but UTF-8: refused, and the code is not spent', async () => {
  const form = await goodForm()
  const json = JSON.stringify(Object.fromEntries(form))
  const multipart = [...form]
    .map(([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join('')
  const attempts: [body: string, type: string][] = [
    [json, 'application/json'],
    [json, `${FORM}, application/json`],
    [`${multipart}--x--\r\n`, 'multipart/form-data; boundary=x'],
    [form.toString(), 'text/plain'],
    [form.toString(), 'application/octet-stream'],
    [form.toString(), `${FORM}x`],
    [form.toString(), `x${FORM}`],
    [form.toString(), ''],
    [form.toString(), `${FORM}; charset=utf-16`],
    [form.toString(), `${FORM}; charset=iso-8859-1`],
    [form.toString(), `${FORM}; charset="utf-7"`],
  ]
  for (const path of ['/token', '/revoke', '/introspect']) {
    for (const [body, type] of attempts) {
      refused(await send(app, path, body, { 'content-type': type }), 'invalid_request', 415)
    }
  }
  for (const type of [`${FORM};charset=utf-8`, `${FORM.toUpperCase()} ; charset="UTF-8"`]) {
    const answer = await send(app, '/token', (await goodForm()).toString(), { 'content-type': type })
    granted(answer)
  }
  granted(await send(app, '/token', form.toString()))
})

test('A-113 a compressed body, one that is no UTF-8, one of too many parameters: refused', async () => {
  const form = (await goodForm()).toString()
  const raw = async (body: Uint8Array<ArrayBuffer>, headers = {}): Promise<Answer> => {
    const request = { method: 'POST', body, headers: { 'content-type': FORM, ...headers } }
    const response = await app.fetch(new Request(`${app.url}/token`, request))
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Answer['body'],
    }
  }
  const compressed = new Uint8Array(gzipSync(form))
  refused(await raw(compressed, { 'content-encoding': 'gzip' }), 'invalid_request', 415)
  for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xc0, 0xaf]]) {
    refused(await raw(Uint8Array.of(...Buffer.from(`${form}&x=`), ...bytes)), 'invalid_request')
  }
  refused(await send(app, '/token', `${form}${'&x'.repeat(101)}`), 'invalid_request')
  granted(await send(app, '/token', form))
})

test('A-113 a parameter twice, whichever and however it is spelled: invalid_request', async () => {
  const form = await goodForm()
  const { client_id } = target.open
  const { refresh_token } = await tokensFor(target, target.open)
  const renewal = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token,
    client_id,
    scope: 'corpus:read',
  })
  for (const request of [form, renewal]) {
    for (const [name, value] of request) {
      if (name === 'resource') continue
      const escaped = `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`
      for (const again of [
        `${name}=${encodeURIComponent(value)}`,
        `${name}=x`,
        `${name}=`,
        name,
        `${escaped}=x`,
      ]) {
        refused(await send(app, '/token', `${request}&${again}`), 'invalid_request')
        refused(await send(app, '/token', `${again}&${request}`), 'invalid_request')
      }
    }
    // Of names that nobody knows too (RFC 6749 §3.2).
    refused(await send(app, '/token', `${request}&foo=1&foo=1`), 'invalid_request')
    refused(await send(app, '/token', `${request}&client_secret=&client_secret=`), 'invalid_request')
    const other = `resource=${encodeURIComponent('https://other.example/mcp')}`
    refused(await send(app, '/token', `${request}&${other}`), 'invalid_target')
    refused(await send(app, '/token', `${other}&${request}`), 'invalid_target')
    // RFC 8707 §2 lets resource be repeated, and here it says the same twice.
    granted(await send(app, '/token', `${request}&resource=${encodeURIComponent(app.settings.resource)}`))
  }
})

test('A-113 grant_type twice, each of them good: invalid_request', async () => {
  const { client_id } = target.open
  const { refresh_token } = await tokensFor(target, target.open)
  const both = `${await goodForm()}&grant_type=refresh_token&refresh_token=${refresh_token}`
  refused(await send(app, '/token', both), 'invalid_request')
  const reversed = `grant_type=refresh_token&refresh_token=${refresh_token}&${await goodForm()}`
  refused(await send(app, '/token', reversed), 'invalid_request')
  granted(
    await send(
      app,
      '/token',
      `grant_type=refresh_token&refresh_token=${refresh_token}&client_id=${client_id}`,
    ),
  )
})

test('A-113 parameters that are no scalars are not read as any', async () => {
  const form = await goodForm()
  const code = form.get('code') ?? assert.fail()
  form.delete('code')
  for (const name of ['code[]', 'code[0]', 'code.0', 'Code', 'code ', '__proto__[code]']) {
    refused(await send(app, '/token', `${form}&${encodeURIComponent(name)}=${code}`), 'invalid_request')
  }
  granted(await send(app, '/token', `${form}&code=${code}`))
})
