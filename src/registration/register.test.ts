import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Client } from '../oauth/client.ts'
import { OAuthError } from '../oauth/errors.ts'
import { sha256, verifyPassword } from '../ops/digest.ts'
import type { Event } from '../ops/events.ts'
import { systemRandom } from '../ops/random.ts'
import type { AuditRecord } from '../store/ports.ts'
import { BODY_LIMIT } from '../web/body.ts'
import { type RegistrationDependencies, registrationRoutes } from './register.ts'

const NOW = 1_800_000_000
const JSON_TYPE = { 'content-type': 'application/json' }
const CHATGPT = { client_name: 'OpenAI ChatGPT', redirect_uris: ['https://chat.openai.com/callback'] }

/** The endpoint over nothing but memory. */
function endpoint(settings: Partial<RegistrationDependencies['settings']> = {}) {
  const clients: Client[] = []
  const audit: AuditRecord[] = []
  const events: Event[] = []
  const routes = registrationRoutes({
    settings: {
      resourceUrl: 'https://notes.example.com',
      issuer: 'https://notes.example.com',
      registrationEndpoint: 'https://notes.example.com/register',
      registrationAccess: 'open',
      registrationRate: undefined,
      clientSecretTtl: 90 * 86_400,
      clientSecretHash: 'sha256',
      ...settings,
    },
    clients: {
      register: async (client, record) => {
        clients.push(client)
        audit.push(record)
        return 'registered'
      },
    },
    registrationTokens: { find: async () => undefined },
    judge: async (proposed) => proposed,
    audit: { refuse: (record) => audit.push(record) },
    now: () => NOW,
    random: systemRandom,
    emit: (event) => events.push(event),
  })
  const post = async (
    body: string | Uint8Array,
    headers: Record<string, string> = JSON_TYPE,
    address = '192.0.2.1',
  ) => {
    const request = new Request('https://notes.example.com/register', {
      method: 'POST',
      headers,
      body: Buffer.from(body),
    })
    const answer = await routes[0]?.handler(request, { address, path: '/register', query: '', parameter: '' })
    assert.ok(answer)
    return answer
  }
  const register = async (metadata: unknown, headers = JSON_TYPE, address = '192.0.2.1') => {
    const answer = await post(JSON.stringify(metadata), headers, address)
    assert.ok(answer instanceof Response, JSON.stringify(answer))
    return answer.json() as Promise<{ [name: string]: unknown }>
  }
  const refusal = async (...request: Parameters<typeof post>): Promise<OAuthError> => {
    const answer = await post(...request)
    assert.ok(answer instanceof OAuthError)
    return answer
  }
  return { clients, audit, events, routes, post, register, refusal }
}

test('an accepted registration is told and recorded once, with the client', async () => {
  const { clients, audit, events, register } = endpoint()
  const { client_id } = await register(CHATGPT)
  assert.equal(clients.length, 1)
  assert.equal(clients[0]?.client_id, client_id)
  const address = '192.0.2.1'
  const client_name = 'OpenAI ChatGPT'
  assert.deepEqual(events, [
    { type: 'registration.received', client_name, address },
    { type: 'registration.accepted', client_id, client_name, redirect_uris: CHATGPT.redirect_uris, address },
  ])
  assert.deepEqual(audit, [
    { at: NOW, type: 'registration.accepted', address, client_id, detail: client_name },
  ])
})

test('without a name the redirect host stands for it', async () => {
  const { events, audit, register } = endpoint()
  await register({ redirect_uris: ['https://c.example/cb'] })
  assert.deepEqual(
    events.map((event) => 'client_name' in event && event.client_name),
    ['c.example', 'c.example'],
  )
  assert.equal(audit[0]?.detail, 'c.example')
})

test('a refused registration is told and recorded, and nothing is stored', async () => {
  const { clients, audit, events, refusal } = endpoint()
  const error = await refusal(JSON.stringify({ ...CHATGPT, redirect_uris: ['http://n8n.lan/cb'] }))
  assert.equal(error.status, 400)
  assert.equal(clients.length, 0)
  assert.deepEqual(
    events.map(({ type }) => type),
    ['registration.received', 'registration.refused'],
  )
  assert.equal(audit.length, 1)
  assert.equal(audit[0]?.type, 'registration.refused')
  assert.match(audit[0]?.detail ?? '', /^invalid_redirect_uri: redirect_uris\[0\] .* \(OpenAI ChatGPT\)$/)
})

