import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { configure, type ManagedClient, metadataOf, readBack, update } from '../support/managing.ts'
import { postJson } from '../support/site.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

/* RFC 7592 §2.1: what was answered with 201 reads back equal, and an update that says it again changes nothing. */

let app: TestApp
before(async () => {
  app = await createTestApp({ owner: false, env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
})
after(() => app[Symbol.asyncDispose]())

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.constantFrom('', null))
const uri = fc.constantFrom('https://c.example/a?b=c', 'https://c.example/%2e', 'http://c.example/', '', null)
const redirectUri = fc.constantFrom(
  'https://c.example/cb',
  'http://localhost:1/cb',
  'cursor://x/cb',
  'https://C.example/%2f',
)
const words = (...known: string[]) => fc.subarray(known)
const METADATA = fc.record(
  {
    redirect_uris: fc.uniqueArray(redirectUri, { minLength: 1 }),
    token_endpoint_auth_method: fc.constantFrom('none', 'client_secret_basic', 'client_secret_post', null),
    grant_types: fc.constantFrom(
      ['authorization_code'],
      ['authorization_code', 'refresh_token', 'implicit'],
      ['implicit'],
      [],
    ),
    response_types: fc.constantFrom(['code'], ['code', 'token'], [], null),
    client_name: text,
    'client_name#fr': text,
    'tos_uri#de-CH': uri,
    client_uri: uri,
    logo_uri: uri,
    scope: fc.oneof(
      words('corpus:read', 'corpus:search', 'offline_access', 'openid').map((all) => all.join(' ')),
      text,
    ),
    contacts: fc.array(fc.string({ minLength: 1, maxLength: 9 }), { maxLength: 3 }),
    software_id: text,
    software_version: text,
    application_type: fc.constantFrom('web', 'native', null),
    unknown_member: fc.jsonValue({ maxDepth: 2 }),
  },
  { requiredKeys: ['redirect_uris'] },
)

test('RFC 7592 §2.1 what was answered with 201 reads back equal, and put back as it was it changes nothing', async () => {
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(METADATA, METADATA, async (metadata, other) => {
      const response = await postJson(app, `${app.url}/register`, metadata)
      if (response.status !== 201) return assert.equal(response.status, 400)
      accepted++
      const client = (await response.json()) as ManagedClient
      const { client_secret, ...told } = client
      assert.deepEqual((await readBack(app, client)).body, told)
      assert.deepEqual((await update(app, client, metadataOf(told))).body, told)
      assert.deepEqual((await readBack(app, client)).body, told)

      // What an update answers reads back equal too, and nothing of a refused one does.
      const written = await update(app, client, other)
      assert.ok(written.status === 200 || written.status === 400, JSON.stringify(written.body))
      const { client_secret: made, ...now } = (
        written.status === 200 ? written.body : told
      ) as Partial<ManagedClient>
      const { registration_access_token = '' } = now
      assert.deepEqual((await readBack(app, { ...client, registration_access_token })).body, now)
    }),
    { numRuns: 150 },
  )
  assert.ok(accepted > 40, String(accepted))
})

test('RFC 7592 §2.2 whatever JSON an update is, the answer is 200 or a standard 400', async () => {
  const response = await postJson(app, `${app.url}/register`, { redirect_uris: ['https://c.example/cb'] })
  const client = (await response.json()) as ManagedClient
  const { client_id } = client
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(client_id, client.client_secret ?? '', null),
  )
  const name = fc.constantFrom(
    ...'client_id client_secret redirect_uris scope jwks grant_types registration_access_token __proto__ x'.split(
      ' ',
    ),
  )
  const body = fc.oneof(
    fc.jsonValue(),
    fc
      .dictionary(name, value)
      .map((given) => ({ redirect_uris: ['https://c.example/cb'], client_id, ...given })),
  )
  await fc.assert(
    fc.asyncProperty(body, async (sent) => {
      const { status, body } = await configure(app, 'PUT', client, { body: JSON.stringify(sent) })
      assert.ok(status === 200 || status === 400, JSON.stringify(body))
      if (status === 400)
        assert.match(String(body.error), /^invalid_(redirect_uri|client_metadata|software_statement)$/)
    }),
    { numRuns: 1000 },
  )
  assert.equal((await readBack(app, client)).body.client_id, client_id)
})
