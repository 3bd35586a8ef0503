/** Group 3: the operator's own rules judge the registration that results, at POST and at PUT alike. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ManagedClient, registerManaged, update } from '../support/managing.ts'
import { REDIRECT, refused } from '../support/registering.ts'
import { postJson } from '../support/site.ts'
import { createTestApp, type TestApp, type TestAppOptions } from '../support/test-app.ts'
import { failures } from './hostile-registration.ts'

const RULES = {
  redirect_hosts: ['client.example.org', 'localhost'],
  redirect_schemes: ['https', 'http'],
  required_members: ['client_name', 'contacts'],
  web: { token_endpoint_auth_methods: ['client_secret_basic', 'client_secret_post'] },
  loopback: { scopes: ['corpus:search'] },
} as const
const GOOD = { ...REDIRECT, client_name: 'Good', contacts: ['a@client.example.org'] }

function policedApp(options: TestAppOptions = {}): Promise<TestApp> {
  return createTestApp({
    owner: false,
    registrationRules: RULES,
    ...options,
    env: { CORPUSIQ_REGISTRATION_RATE: 'off', ...options.env },
  })
}

/** Refused at both doors, and the client that exists stays as it was. */
async function isRefusedAtBoth(
  app: TestApp,
  client: ManagedClient,
  metadata: object,
  error: string,
): Promise<void> {
  const before = await app.store.clients.find(client.client_id)
  await refused(app, metadata, error)
  const { status, body } = await update(app, client, metadata)
  assert.deepEqual([status, body.error], [400, error], JSON.stringify(metadata))
  assert.deepEqual(await app.store.clients.find(client.client_id), before)
}

test('A-039 what a rule forbids comes in by no door: not by POST, not by PUT, not by leaving out what it asks for', async () => {
  await using app = await policedApp()
  const client = await registerManaged(app, GOOD)
  for (const [change, error] of [
    [{ redirect_uris: ['https://evil.example/cb'] }, 'invalid_redirect_uri'],
    [{ redirect_uris: [...REDIRECT.redirect_uris, 'https://evil.example/cb'] }, 'invalid_redirect_uri'],
    [{ redirect_uris: ['http://127.0.0.1/cb'] }, 'invalid_redirect_uri'],
    [{ redirect_uris: ['cursor://client.example.org/cb'] }, 'invalid_redirect_uri'],
    [{ token_endpoint_auth_method: 'none' }, 'invalid_client_metadata'],
    [{ scope: 'corpus:read', redirect_uris: ['http://localhost/cb'] }, 'invalid_client_metadata'],
    ...[undefined, null, '', []].flatMap((nothing) => [
      [{ client_name: nothing }, 'invalid_client_metadata'],
      [{ contacts: nothing }, 'invalid_client_metadata'],
    ]),
  ] as [object, string][]) {
    await isRefusedAtBoth(app, client, { ...GOOD, ...change }, error)
  }
  // What is left out counts as what stands for it: here the method that the rule asks for.
  for (const nothing of [undefined, null, '', []]) {
    assert.equal((await update(app, client, { ...GOOD, token_endpoint_auth_method: nothing })).status, 200)
  }
  assert.deepEqual(failures(app), [])
})

test('A-039 A-044 an update that makes a client one of another kind is judged as that kind', async () => {
  await using app = await policedApp()
  const client = await registerManaged(app, GOOD)
  assert.equal(client.scope, 'corpus:read corpus:search')
  for (const redirect_uris of [['http://localhost/cb'], [...REDIRECT.redirect_uris, 'http://localhost/cb']]) {
    const { status, body } = await update(app, client, { ...GOOD, redirect_uris })
    assert.deepEqual([status, body.scope], [200, 'corpus:search'])
    assert.equal((await app.store.clients.find(client.client_id))?.registered_scope, 'corpus:search')
  }
  // And back again it is bound by nothing of that.
  const { body } = await update(app, client, GOOD)
  assert.equal(body.scope, 'corpus:read corpus:search')
  assert.equal((await app.store.clients.find(client.client_id))?.registered_scope, undefined)
})

test('A-039 the program’s own function is asked at both doors, about what would be registered', async () => {
  const seen: unknown[] = []
  await using app = await policedApp({
    registrationPolicy: async ({ client_name, token_endpoint_auth_method }, { action, client_id }) => {
      seen.push([action, client_id, client_name, token_endpoint_auth_method])
      return client_name === 'Bad'
        ? { error: 'access_denied', error_description: 'this name is not wanted here' }
        : undefined
    },
  })
  const client = await registerManaged(app, GOOD)
  for (const answer of [
    await update(app, client, { ...GOOD, client_name: 'Bad' }),
    await postJson(app, `${app.url}/register`, { ...GOOD, client_name: 'Bad' }),
  ]) {
    assert.equal(answer.status, 403)
    const body = answer instanceof Response ? await answer.json() : answer.body
    assert.deepEqual(body, { error: 'access_denied', error_description: 'this name is not wanted here' })
  }
  assert.deepEqual(seen, [
    ['register', undefined, 'Good', 'client_secret_basic'],
    ['update', client.client_id, 'Bad', 'client_secret_basic'],
    ['register', undefined, 'Bad', 'client_secret_basic'],
  ])
  assert.equal(await app.store.clients.count(), 1)
})

test('A-039 a function that fails lets nobody in, and its fault is told to nobody', async () => {
  await using app = await policedApp({
    registrationPolicy: () => {
      throw new Error('secret detail')
    },
  })
  const response = await postJson(app, `${app.url}/register`, GOOD)
  assert.equal(response.status, 500)
  assert.doesNotMatch(await response.text(), /secret detail/)
  assert.equal(await app.store.clients.count(), 0)
})

test('A-034 a cap of unused clients per address: whoever reaches it is told what to do, everybody else comes in', async () => {
  await using app = await createTestApp({
    registrationRules: { unused_clients_per_address: 3 },
    env: { CORPUSIQ_REGISTRATION_RATE: 'off' },
  })
  const from = async (address: string) => {
    const response = await app.fetchFrom(
      address,
      new Request(`${app.url}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(REDIRECT),
      }),
    )
    const body = (await response.json()) as { client_id: string; error?: string; error_description?: string }
    return { status: response.status, ...body }
  }
  const all = await Promise.all(Array.from({ length: 50 }, () => from('192.0.2.1')))
  const [first, ...others] = all.filter(({ status }) => status === 201)
  assert.equal(others.length, 2, 'exactly as many as the cap, of 50 at once')
  for (const { status, error, error_description } of all.filter(({ status }) => status !== 201)) {
    assert.deepEqual([status, error], [403, 'access_denied'])
    assert.match(error_description ?? '', /use or delete one of them/)
  }
  // One household has a /64 of its own.
  for (let times = 0; times < 3; times++) assert.equal((await from(`2001:db8::${times}`)).status, 201)
  assert.equal((await from('2001:db8:0:0:ffff::1')).status, 403)
  assert.equal((await from('2001:db8:0:1::1')).status, 201)
  assert.equal((await from('192.0.2.2')).status, 201)
  // What was authorized counts no longer, nor what is gone.
  const audit = { at: app.now(), type: 'client.deleted' }
  assert.ok(await app.store.clients.remove(first?.client_id ?? '', audit))
  assert.equal((await from('192.0.2.1')).status, 201)
  assert.equal((await from('192.0.2.1')).status, 403)
})
