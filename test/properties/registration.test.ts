import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Client } from '../../src/oauth/client.ts'
import { CLIENT_METADATA_MEMBERS, parseClientMetadata } from '../../src/oauth/client-metadata.ts'
import type { JsonObject } from '../../src/oauth/json.ts'
import { createIsSecret } from '../../src/ops/client-secret.ts'
import { systemRandom } from '../../src/ops/random.ts'
import { configurationRoutes } from '../../src/registration/configure.ts'
import { registrationRoutes } from '../../src/registration/register.ts'
import { createEdge } from '../../src/web/edge.ts'
import { metadataOf } from '../support/managing.ts'

/*
 * Whatever comes in at `POST /register`, under the real edge and over a store that is nothing but memory, so that a
 * million of them take minutes (`npm run properties`).
 */

const RUNS = Number(process.env.CORPUSIQ_PROPERTY_RUNS ?? 1000)
/** What one call of fast-check runs, each with a seed of its own. */
const BATCH = 20_000

const URL = 'https://notes.example.com'
const server = { origin: URL }

/** The endpoints; the store keeps the last client alone, as the JSON that a database would hold. */
function endpoints() {
  const faults: unknown[] = []
  let row: string | undefined
  const settings = {
    resourceUrl: URL,
    issuer: URL,
    registrationEndpoint: `${URL}/register`,
    registrationAccess: 'open',
    registrationRate: undefined,
    clientSecretTtl: 90 * 86_400,
    clientSecretHash: 'sha256',
    rotateOnUpdate: false,
    trustProxy: [],
    corsAllowOrigins: [],
  } as const
  const world = {
    settings,
    judge: async <Proposed>(proposed: Proposed) => proposed,
    audit: { refuse: () => {} },
    now: () => 1_800_000_000,
    random: systemRandom,
    emit: (event: { type: string; fault?: unknown }) => {
      if (event.type === 'request.failed') faults.push(event.fault)
    },
  }
  const register = async (client: Client) => {
    row = JSON.stringify(client)
    return 'registered' as const
  }
  const find = async (client_id: string): Promise<Client | undefined> => {
    const client = row === undefined ? undefined : JSON.parse(row)
    return client?.client_id === client_id ? client : undefined
  }
  const unused = () => assert.fail('nothing is replaced or removed here')
  const edge = createEdge({
    settings,
    emit: world.emit,
    routes: [
      ...registrationRoutes({
        ...world,
        clients: { register },
        registrationTokens: { find: async () => undefined },
      }),
      ...configurationRoutes({
        ...world,
        clients: { find, replace: unused, remove: unused, confirmRegistrationToken: unused },
        isSecret: createIsSecret(),
      }),
    ],
  })
  return {
    faults,
    fetch: (url: string, init: RequestInit) => edge.fetch(new Request(url, init), { address: '192.0.2.1' }),
  }
}

