/** Group 1, what comes in: bytes that are no JSON, or JSON that another reader would read otherwise. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DEFAULTS, REDIRECT, register } from '../support/registering.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { isRefused, registers, send, servesNext } from './hostile-registration.ts'

let app: TestApp
before(async () => {
  app = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
})
after(() => app[Symbol.asyncDispose]())

const GOOD = '"redirect_uris":["https://client.example.org/callback"]'
/** The `REDIRECT` client with one member more, as text. */
const and = (member: string) => `{${GOOD},${member}}`

test('A-001 malformed JSON is 400 invalid_client_metadata', async () => {
  for (const body of [
    `{${GOOD}`,
    `{${GOOD.slice(0, -1)}`,
    `{${GOOD},"client_name":"cut o`,
    `{${GOOD},}`,
    `{"redirect_uris":["https://client.example.org/callback",]}`,
    `{${GOOD}}{${GOOD}}`,
    `{${GOOD}}\n{${GOOD}}`,
    `{${GOOD}} trailing`,
    and('"x":NaN'),
    and('"x":Infinity'),
    and('"x":-Infinity'),
    and('"x":undefined'),
    and('"x":+1'),
    and('"x":01'),
    and('"x":.5'),
    and('"x":0x10'),
    `{'redirect_uris':['https://client.example.org/callback']}`,
    '{redirect_uris:["https://client.example.org/callback"]}',
    `{/* a comment */${GOOD}}`,
    `// a comment\n{${GOOD}}`,
    and('"client_name":"two\nlines"'),
    and('"client_name":"a tab\t"'),
    and('"client_name":"\\x41"'),
    and('"client_name":"\\u12"'),
    `)]}',\n{${GOOD}}`,
    'redirect_uris=https%3A%2F%2Fclient.example.org%2Fcallback',
    '<metadata/>',
    '{',
    '\0',
  ]) {
    await isRefused(app, { body }, { description: /^the body is not valid JSON$/ })
  }
})

test('A-002 JSON that is no object, and nothing at all, is 400 invalid_client_metadata', async () => {
  for (const body of ['[]', `[{${GOOD}}]`, '"x"', '1', '-0', 'null', 'true', 'false', '{}[]']) {
    await isRefused(app, { body }, { description: /^the body is not (a JSON object|valid JSON)$/ })
  }
  for (const body of ['', ' ', '\r\n']) {
    await isRefused(app, { body }, { description: /^the body is not valid JSON$/ })
  }
})

test('A-003 what a cross-site form can send without a preflight is 415, and nothing is stored', async () => {
  const body = `{${GOOD}}`
  // An enctype of text/plain lets a form write JSON, with its `=` inside of a string.
  const asForm = `{${GOOD},"x":"="}`
  for (const [type, sent] of [
    ['text/plain', body],
    ['text/plain;charset=UTF-8', asForm],
    ['application/x-www-form-urlencoded', body],
    ['application/x-www-form-urlencoded', 'redirect_uris=https%3A%2F%2Fevil.example%2Fcb'],
    [
      'multipart/form-data; boundary=x',
      `--x\r\nContent-Disposition: form-data; name=x\r\n\r\n${body}\r\n--x--`,
    ],
    ['text/json', body],
    ['application/jsonp', body],
    ['application/x-json', body],
    ['application/json-seq', body],
    ['application/problem+json', body],
    ['text/plain, application/json', body],
    ['text/plain; x=application/json', body],
    ['*/*', body],
    ['', body],
  ] as const) {
    const headers = { 'content-type': type, origin: 'https://evil.example' }
    await isRefused(app, { body: sent, headers }, { status: 415, description: /application\/json/ })
  }
  await isRefused(app, { body, headers: {} }, { status: 415, description: /application\/json/ })
  for (const charset of ['utf-16', 'iso-8859-1', '"utf-7"']) {
    const headers = { 'content-type': `application/json; charset=${charset}` }
    await isRefused(app, { body, headers }, { status: 415, description: /UTF-8/ })
  }
})