test('what cannot be read is refused before anybody is named', async () => {
  const { events, refusal } = endpoint()
  const error = await refusal('{')
  assert.equal(error.error, 'invalid_client_metadata')
  assert.equal(error.error_description, 'the body is not valid JSON')
  assert.deepEqual(events, [
    {
      type: 'registration.refused',
      error: 'invalid_client_metadata',
      reason: 'the body is not valid JSON',
      client_name: 'unnamed client',
      address: '192.0.2.1',
    },
  ])
})

test('switched off: 403 in OAuth’s words, whatever was sent', async () => {
  const { audit, clients, refusal } = endpoint({ registrationAccess: 'closed' })
  for (const body of [JSON.stringify(CHATGPT), '{']) {
    const error = await refusal(body)
    assert.equal(error.status, 403)
    assert.equal(error.error, 'access_denied')
  }
  assert.deepEqual([clients.length, audit.length], [0, 2])
})

test('A-003 RFC 7591 §3.1 any content type but application/json is 415, and nothing is stored', async () => {
  const { clients, refusal, post } = endpoint()
  const body = JSON.stringify(CHATGPT)
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/json-patch+json',
    'text/plain; a=application/json',
    'application/json; charset=utf-16',
    '',
  ]) {
    assert.equal((await refusal(body, { 'content-type': type })).status, 415, type)
  }
  assert.equal((await refusal(body, { ...JSON_TYPE, 'content-encoding': 'gzip' })).status, 415)
  assert.equal(clients.length, 0)
  for (const type of [
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/json;charset="utf-8"',
  ]) {
    assert.ok((await post(body, { 'content-type': type })) instanceof Response, type)
  }
})

test('A-004 a body beyond the limit is 413, announced or not', async () => {
  const { refusal, clients } = endpoint()
  const large = JSON.stringify({ ...CHATGPT, x: 'x'.repeat(BODY_LIMIT) })
  assert.equal((await refusal(large)).status, 413)
  assert.equal((await refusal('{}', { ...JSON_TYPE, 'content-length': '999999999' })).status, 413)
  assert.equal(clients.length, 0)
})

test('A-018 an Authorization header means nothing at open registration, however malformed', async () => {
  const { register } = endpoint()
  for (const authorization of [
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Basic !!!',
    'x'.repeat(16_384),
    'Bearer abc',
  ]) {
    await register(CHATGPT, { ...JSON_TYPE, authorization } as typeof JSON_TYPE)
  }
})

test('A-034 a flood from one address is 429 with Retry-After; others are unaffected; IPv6 counts by /64', async () => {
  const { refusal, register, audit } = endpoint({ registrationRate: { points: 2, seconds: 60 } })
  for (const address of ['192.0.2.1', '2001:db8::1']) {
    await register(CHATGPT, JSON_TYPE, address)
    await register(CHATGPT, JSON_TYPE, address)
    const error = await refusal(JSON.stringify(CHATGPT), JSON_TYPE, address)
    assert.deepEqual([error.status, error.headers['retry-after']], [429, '60'])
  }
  await register(CHATGPT, JSON_TYPE, '192.0.2.2')
  assert.equal((await refusal('{', JSON_TYPE, '2001:db8::ffff')).status, 429)
  await register(CHATGPT, JSON_TYPE, '2001:db8:0:1::1')
  assert.equal(audit.filter(({ type }) => type === 'registration.refused').length, 3)
})

test('A-019 a secret is stored as its SHA-256 and expires after the TTL', async () => {
  const { clients, register } = endpoint()
  const { client_secret, client_secret_expires_at } = await register(CHATGPT)
  assert.match(String(client_secret), /^secret_[A-Za-z0-9_-]{55}$/)
  assert.equal(client_secret_expires_at, NOW + 90 * 86_400)
  assert.equal(clients[0]?.client_secret_hash, `sha256:${sha256(String(client_secret))}`)
  assert.equal(clients[0]?.client_secret_expires_at, client_secret_expires_at)
  assert.ok(!JSON.stringify(clients).includes(String(client_secret)))
})

test('a TTL of 0 is told as client_secret_expires_at 0', async () => {
  const { register } = endpoint({ clientSecretTtl: 0 })
  assert.equal((await register(CHATGPT)).client_secret_expires_at, 0)
})