const word = fc.constantFrom(
  ...[
    'https://c.example/cb',
    'http://localhost/cb',
    'http://127.0.0.1:1234/cb',
    'cursor://x/cb',
    'https://c.example/%2e?a=b#',
    'https://C.example:443',
    'javascript:alert(1)',
    'none',
    'client_secret_post',
    'client_secret_basic',
    'code',
    'authorization_code',
    'refresh_token',
    'implicit',
    'web',
    'native',
    'corpus:read',
    'corpus:read corpus:search offline_access',
    'eyJhbGciOiJub25lIn0.e30.',
    'x',
    '',
  ],
  null,
)
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
)
const name = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom(
      ...CLIENT_METADATA_MEMBERS,
      'client_name#fr',
      'tos_uri#de-CH',
      '__proto__',
      'x',
    ),
  },
  text.map((tag) => `client_name#${tag}`),
  text,
)
const jwk = fc.record(
  { kty: fc.constantFrom('RSA', 'EC', 'oct'), k: text, n: text, e: text },
  { requiredKeys: ['kty'] },
)
const value = fc.oneof(
  word,
  text,
  fc.webUrl(),
  fc.array(fc.oneof(word, text), { maxLength: 4 }),
  fc.record({ keys: fc.array(jwk, { maxLength: 2 }) }),
  fc.jsonValue({ maxDepth: 3 }),
)
const members = fc.dictionary(name, value, { maxKeys: 8 })
/** Each may well be accepted, so that the other half of the property has something to hold for. */
const plausible = fc.record(
  {
    redirect_uris: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
    token_endpoint_auth_method: fc.constantFrom('none', 'client_secret_basic', 'client_secret_post', null),
    grant_types: fc.subarray(['authorization_code', 'refresh_token', 'implicit']),
    response_types: fc.subarray(['code', 'token']),
    client_name: text,
    'client_name#fr': text,
    client_uri: fc.webUrl(),
    scope: fc
      .subarray(['corpus:read', 'corpus:search', 'offline_access', 'openid'])
      .map((all) => all.join(' ')),
    contacts: fc.array(text, { maxLength: 3 }),
    software_id: text,
    jwks_uri: fc.webUrl({ validSchemes: ['https'] }),
    application_type: fc.constantFrom('web', 'native', null),
  },
  { requiredKeys: [] },
)
const good = plausible.map((given) => ({
  ...given,
  redirect_uris: ['https://c.example/cb'],
  grant_types: ['authorization_code', ...(given.grant_types ?? [])],
  response_types: ['code'],
  contacts: [],
}))
const json = fc.oneof(
  fc.jsonValue().map((any) => JSON.stringify(any)),
  members.map((given) => JSON.stringify(given)),
  plausible.map((given) => JSON.stringify(given)),
  { weight: 2, arbitrary: good.map((given) => JSON.stringify(given)) },
  fc.tuple(good, members).map(([given, others]) => JSON.stringify({ ...given, ...others })),
)
/** JSON for the most part, and now and then what a careless hand made of it. */
const body = fc.oneof(
  { weight: 9, arbitrary: json },
  fc.tuple(json, fc.nat(), fc.nat(3), text).map(([sent, at, gone, put]) => {
    const place = at % (sent.length + 1)
    return sent.slice(0, place) + put + sent.slice(place + gone)
  }),
)

const STANDARD = /^(invalid_redirect_uri|invalid_client_metadata|(invalid|unapproved)_software_statement)$/
/** RFC 6749 §5.2. */
const DESCRIPTION = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/

test(`RFC 7591 §3.2 whatever comes in, the answer is 201 or a standard error, and what was answered 201 reads back equal (RFC 7592 §2.1)`, async (t) => {
  const { fetch, faults } = endpoints()
  const answers = new Map<string, number>()
  const count = (answer: string) => answers.set(answer, (answers.get(answer) ?? 0) + 1)

  const holds = async (sent: string) => {
    const response = await fetch(`${URL}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: sent,
    })
    const answer = (await response.json()) as JsonObject
    if (response.status !== 201) {
      assert.equal(response.status, 400, String(faults.pop()))
      const { error, error_description, ...more } = answer
      assert.match(String(error), STANDARD)
      assert.match(String(error_description), DESCRIPTION)
      assert.deepEqual(more, {})
      count(`400 ${error}`)
      return
    }
    count('201')
    for (const told of Object.values(answer)) {
      assert.ok(told !== null && told !== '' && JSON.stringify(told) !== '[]')
    }
    const { client_secret, ...information } = answer
    const read = await fetch(String(answer.registration_client_uri), {
      headers: { authorization: `Bearer ${answer.registration_access_token}` },
    })
    assert.equal(read.status, 200, String(faults.pop()))
    assert.deepEqual(await read.json(), information)
    const metadata = metadataOf(answer)
    assert.deepEqual(parseClientMetadata(metadata as JsonObject, server), metadata)
  }

  for (let done = 0; done < RUNS; done += BATCH) {
    await fc.assert(fc.asyncProperty(body, holds), { numRuns: Math.min(BATCH, RUNS - done) })
    if (RUNS > BATCH) {
      const memory = Math.round(process.memoryUsage.rss() / 2 ** 20)
      console.error(
        `${Math.min(done + BATCH, RUNS)} of ${RUNS}, ${answers.get('201')} of them 201, ${memory} MB`,
      )
    }
  }
  t.diagnostic([...answers].map(([answer, times]) => `${times} × ${answer}`).join(', '))
  assert.ok((answers.get('201') ?? 0) > RUNS / 10)
})
