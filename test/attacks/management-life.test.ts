/** Group 4, client configuration (RFC 7592): what an update or a deletion means for those who were let in before. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sha256 } from '../../src/ops/digest.ts'
import { systemRandom } from '../../src/ops/random.ts'
import {
  configure,
  type ManagedClient,
  notTheToken,
  readBack,
  registerManaged,
  update,
  updated,
} from '../support/managing.ts'
import { authorizationRequest, CALLBACK, CONFIDENTIAL_CLIENT, PUBLIC_CLIENT } from '../support/scenario.ts'
import { storeClient } from '../support/stored.ts'
import {
  assertServed,
  codeFor,
  createTarget,
  granted,
  mcpStatus,
  notAuthenticated,
  redeem,
  refresh,
  refused,
  type Target,
  tokensFor,
} from '../support/target.ts'
import { isConsentPage } from './hostile-registration.ts'

let target: Target
before(async () => {
  target = await createTarget({ env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
})
after(async () => {
  await assertServed(target)
  await target.app[Symbol.asyncDispose]()
})

/** Where the owner's browser, signed in, ends with this client's request. */
function visit(client: ManagedClient, options: { scope?: string; redirect_uri?: string } = {}) {
  return target.browser.open(authorizationRequest(target.app, client, options).url)
}

const OTHER = 'https://other.example.net/callback'

test('A-044 an update meets the rules of registration: a bad redirect URI is 400, and nothing is registered of it', async () => {
  const { app } = target
  const client = await registerManaged(app)
  const before = await app.store.clients.find(client.client_id)
  for (const uri of [
    'http://evil.example/cb',
    'javascript:alert(1)',
    'https://evil.example/cb#x',
    'https://u:p@evil.example/',
    `${CALLBACK}\n`,
    '//evil.example',
    `data:text/html,x`,
  ]) {
    const { status, body } = await update(app, client, { ...PUBLIC_CLIENT, redirect_uris: [CALLBACK, uri] })
    assert.deepEqual([status, body.error], [400, 'invalid_redirect_uri'], uri)
  }
  assert.deepEqual(await app.store.clients.find(client.client_id), before)
})

test('A-044 more scope after consent: the person is asked again, the old grant stays what it was', async () => {
  const { app } = target
  let client = await registerManaged(app, { ...PUBLIC_CLIENT, scope: 'corpus:search' })
  const tokens = await tokensFor(target, client, 'corpus:search corpus:read')
  assert.equal(tokens.scope, 'corpus:search')
  assert.ok((await visit(client)).left, 'remembered')
  client = updated(
    client,
    await update(app, client, { ...PUBLIC_CLIENT, scope: 'corpus:search corpus:read' }),
  )
  isConsentPage(await visit(client, { scope: 'corpus:search corpus:read' }))
  assert.ok((await visit(client, { scope: 'corpus:search' })).left)
  const next = granted(await refresh(app, client, tokens.refresh_token))
  assert.equal(next.scope, 'corpus:search')
  refused(await refresh(app, client, next.refresh_token, { scope: 'corpus:read' }), 'invalid_scope')
})

test('A-044 another host that gets the code, after consent: the person is asked again', async () => {
  const { app } = target
  let client = await registerManaged(app)
  await tokensFor(target, client)
  assert.ok((await visit(client)).left)
  client = updated(client, await update(app, client, { ...PUBLIC_CLIENT, redirect_uris: [CALLBACK, OTHER] }))
  assert.ok((await visit(client, { redirect_uri: CALLBACK })).left)
  const page = await visit(client, { redirect_uri: OTHER })
  isConsentPage(page)
  assert.match(page.text, /other\.example\.net/)
})

test('A-044 `none` becomes a client with a secret after consent: the person is asked again, without the secret it does nothing', async () => {
  const { app } = target
  const metadata = { ...PUBLIC_CLIENT, redirect_uris: ['http://127.0.0.1/cb'] }
  const client = await registerManaged(app, metadata)
  const tokens = await tokensFor(target, client)
  isConsentPage(await visit(client))
  // A loopback address asks a public client each time, and a remembered consent would spare one that authenticates.
  const answer = await update(app, client, { ...metadata, token_endpoint_auth_method: 'client_secret_basic' })
  const holder = updated(client, answer)
  assert.match(holder.client_secret ?? '', /^secret_/)
  isConsentPage(await visit(holder))
  const page = await visit(holder)
  notAuthenticated(await refresh(app, client, tokens.refresh_token), false)
  const form = page.forms.find(({ buttons }) => buttons.some(({ name }) => name === 'decision'))
  assert.ok(form)
  assert.ok((await target.browser.submit(page, form, { decision: 'approve' })).left)
  assert.ok((await visit(holder)).left, 'now it is remembered')
  granted(await refresh(app, holder, tokens.refresh_token))
})

