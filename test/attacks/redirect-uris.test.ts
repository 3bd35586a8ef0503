/** Group 2: redirect URIs that are refused at registration. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { REDIRECT } from '../support/registering.ts'
import { PUBLIC_CLIENT } from '../support/scenario.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { isRefusedMetadata, type Refusal, registers } from './hostile-registration.ts'

let app: TestApp
before(async () => {
  app = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
})
after(() => app[Symbol.asyncDispose]())

const GOOD = 'https://client.example.org/callback'

/** Refused alone and beside a good one, as a public client and as one with a secret. */
async function isRefusedUri(
  uri: unknown,
  description: RegExp,
  error = 'invalid_redirect_uri',
): Promise<void> {
  await isRefusedMetadata(app, { redirect_uris: [uri] }, { error, description })
  const mixed = { ...PUBLIC_CLIENT, redirect_uris: [GOOD, uri] }
  await isRefusedMetadata(app, mixed, { error, description })
}

test('A-020 no redirect URI with a redirect grant is 400', async () => {
  const missing: Refusal = {
    error: 'invalid_redirect_uri',
    description: /^redirect_uris must have at least one URI$/,
  }
  for (const grant_types of [undefined, ['authorization_code'], ['authorization_code', 'refresh_token']]) {
    for (const redirect_uris of [undefined, null, [], '']) {
      await isRefusedMetadata(app, { client_name: 'x', grant_types, redirect_uris }, missing)
    }
    for (const redirect_uris of [[''], [' '], ['', GOOD], [null]]) {
      const metadata = { client_name: 'x', grant_types, redirect_uris }
      await isRefusedMetadata(app, metadata, {
        error: 'invalid_redirect_uri',
        description: /^redirect_uris\[0\] must /,
      })
    }
  }
})

const ACTIVE = [
  'javascript',
  'data',
  'vbscript',
  'blob',
  'file',
  'about',
  'view-source',
  'filesystem',
  'intent',
  'tel',
  'sms',
  'mailto',
  'ws',
  'wss',
  'ms-word',
  'ms-settings',
  'ms-msdt',
  'ms-appinstaller',
  'search',
  'search-ms',
  'jar',
  'ftp',
  'chrome',
  'android-app',
]

test('A-021 active schemes in every dress are refused', async () => {
  for (const scheme of ACTIVE) {
    const capital = scheme.replace(/[a-z]/g, (letter, at: number) =>
      at % 2 === 0 ? letter.toUpperCase() : letter,
    )
    for (const name of [scheme, scheme.toUpperCase(), capital]) {
      for (const rest of [
        'alert(1)',
        '//c.example/cb',
        '/cb',
        '///etc/passwd',
        'text/html,x',
        '//%0aalert(1)',
        '',
      ]) {
        await isRefusedUri(`${name}:${rest}`, /must not have the scheme|not a URI|continue with a slash/)
      }
    }
  }
  for (const padding of [' ', '\t', '\n', '\r\n', '\u0001', '\u001f', '\u007f']) {
    for (const uri of [
      `${padding}javascript:alert(1)`,
      `java${padding}script:alert(1)`,
      `javascript${padding}:alert(1)`,
      `javascript:${padding}alert(1)`,
    ]) {
      await isRefusedUri(uri, /spaces or control characters/)
    }
  }
  for (const padding of ['\u00a0', '\u200b', '\ufeff', '\u2028', '\u00ad']) {
    await isRefusedUri(`${padding}javascript:alert(1)`, /percent-encoded/)
    await isRefusedUri(`java${padding}script:alert(1)`, /percent-encoded/)
  }
  for (const uri of [
    'java%73cript:alert(1)',
    '%6aavascript:alert(1)',
    'javascript%3aalert(1)',
    'javascript&colon;alert(1)',
    'javascript',
    ':javascript:alert(1)',
    '//javascript:alert(1)',
  ]) {
    await isRefusedUri(uri, /absolute URI/)
  }
  for (const uri of ['ｊavascript:alert(1)', 'jаvascript:alert(1)', 'javaſcript:alert(1)']) {
    await isRefusedUri(uri, /percent-encoded/)
  }
})

