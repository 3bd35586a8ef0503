/** Group 4, client configuration (RFC 7592): what happens between reading a client and replacing it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { OAuthError } from '../../src/oauth/errors.ts'
import { createIsSecret } from '../../src/ops/client-secret.ts'
import { systemRandom } from '../../src/ops/random.ts'
import { configurationRoutes } from '../../src/registration/configure.ts'
import {
  configure,
  type ManagedClient,
  readBack,
  registerManaged,
  update,
  updated,
} from '../support/managing.ts'
import { PUBLIC_CLIENT } from '../support/scenario.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

let app: TestApp
before(async () => {
  app = await createTestApp({
    owner: false,
    env: { CORPUSIQ_REGISTRATION_RATE: 'off', CORPUSIQ_ROTATE_ON_UPDATE: 'true' },
  })
})
after(() => app[Symbol.asyncDispose]())

/** An update over the app's store, with `meanwhile` after the client was read and before it is replaced, each time. */
async function updateWhile(
  client: ManagedClient,
  metadata: object,
  meanwhile: (time: number) => Promise<unknown>,
): Promise<Response> {
  let time = 0
  const routes = configurationRoutes({
    settings: app.settings,
    clients: app.store.clients,
    audit: app.store.audit,
    isSecret: createIsSecret(),
    judge: async (proposed) => {
      await meanwhile(time++)
      return proposed
    },
    now: app.now,
    random: systemRandom,
    emit: () => {},
  })
  const { client_id: parameter, registration_access_token: token, registration_client_uri: uri } = client
  const request = new Request(uri, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: parameter, ...metadata }),
  })
  const put = routes.find(({ method }) => method === 'PUT')
  const context = { address: '127.0.0.1', path: new URL(uri).pathname, query: '', parameter }
  const answer = await put?.handler(request, context)
  return answer instanceof OAuthError
    ? Response.json(answer, { status: answer.status })
    : (answer ?? assert.fail())
}

test('A-048 another update between reading and replacing: the later one is judged anew, on what there is then', async () => {
  const client = await registerManaged(app)
  let times = 0
  const late = await updateWhile(client, { ...PUBLIC_CLIENT, client_name: 'Late' }, async (time) => {
    times++
    if (time < 3) await update(app, client, { ...PUBLIC_CLIENT, client_name: `Early ${time}` })
  })
  assert.deepEqual([late.status, times], [200, 4])
  const stored = await app.store.clients.find(client.client_id)
  assert.deepEqual([stored?.metadata.client_name, stored?.revision], ['Late', 4])
})

test('A-048 a deletion between reading and replacing: 401, and the client does not come back', async () => {
  const client = await registerManaged(app)
  const late = await updateWhile(client, PUBLIC_CLIENT, () => configure(app, 'DELETE', client))
  assert.equal(late.status, 401)
  assert.equal(await app.store.clients.find(client.client_id), undefined)
})

test('A-048, A-050 the new token used between reading and replacing by the old one: 401, and nothing is replaced', async () => {
  const old = await registerManaged(app)
  const next = updated(old, await update(app, old, PUBLIC_CLIENT))
  const late = await updateWhile(old, { ...PUBLIC_CLIENT, client_name: 'By the old one' }, async () => {
    assert.equal((await readBack(app, next)).status, 200)
  })
  assert.equal(late.status, 401)
  const stored = await app.store.clients.find(old.client_id)
  assert.equal(stored?.metadata.client_name, PUBLIC_CLIENT.client_name)
  assert.equal((await readBack(app, old)).status, 401)
  assert.equal((await readBack(app, next)).status, 200)
})

test('A-048 a client that never stops being updated: 503 after a while, not for ever', async () => {
  const client = await registerManaged(app)
  const late = await updateWhile(client, PUBLIC_CLIENT, () => update(app, client, PUBLIC_CLIENT))
  assert.equal(late.status, 503)
  assert.equal((await readBack(app, client)).status, 200)
})