test('A-005 __proto__ and constructor.prototype are 400 at any depth, and the next client is as ever', async () => {
  const polluting = '{"client_name":"polluted","redirect_uris":["https://evil.example/cb"],"isAdmin":true}'
  const jwk = '"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"'
  const control = await registers(app, REDIRECT)
  for (const body of [
    and(`"__proto__":${polluting}`),
    and(`"\\u005f_proto__":${polluting}`),
    // Nothing is inherited from there either.
    `{"__proto__":${polluting}}`,
    and('"__proto__":null'),
    and(`"constructor":{"prototype":${polluting}}`),
    and(`"x":{"__proto__":${polluting}}`),
    and(`"x":[{"constructor":{"prototype":${polluting}}}]`),
    and(`"jwks":{"keys":[{${jwk},"__proto__":${polluting}}]}`),
    and(`"jwks":{"keys":[{${jwk},"constructor":{"prototype":${polluting}}}]}`),
    and(`"jwks":{"__proto__":{"keys":[]},"keys":[{${jwk}}]}`),
  ]) {
    await isRefused(app, { body }, { description: /reaches a prototype/ })
    assert.equal(({} as { isAdmin?: unknown }).isAdmin, undefined)
    assert.deepEqual(await registers(app, REDIRECT), control)
  }
  // The names of an object's inherited members are unknown members like others.
  const inherited = { constructor: 'x', toString: 'x', hasOwnProperty: 'x', valueOf: 'x', prototype: 'x' }
  assert.deepEqual(await registers(app, { ...REDIRECT, ...inherited }), control)
})

test('A-006 a member written twice is 400, in either order and spelling, wherever it stands', async () => {
  const evil = '"redirect_uris":["https://evil.example/cb"]'
  for (const body of [
    `{${GOOD},${evil}}`,
    `{${evil},${GOOD}}`,
    `{${GOOD},${GOOD}}`,
    `{${GOOD},"redirect_uris":null}`,
    `{"redirect_uris":["javascript:alert(1)"],${GOOD}}`,
    `{${GOOD},"redirect_ur\\u0069s":["https://evil.example/cb"]}`,
    and('"scope":"corpus:read","x":1,"scope":"admin"'),
    and('"x":{"a":1,"a":1}'),
    and('"x":[[{"a":1,"\\u0061":2}]]'),
    and('"":1,"":2'),
  ]) {
    await isRefused(app, { body }, { description: /two members with the same name/ })
  }
  // Names differ in case: another member, which nobody knows.
  const [, registered] = await register(app, { ...REDIRECT, Redirect_URIs: ['https://evil.example/cb'] })
  assert.deepEqual(registered, { ...REDIRECT, ...DEFAULTS })
})