test('A-022 http to a host that is not loopback, however it looks, is refused', async () => {
  for (const host of [
    'c.example',
    'localhost.evil.example',
    'localhost.',
    'localhost.localdomain',
    'localhost4',
    'sub.localhost',
    '127.0.0.1.evil.example',
    '127.0.0.1.',
    '127.0.0.1.nip.io',
    '127-0-0-1.evil.example',
    '127.1',
    '127.0.1',
    '127.0.0.2',
    '127.0.0.01',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '0x7f000001',
    '2130706433',
    '0.0.0.0',
    '0',
    '10.0.0.1',
    '192.168.1.10',
    '169.254.169.254',
    '[::]',
    '[::2]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::1%25lo]',
    'localhost%2eevil.example',
    'localhost%00.evil.example',
    'n8n.lan',
    'notes.example.com',
  ]) {
    await isRefusedUri(`http://${host}/cb`, /must be https|no valid host|not a URI/)
    await isRefusedUri(`HTTP://${host}:8080/cb`, /must be https|no valid host|not a URI/)
  }
  for (const uri of [
    'http://127.0.0.1@evil.example/cb',
    'http://localhost:80@evil.example/cb',
    'http://localhost@127.0.0.1/cb',
  ]) {
    await isRefusedUri(uri, /user information/)
  }
  for (const uri of ['http:localhost/cb', 'http:/localhost/cb', 'http:///localhost/cb', 'http://:80/cb']) {
    await isRefusedUri(uri, /must have a host|no valid host|not a URI/)
  }
})

test('A-023 a fragment, even an empty one, is refused', async () => {
  for (const uri of [
    'https://c.example/cb#',
    'https://c.example/cb#x',
    'https://c.example#',
    'https://c.example/?a#b',
    'http://localhost/cb#',
    'http://127.0.0.1:8080/cb#/route',
    'cursor://anysphere.cursor-mcp/oauth/callback#',
    'com.example.app:/cb#x',
  ]) {
    await isRefusedUri(uri, /fragment/)
  }
})

test('A-024 user-info is refused', async () => {
  for (const uri of [
    'https://chatgpt.com@evil.example/cb',
    'https://u:p@c.example/',
    'https://@c.example/',
    'https://:@c.example/',
    'https://a@b@c.example/',
    'https://chatgpt.com%2f@evil.example/',
    'https://chatgpt.com:443@evil.example:443/cb',
    'http://u@localhost/cb',
    'cursor://u:p@anysphere/cb',
  ]) {
    await isRefusedUri(uri, /user information/)
  }
  // An @ elsewhere is a character of the path.
  await registers(app, { redirect_uris: ['https://c.example/@user/cb?x=@'] })
})

test('A-025 what parsers read differently is refused', async () => {
  for (const uri of [
    'https:\\\\evil.example',
    'https:/\\evil.example/cb',
    'https://good.example\\@evil.example',
    'https://good.example\\.evil.example/cb',
    'https://evil.example/cb\\',
    'cursor:\\\\evil.example',
  ]) {
    await isRefusedUri(uri, /backslash/)
  }
  for (const uri of [
    'https:///evil.example',
    'https:////evil.example/cb',
    'https:evil.example',
    'https:/evil.example/cb',
    'https://',
    'https://?x',
    'https://:443/cb',
    'https://good.example:443:80/cb',
    'https://good.example:x/cb',
    'https://good.example:99999/cb',
    'https://good.example,evil.example/cb',
    'https://good.example;evil.example/cb',
    'https://good.example&evil.example/cb',
    'https://good.example%2fevil.example/cb',
    'https://good.example%40evil.example/cb',
    'https://good.example%5c.evil.example/cb',
    'https://[::1/cb',
    'https://[evil.example]/cb',
    'https://good_.[evil]/cb',
    'https://1.2.3.4.5/cb',
  ]) {
    await isRefusedUri(uri, /must have a host|no valid host|not a URI/)
  }
})