test('A-044 a client that waits for approval, or is the operator’s, revives or frees itself by no update', async () => {
  const { app } = target
  const registration_access_token = systemRandom.secret('registration_')
  const registration_token_hash = sha256(registration_access_token)
  for (const more of [{ approval: 'pending' }, { source: 'operator' }, { source: 'declared' }] as const) {
    const { client_id } = await storeClient(app, {}, { ...more, registration_token_hash })
    const own = { registration_client_uri: `${app.url}/register/${client_id}`, registration_access_token }
    const body = { ...PUBLIC_CLIENT, client_id, client_name: 'Approved', approval: null, source: 'dynamic' }
    const { status } = await configure(app, 'PUT', own, { body })
    assert.equal(status, 'source' in more && more.source === 'declared' ? 403 : 200)
    const { approval, source } = (await app.store.clients.find(client_id)) ?? assert.fail()
    assert.deepEqual({ ...(approval && { approval }), ...(source && { source }) }, more)
  }
})

test('A-046 a redirect URI that an update took out gets no answer: of a login begun before, of a code issued before', async () => {
  const { app, browser } = target
  const both = { ...PUBLIC_CLIENT, redirect_uris: [CALLBACK, OTHER] }
  let client = await registerManaged(app, both)
  const [kept, taken] = [
    { ...client, redirect_uris: [CALLBACK] },
    { ...client, redirect_uris: [OTHER] },
  ]
  const tokens = await tokensFor(target, kept)
  const code = await codeFor(target, kept)
  const page = await visit(taken)
  const form = page.forms.find(({ buttons }) => buttons.some(({ name }) => name === 'decision'))
  assert.ok(form)
  const again = await visit(taken)
  const secondForm = again.forms.find(({ buttons }) => buttons.some(({ name }) => name === 'decision'))
  assert.ok(secondForm)
  const done = await browser.submit(page, form, { decision: 'approve' })
  assert.ok(done.left)
  const old = await codeFor(target, taken)

  client = updated(client, await update(app, client, PUBLIC_CLIENT))
  for (const decision of ['approve', 'deny']) {
    const answer = await browser.submit(again, secondForm, { decision })
    assert.deepEqual([answer.left, answer.status], [false, 400], decision)
    assert.ok(!answer.text.includes(OTHER))
  }
  const stopped = await visit(taken)
  assert.deepEqual([stopped.left, stopped.status], [false, 400])
  for (const redirect_uri of [OTHER, CALLBACK, undefined]) {
    refused(await redeem(app, client, old, { redirect_uri }), 'invalid_grant')
  }
  // What was not taken out goes on.
  granted(await redeem(app, client, code))
  granted(await refresh(app, client, tokens.refresh_token))
  // Put back, the code is as good as ever: it was never spent.
  await update(app, client, both)
  granted(await redeem(app, client, old))
})

test('A-047 after DELETE code, refresh token, access token, secret and registration token are nothing, at once', async () => {
  const { app } = target
  for (const metadata of [PUBLIC_CLIENT, CONFIDENTIAL_CLIENT]) {
    const client = await registerManaged(app, metadata)
    const tokens = await tokensFor(target, client)
    const more = await tokensFor(target, client)
    const code = await codeFor(target, client)
    assert.equal((await configure(app, 'DELETE', client)).status, 204)
    const usedHeader = metadata === CONFIDENTIAL_CLIENT
    notAuthenticated(await redeem(app, client, code), usedHeader)
    for (const { access_token, refresh_token } of [tokens, more]) {
      notAuthenticated(await refresh(app, client, refresh_token), usedHeader)
      assert.equal(await mcpStatus(app, access_token), 401)
    }
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = method === 'PUT' ? { body: { ...metadata, client_id: client.client_id } } : {}
      notTheToken(await configure(app, method, client, body), method)
    }
    // Another client that came by them gets nothing either.
    refused(await redeem(app, target.open, code), 'invalid_grant')
    refused(await refresh(app, target.open, tokens.refresh_token), 'invalid_grant')
    const page = await visit(client)
    assert.deepEqual([page.left, page.status], [false, 400])
    assert.equal(await app.store.clients.find(client.client_id), undefined)
  }
})