test('A-007 depth, breadth and length cost no stack and next to no work', async () => {
  const many = Array.from({ length: 100_000 }, (_, at) => `"m${at}":1`).join()
  // As many members as the limit of the body lets through.
  const most = Array.from({ length: 8000 }, (_, at) => `"${at.toString(36)}":1`).join()
  const digits = '1'.repeat(10_000)
  const started = process.cpuUsage()
  for (const [body, refusal] of [
    [and(`"x":${'['.repeat(10_000)}${']'.repeat(10_000)}`), { description: /nested deeper/ }],
    [`${'['.repeat(30_000)}${']'.repeat(30_000)}`, {}],
    [`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, { description: /nested deeper/ }],
    [and(`"x":${'['.repeat(30_000)}`), { description: /not valid JSON/ }],
    [and(`"jwks":{"keys":[${'['.repeat(10_000)}${']'.repeat(10_000)}]}`), { description: /nested deeper/ }],
    [and(many), { status: 413, error: 'invalid_request' }],
    [and(`"x":${digits}`), { description: /out of range/ }],
    [and(`"client_secret_expires_at":-${digits}`), { description: /out of range/ }],
    [and('"x":1e999'), { description: /out of range/ }],
    [and(`"client_name":${'1'.repeat(300)}`), { description: /^client_name must be a string$/ }],
  ] as const) {
    await isRefused(app, { body }, refusal)
  }
  const control = { ...REDIRECT, ...DEFAULTS }
  for (const body of [and(most), and(`"x":0.${digits}`), and('"x":1e-999')]) {
    const [, registered] = await register(app, JSON.parse(body))
    assert.deepEqual(registered, control)
  }
  // Processor time, not the clock's: a reader of more than linear cost takes minutes for these.
  assert.ok(process.cpuUsage(started).user < 5_000_000)
})

const TEXTS = [
  'client_name',
  'client_name#fr',
  'client_uri',
  'logo_uri',
  'scope',
  'tos_uri',
  'policy_uri',
  'jwks_uri',
  'software_id',
  'software_version',
  'software_statement',
  'application_type',
  'token_endpoint_auth_method',
  'x_unknown',
]

test('A-008 bytes that are no UTF-8 are 400', async () => {
  for (const bytes of [
    'ff',
    'fe',
    'c3',
    '80',
    'c0af',
    'c080',
    'e080af',
    'f08080af',
    'eda080',
    'edb080',
    'f4908080',
    'f8a1a1a1a1',
    'e282',
  ]) {
    for (const [head, tail] of [
      [`{${GOOD},"client_name":"a`, 'b"}'],
      [`{${GOOD},"a`, 'b":1}'],
      ['{"redirect_uris":["https://client.example.org/', '"]}'],
    ] as const) {
      const body = Buffer.concat([Buffer.from(head), Buffer.from(bytes, 'hex'), Buffer.from(tail)])
      await isRefused(app, { body }, { description: /not valid UTF-8/ })
    }
  }
  for (const body of [Buffer.from(`{${GOOD}}`, 'utf16le'), Buffer.from(`\ufeff{${GOOD}}`, 'utf16le')]) {
    await isRefused(app, { body })
  }
})

test('A-008 lone surrogates and NUL are 400 in every text member, in lists and in names', async () => {
  for (const written of [
    '\\ud800',
    '\\udfff',
    '\\udc00\\ud800',
    '\\ud83d x \\ude00',
    '\\u0000',
    'a\\u0000b',
  ]) {
    const members = [
      ...TEXTS.map((name) => `"${name}":"${written}"`),
      `"contacts":["${written}"]`,
      `"grant_types":["authorization_code","${written}"]`,
      `"x":{"${written}":1}`,
      `"client_name#${written}":"x"`,
      `"jwks":{"keys":[{"kty":"OKP","kid":"${written}"}]}`,
    ]
    for (const member of members) {
      await isRefused(app, { body: and(member) }, { description: /NUL or half a surrogate pair/ })
    }
    const body = `{"redirect_uris":["https://client.example.org/${written}"]}`
    await isRefused(app, { body }, { description: /NUL or half a surrogate pair/ })
  }
})

test('A-008 whole characters of every plane read back equal, from the store too', async () => {
  const { client_name, ...rest } = await registers(app, {
    ...REDIRECT,
    client_name: 'Ünïcode 訊 \u{1f980}\u{10fffd}',
    'client_name#fr': 'é\u0301 \u{1d11e}',
  })
  assert.equal(client_name, 'Ünïcode 訊 \u{1f980}\u{10fffd}')
  assert.equal(rest['client_name#fr'], 'é\u0301 \u{1d11e}')
  await servesNext(app)
})

test('A-003 its neighbour: application/json in its usual spellings is served', async () => {
  for (const type of [
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/json;charset="utf-8"',
    'application/json ; odd=parameter',
  ]) {
    const response = await send(app, { body: `{${GOOD}}`, headers: { 'content-type': type } })
    assert.equal(response.status, 201, type)
  }
})