test('A-026 control characters, spaces and raw non-ASCII in the URI are refused', async () => {
  const characters = [...'\u0001\u0008\t\n\r\u001b\u001f \u007f']
  for (const character of characters) {
    for (const uri of [
      `https://c.example/cb${character}`,
      `https://c.example/cb${character}Set-Cookie:x=y`,
      `https://c.exam${character}ple/cb`,
      `cursor://x/cb${character}`,
      `http://localhost:80${character}80/cb`,
    ]) {
      await isRefusedUri(uri, /spaces or control characters/)
    }
  }
  await isRefusedUri('https://c.example/cb\r\nLocation: https://evil.example', /spaces or control characters/)
  await isRefusedUri('https://c.example/cb\u0000', /NUL/, 'invalid_client_metadata')
  for (const character of [
    'é',
    '\u0080',
    '\u00a0',
    '\u2028',
    '\u202e',
    '訊',
    '\u{1f980}',
    '\u2024',
    '\u3002',
    '\uff0f',
  ]) {
    await isRefusedUri(`https://c.example/${character}`, /percent-encoded/)
    await isRefusedUri(`https://c${character}.example/cb`, /percent-encoded/)
  }
  for (const character of ['<', '>', '"', '{', '}', '|', '^', '`', '%', '%4', '%zz']) {
    await isRefusedUri(`https://c.example/${character}`, /percent-encoded/)
  }
})

test('A-028 what is relative, or no URI at all, is refused', async () => {
  for (const uri of [
    '/cb',
    '//evil.example/cb',
    'cb',
    './cb',
    '../cb',
    '?x',
    'c.example/cb',
    'c.example',
    '*',
    '@',
    '1://x/cb',
    '-x://y',
  ]) {
    await isRefusedUri(uri, /absolute URI/)
  }
  for (const uri of [
    'localhost:8080/cb',
    'urn:ietf:wg:oauth:2.0:oob',
    'oob:auto',
    'news:x',
    'c.example:443/cb',
    'x:',
  ]) {
    await isRefusedUri(uri, /must continue with a slash/)
  }
  for (const uri of ['#', '#fragment']) await isRefusedUri(uri, /absolute URI|fragment/)
})

test('A-029 a list has a bound, and a URI', async () => {
  const list = (length: number) => Array.from({ length }, (_, at) => `https://c.example/${at}`)
  const uri = (length: number) => `https://c.example/${'x'.repeat(length - 'https://c.example/'.length)}`
  for (const length of [51, 1000]) {
    await isRefusedMetadata(
      app,
      { redirect_uris: list(length) },
      { error: 'invalid_redirect_uri', description: /^redirect_uris must not have more than 50 elements$/ },
    )
  }
  for (const length of [2001, 50_000]) await isRefusedUri(uri(length), /longer than 2000 characters/)
  for (const redirect_uris of [list(50), [uri(2000)]]) {
    assert.deepEqual((await registers(app, { redirect_uris })).redirect_uris, redirect_uris)
  }
})

test('A-030 one bad among good ones refuses the whole request, wherever it stands', async () => {
  const good = [
    GOOD,
    'http://127.0.0.1:1234/cb',
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'com.example.app:/cb',
  ]
  const bad = [
    'javascript:alert(1)',
    'http://evil.example/cb',
    'https://c.example/#',
    'https://u@c.example/',
    '/cb',
    '',
  ]
  for (const [at] of [...good, ''].entries()) {
    for (const uri of bad) {
      const redirect_uris = good.toSpliced(at, 0, uri)
      const description = new RegExp(`^redirect_uris\\[${at}\\] `)
      await isRefusedMetadata(app, { redirect_uris }, { error: 'invalid_redirect_uri', description })
    }
  }
  const told = await registers(app, { redirect_uris: good, application_type: 'native' })
  assert.deepEqual(told.redirect_uris, good)
})

test('A-033 our own address is refused as redirect URI, in every spelling', async () => {
  for (const uri of [
    'https://notes.example.com/authorize?response_type=code',
    'https://notes.example.com/console',
    'https://notes.example.com',
    'https://NOTES.example.com/mcp',
    'HTTPS://Notes.Example.Com/mcp',
    'https://notes.example.com:443/',
    'https://notes.example.com:0443/',
  ]) {
    await isRefusedUri(uri, /must not be an address of this server/)
  }
  await registers(app, { ...REDIRECT, redirect_uris: ['https://notes.example.com:8443/cb'] })
  await registers(app, { ...REDIRECT, redirect_uris: ['https://notes.example.com.example/cb'] })
})