test('A-048 updates at the same time come one after the other: each is answered, the last one stands, none is mixed', async () => {
  const { app } = target
  const client = await registerManaged(app)
  const names = Array.from({ length: 30 }, (_, index) => `Name ${index}`)
  const answers = await Promise.all(
    names.map((client_name) =>
      update(app, client, {
        ...PUBLIC_CLIENT,
        client_name,
        redirect_uris: [`https://client.example.com/${client_name.slice(5)}`],
      }),
    ),
  )
  for (const [index, { status, body }] of answers.entries()) {
    assert.deepEqual([status, body.client_name], [200, names[index]])
  }
  const stored = await app.store.clients.find(client.client_id)
  assert.equal(stored?.revision, names.length, 'each of them was one replacement')
  const number = stored?.metadata.client_name?.slice(5)
  assert.deepEqual(stored?.metadata.redirect_uris, [`https://client.example.com/${number}`])
  assert.equal((await readBack(app, client)).status, 200)
})

test('A-048 updates at the same time, each with a new secret: whoever lost an answer is not locked out, and one secret is the last', async () => {
  await using app = (await createTarget({ env: { CORPUSIQ_ROTATE_ON_UPDATE: 'true' } })).app
  const client = await registerManaged(app, CONFIDENTIAL_CLIENT)
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => update(app, client, CONFIDENTIAL_CLIENT)),
  )
  for (const { status } of answers) assert.equal(status, 200)
  const stored = await app.store.clients.find(client.client_id)
  const last = answers.filter(
    ({ body }) => sha256(String(body.registration_access_token)) === stored?.registration_token_hash,
  )
  assert.equal(last.length, 1)
  assert.equal(stored?.client_secret_hash, `sha256:${sha256(String(last[0]?.body.client_secret))}`)
  // All of them came with the first token, which goes on until the last one is used.
  assert.equal((await readBack(app, client)).status, 200)
  assert.equal(stored?.previous_secret_hash, `sha256:${sha256(client.client_secret ?? '')}`)
})

test('A-048 updates and a deletion at the same time: the client is gone afterwards and never comes back', async () => {
  const { app } = target
  for (let round = 0; round < 10; round++) {
    const client = await registerManaged(app)
    const updates = Array.from({ length: 8 }, (_, index) => (index === round % 8 ? 'DELETE' : 'PUT')).map(
      (method) => (method === 'DELETE' ? configure(app, method, client) : update(app, client, PUBLIC_CLIENT)),
    )
    for (const { status } of await Promise.all(updates))
      assert.ok([200, 204, 401].includes(status), String(status))
    assert.equal(await app.store.clients.find(client.client_id), undefined)
    notTheToken(await update(app, client, PUBLIC_CLIENT))
    assert.equal(await app.store.clients.find(client.client_id), undefined)
  }
})

test('A-048 the old token and the new one at the same time: once the new one was used, what the old one asked for is not done', async () => {
  await using app = (await createTarget({ env: { CORPUSIQ_ROTATE_ON_UPDATE: 'true' } })).app
  for (let round = 0; round < 5; round++) {
    const old = await registerManaged(app)
    const next = updated(old, await update(app, old, PUBLIC_CLIENT))
    const [late, confirmed] = await Promise.all([
      update(app, old, { ...PUBLIC_CLIENT, client_name: 'By the old one' }),
      readBack(app, next),
    ])
    assert.ok(late.status === 401 || confirmed.status === 401, `${late.status} ${confirmed.status}`)
    const stored = await app.store.clients.find(old.client_id)
    if (late.status === 401) {
      assert.equal(stored?.metadata.client_name, PUBLIC_CLIENT.client_name)
      assert.equal(stored?.previous_registration_token_hash, undefined)
    }
  }
})