test('CORPUSIQ_CLIENT_SECRET_HASH=argon2id stores the slow hash', async () => {
  const { clients, register } = endpoint({ clientSecretHash: 'argon2id' })
  const { client_secret } = await register(CHATGPT)
  const hash = clients[0]?.client_secret_hash ?? ''
  assert.match(hash, /^\$argon2id\$/)
  assert.ok(await verifyPassword(String(client_secret), hash))
})

test('only a scope that was asked for by name restricts', async () => {
  const { clients, register } = endpoint()
  const expected: [unknown, string | undefined, string][] = [
    [undefined, undefined, 'corpus:read corpus:search'],
    [null, undefined, 'corpus:read corpus:search'],
    ['', undefined, 'corpus:read corpus:search'],
    ['corpus:read', 'corpus:read', 'corpus:read'],
    ['corpus:read openid', 'corpus:read', 'corpus:read'],
    ['corpus:read offline_access', 'corpus:read offline_access', 'corpus:read offline_access'],
    ['claudeai', 'corpus:read corpus:search', 'corpus:read corpus:search'],
  ]
  for (const [scope, registered, told] of expected) {
    const information = await register({ ...CHATGPT, scope })
    assert.equal(information.scope, told)
    assert.equal(clients.at(-1)?.registered_scope, registered, String(scope))
  }
})

test('it is served at the configured path and at the default one', () => {
  const paths = (registrationEndpoint: string) =>
    endpoint({ registrationEndpoint }).routes.map(({ path }) => path)
  assert.deepEqual(paths('https://notes.example.com/register'), ['/register'])
  assert.deepEqual(paths('https://notes.example.com/oauth/clients'), ['/oauth/clients', '/register'])
})

test('a store that fails is a bug to be thrown, not an answer', async () => {
  const [route] = registrationRoutes({
    settings: {
      resourceUrl: 'https://notes.example.com',
      issuer: 'https://notes.example.com',
      registrationEndpoint: 'https://notes.example.com/register',
      registrationAccess: 'open',
      registrationRate: undefined,
      clientSecretTtl: 0,
      clientSecretHash: 'sha256',
    },
    clients: { register: () => Promise.reject(new Error('disk full')) },
    registrationTokens: { find: async () => undefined },
    judge: async (proposed) => proposed,
    audit: { refuse: () => assert.fail('not a refusal') },
    now: () => NOW,
    random: systemRandom,
    emit: (event) => assert.notEqual(event.type, 'registration.accepted'),
  })
  const request = new Request('https://notes.example.com/register', {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify(CHATGPT),
  })
  const context = { address: '192.0.2.1', path: '/register', query: '', parameter: '' }
  await assert.rejects(async () => route?.handler(request, context), /disk full/)
})

test('whatever JSON comes in, the answer is 201 or a standard 400, and a 201 has no null and no empty member', async () => {
  const { post } = endpoint()
  const members =
    'redirect_uris token_endpoint_auth_method grant_types response_types client_name client_uri logo_uri scope contacts ' +
    'tos_uri policy_uri jwks_uri jwks software_id software_version software_statement application_type client_name#fr x'
  const word = fc.constantFrom(
    ...'https://c.example/cb http://localhost/cb cursor://x/cb none code authorization_code refresh_token web corpus:read x'.split(
      ' ',
    ),
    '',
    null,
  )
  const plausible = fc.oneof(word, fc.array(word, { maxLength: 3 }))
  const member = fc.constantFrom(...members.split(' '))
  const body = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(member, fc.oneof(fc.jsonValue({ maxDepth: 3 }), plausible)),
    fc
      .dictionary(member, plausible)
      .map((given) => ({ ...given, redirect_uris: ['https://c.example/cb'], contacts: undefined })),
  )
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(body, async (value) => {
      const answer = await post(JSON.stringify(value))
      if (answer instanceof OAuthError) {
        assert.equal(answer.status, 400)
        assert.match(
          answer.error,
          /^(invalid_redirect_uri|invalid_client_metadata|(invalid|unapproved)_software_statement)$/,
        )
        assert.notEqual(answer.error_description, '')
        return
      }
      accepted++
      assert.equal(answer.status, 201)
      const text = await answer.text()
      for (const given of Object.values(JSON.parse(text)))
        assert.ok(given !== null && given !== '' && JSON.stringify(given) !== '[]')
    }),
    { numRuns: 3000 },
  )
  assert.ok(accepted > 0)
})
