/** Group 4, client configuration (RFC 7592): whose token it is, and what an update may say. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sha256 } from '../../src/ops/digest.ts'
import { systemRandom } from '../../src/ops/random.ts'
import {
  configure,
  type ManagedClient,
  metadataOf,
  notTheToken,
  readBack,
  registerManaged,
  update,
  updated,
} from '../support/managing.ts'
import { DEFAULTS, REDIRECT } from '../support/registering.ts'
import { CONFIDENTIAL_CLIENT, PUBLIC_CLIENT } from '../support/scenario.ts'
import { postForm, postJson } from '../support/site.ts'
import { basic } from '../support/stored.ts'
import { assertServed, createTarget, mcpStatus, type Target, tokensFor } from '../support/target.ts'

let target: Target
let client: ManagedClient
let other: ManagedClient
before(async () => {
  target = await createTarget({ env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
  client = await registerManaged(target.app, CONFIDENTIAL_CLIENT)
  other = await registerManaged(target.app, PUBLIC_CLIENT)
})
after(async () => {
  await assertServed(target)
  await target.app[Symbol.asyncDispose]()
})

const METHODS = ['GET', 'HEAD', 'PUT', 'DELETE'] as const

/** A request by which `token` would read, change or end the client. */
function attempt(method: string, client: ManagedClient, token: string | undefined, uri?: string) {
  const body = { ...CONFIDENTIAL_CLIENT, client_id: client.client_id, client_name: 'Taken over' }
  return configure(
    target.app,
    method,
    { ...client, ...(uri !== undefined && { registration_client_uri: uri }) },
    {
      headers: { authorization: token === undefined ? '' : `Bearer ${token}` },
      ...(method === 'PUT' && { body }),
    },
  )
}

/** The client is as it was, and its own token still works. */
async function isUnharmed(each: ManagedClient, before: unknown): Promise<void> {
  assert.deepEqual(await target.app.store.clients.find(each.client_id), before)
  assert.equal((await readBack(target.app, each)).status, 200)
}

test('A-040 no token, a wrong one, another client’s: 401 alike, the same for a client that does not exist, and nobody is hurt', async () => {
  const { app } = target
  const before = await app.store.clients.find(client.client_id)
  const beforeOther = await app.store.clients.find(other.client_id)
  const nobody = { ...client, client_id: systemRandom.id('client_') }
  nobody.registration_client_uri = `${app.url}/register/${nobody.client_id}`
  for (const method of METHODS) {
    for (const token of [
      other.registration_access_token,
      systemRandom.secret('registration_'),
      'x',
      'a.b.c',
    ]) {
      const [known, unknown] = [await attempt(method, client, token), await attempt(method, nobody, token)]
      if (method === 'HEAD') assert.deepEqual([known.status, unknown.status], [401, 401])
      else for (const answer of [known, unknown]) notTheToken(answer, `${method} ${token}`)
      assert.deepEqual([...known.headers], [...unknown.headers])
    }
    const [known, unknown] = [
      await attempt(method, client, undefined),
      await attempt(method, nobody, undefined),
    ]
    assert.deepEqual([known.status, known.body], [401, unknown.body])
    assert.equal(known.headers.get('www-authenticate'), 'Bearer realm="client registration"')
    // Its own token opens nothing but its own door.
    if (method !== 'HEAD') notTheToken(await attempt(method, nobody, client.registration_access_token))
    if (method !== 'HEAD') notTheToken(await attempt(method, other, client.registration_access_token))
  }
  await isUnharmed(client, before)
  await isUnharmed(other, beforeOther)
})

test('A-040 two tokens, a list, a tab, another scheme: never the first that fits', async () => {
  const token = client.registration_access_token
  for (const authorization of [
    `Bearer ${token}, Bearer ${token}`,
    `Bearer ${token} x`,
    `Bearer "${token}"`,
    `Bearer\t${token}`,
    `Bearer${token}`,
    `Basic ${token}`,
    `Token ${token}`,
    token,
  ]) {
    const answer = await configure(target.app, 'GET', client, { headers: { authorization } })
    assert.equal(answer.status, 401, authorization)
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer realm="/)
  }
  assert.equal(
    (await configure(target.app, 'GET', client, { headers: { authorization: `bearer ${token}` } })).status,
    200,
  )
})

test('A-041 a registration token opens neither /mcp nor introspection, revocation or the token endpoint; no other token opens the registration', async () => {
  const { app } = target
  const tokens = await tokensFor(target, client)
  const { client_id, client_secret = '', registration_access_token: token } = client
  assert.equal(await mcpStatus(app, token), 401)
  const proof = basic(client_id, client_secret)
  const introspected = await postForm(app, `${app.url}/introspect`, { token }, proof)
  assert.deepEqual(await introspected.json(), { active: false })
  assert.equal(
    (
      await postForm(
        app,
        `${app.url}/introspect`,
        { token: tokens.access_token },
        { authorization: `Bearer ${token}` },
      )
    ).status,
    401,
  )
  assert.equal((await postForm(app, `${app.url}/revoke`, { token }, proof)).status, 200)
  assert.equal((await readBack(app, client)).status, 200, 'RFC 7009 revokes other tokens')
  for (const grant of [
    { grant_type: 'refresh_token', refresh_token: token },
    { grant_type: 'authorization_code', code: token, code_verifier: 'x'.repeat(43) },
  ]) {
    const response = await postForm(app, `${app.url}/token`, grant, proof)
    assert.equal(((await response.json()) as { error: string }).error, 'invalid_grant')
  }
  assert.equal(
    (
      await postForm(
        app,
        `${app.url}/token`,
        { grant_type: 'refresh_token', refresh_token: tokens.refresh_token },
        basic(client_id, token),
      )
    ).status,
    401,
  )

  const before = await app.store.clients.find(client_id)
  for (const wrong of [
    tokens.access_token,
    tokens.refresh_token,
    client_secret,
    client_id,
    before?.registration_token_hash,
  ]) {
    for (const method of ['GET', 'PUT', 'DELETE'])
      notTheToken(await attempt(method, client, wrong ?? 'x'), wrong)
  }
  assert.equal(await mcpStatus(app, tokens.access_token), 200)
  // Nor does it let anybody register as somebody.
  const registered = await postJson(
    app,
    `${app.url}/register`,
    { ...PUBLIC_CLIENT, client_id },
    { authorization: `Bearer ${token}` },
  )
  assert.notEqual(((await registered.json()) as { client_id: string }).client_id, client_id)
  await isUnharmed(client, before)
})

test('A-042 an update with another client_id, without it, or with what the server issues is 400, and nothing changes', async () => {
  const { app } = target
  const before = await app.store.clients.find(client.client_id)
  const beforeOther = await app.store.clients.find(other.client_id)
  const metadata = { ...CONFIDENTIAL_CLIENT, client_name: 'Changed' }
  for (const change of [
    { client_id: other.client_id },
    { client_id: undefined },
    { client_id: null },
    { client_id: '' },
    { client_id: ` ${client.client_id}` },
    { client_id: [client.client_id] },
    { client_id: { toString: client.client_id } },
    { registration_access_token: client.registration_access_token },
    { registration_access_token: 'registration_of_my_choice' },
    { registration_client_uri: 'https://evil.example/' },
    { client_secret_expires_at: 0 },
    { client_secret_expires_at: 9_999_999_999 },
    { client_id_issued_at: before?.client_id_issued_at },
    { client_id_issued_at: false },
  ]) {
    const { status, body } = await update(app, client, { ...metadata, ...change })
    assert.deepEqual([status, body.error], [400, 'invalid_client_metadata'], JSON.stringify(change))
    assert.match(String(body.error_description), /^(client_id must be|[a-z_]+ must not be in an update)/)
  }
  // The name of a column or of a member of ours is a member that nobody knows.
  const told = await update(app, client, {
    ...CONFIDENTIAL_CLIENT,
    client_secret_hash: 'sha256:x',
    registration_token_hash: 'x',
    approval: null,
    source: 'operator',
    authorized_at: 1,
    revision: 99,
    scope_limit: 'x',
  })
  assert.equal(told.status, 200)
  await isUnharmed(client, { ...before, revision: (before?.revision ?? 0) + 1 })
  await isUnharmed(other, beforeOther)
})

test('A-043 an update by which the client chooses its secret is 400, and its secret is as before', async () => {
  const { app } = target
  const { client_id, client_secret = '' } = client
  const before = await app.store.clients.find(client_id)
  for (const chosen of [
    'secret_of_my_choice',
    before?.client_secret_hash,
    `${client_secret}x`,
    client_secret.slice(0, -1),
    client_secret.toUpperCase(),
    client.registration_access_token,
    0,
    true,
    [client_secret],
    { client_secret },
  ]) {
    const { status, body } = await update(app, client, { ...CONFIDENTIAL_CLIENT, client_secret: chosen })
    assert.deepEqual([status, body.error], [400, 'invalid_client_metadata'], String(chosen))
    if (typeof chosen === 'string') {
      const used = await postForm(app, `${app.url}/introspect`, { token: 'x' }, basic(client_id, chosen))
      assert.equal(used.status, 401)
    }
  }
  await isUnharmed(client, before)
  const used = await postForm(app, `${app.url}/introspect`, { token: 'x' }, basic(client_id, client_secret))
  assert.equal(used.status, 200)
})

test('A-045 an update replaces: what is left out is gone or its default, in the answer, in the store and in the next answer', async () => {
  const { app } = target
  const full = {
    ...CONFIDENTIAL_CLIENT,
    token_endpoint_auth_method: 'client_secret_post',
    logo_uri: 'https://client.example.com/logo.png',
    'client_name#de': 'Probe',
    contacts: ['a@example.com'],
    jwks_uri: 'https://client.example.com/jwks',
    scope: 'corpus:read',
    software_id: 'x',
  }
  let managed = await registerManaged(app, full)
  managed = updated(managed, await update(app, managed, REDIRECT))
  const { metadata, registered_scope } = (await app.store.clients.find(managed.client_id)) ?? assert.fail()
  for (const now of [metadataOf(managed), metadataOf((await readBack(app, managed)).body), metadata]) {
    assert.deepEqual(now, { ...REDIRECT, ...DEFAULTS })
  }
  assert.equal(registered_scope, undefined, 'the restriction is gone too')
  // Nor do two updates add up.
  const jwks_uri = 'https://client.example.com/other'
  await update(app, managed, { ...REDIRECT, contacts: ['b@example.com'] })
  const { body } = await update(app, managed, { redirect_uris: ['https://two.example.com/cb'], jwks_uri })
  assert.deepEqual(metadataOf(body), { ...DEFAULTS, redirect_uris: ['https://two.example.com/cb'], jwks_uri })
})

test('A-049 the id in the path as injection: 401 or 404, nothing read, nothing failed', async () => {
  const { app } = target
  const token = client.registration_access_token
  const count = await app.store.clients.count()
  for (const id of [
    '..%2f..%2fetc%2fpasswd',
    '..%5c..%5c',
    '%00',
    `${client.client_id}%00`,
    `${client.client_id}%2f`,
    `%63${client.client_id.slice(1)}`,
    `' OR 1=1 --`,
    "x' UNION SELECT * FROM clients--",
    '%',
    '%25',
    '*',
    `${client.client_id}*`,
    '__proto__',
    'constructor',
    'x'.repeat(10_000),
    '%F0%9F%98%80'.repeat(100),
    `${client.client_id};admin=1`,
    client.client_id.toUpperCase(),
  ]) {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const path = `/register/${id}`
      // As it stands on the wire: `URL` would tidy some of it up.
      const request = new Request(`${app.url}/register/x`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(method === 'PUT' && { body: JSON.stringify({ ...PUBLIC_CLIENT, client_id: client.client_id }) }),
      })
      const response = await app.app.fetch(request, {
        address: '127.0.0.1',
        host: 'notes.example.com',
        target: path,
      })
      assert.ok([401, 404].includes(response.status), `${response.status} ${method} ${path.slice(0, 100)}`)
      assert.doesNotMatch(await response.text(), /SQL|passwd|registration_/)
    }
  }
  for (const path of [
    '/register/',
    `/register//${client.client_id}`,
    `/register/x/${client.client_id}`,
    `/register/${client.client_id}/`,
  ]) {
    const response = await app.app.fetch(
      new Request(`${app.url}/register/x`, { headers: { authorization: `Bearer ${token}` } }),
      {
        address: '127.0.0.1',
        host: 'notes.example.com',
        target: path,
      },
    )
    assert.equal(response.status, 404, path)
  }
  assert.equal(await app.store.clients.count(), count)
})

test('A-050 a registration token in the query, in a form or in a cookie is none', async () => {
  const token = client.registration_access_token
  const before = await target.app.store.clients.find(client.client_id)
  for (const name of ['access_token', 'registration_access_token', 'token']) {
    const uri = `${client.registration_client_uri}?${name}=${token}`
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const answer = await attempt(method, client, undefined, uri)
      assert.equal(answer.status, 401, `${method} ${name}`)
    }
  }
  const answer = await configure(target.app, 'GET', client, {
    headers: {
      authorization: '',
      cookie: `registration_access_token=${token}`,
      'x-registration-token': token,
    },
  })
  assert.equal(answer.status, 401)
  const form = await configure(target.app, 'DELETE', client, {
    body: `access_token=${token}`,
    headers: { authorization: '', 'content-type': 'application/x-www-form-urlencoded' },
  })
  assert.equal(form.status, 401)
  await isUnharmed(client, before)
})

test('A-050 tokens are compared by their hash: one that differs anywhere is as wrong as any, and the stored hash opens nothing', async () => {
  const token = client.registration_access_token
  const end = 'registration_'.length
  const other = (at: number) => `${token.slice(0, at)}${token[at] === '0' ? '1' : '0'}${token.slice(at + 1)}`
  for (const at of [0, end - 1, end, end + 11, end + 12, token.length - 1]) {
    notTheToken(await attempt('GET', client, other(at)), String(at))
  }
  const stored = await target.app.store.clients.find(client.client_id)
  assert.equal(stored?.registration_token_hash, sha256(token))
  notTheToken(await attempt('GET', client, stored?.registration_token_hash))
})

test('A-050 a rotated registration token works until the new one is used, and then never again', async () => {
  await using rotating = (await createTarget({ env: { CORPUSIQ_ROTATE_ON_UPDATE: 'true' } })).app
  for (const method of ['GET', 'PUT', 'refused PUT']) {
    const old = await registerManaged(rotating)
    const { client_id } = old
    const lost = await update(rotating, old, PUBLIC_CLIENT)
    // The answer was lost: the old one goes on, however often.
    assert.equal((await readBack(rotating, old)).status, 200)
    rotating.advance(365 * 86_400)
    const next = updated(old, await update(rotating, old, PUBLIC_CLIENT))
    assert.notEqual(next.registration_access_token, old.registration_access_token)
    assert.equal((await readBack(rotating, old)).status, 200)
    notTheToken(
      await readBack(rotating, {
        ...old,
        registration_access_token: String(lost.body.registration_access_token),
      }),
    )

    const body = { ...PUBLIC_CLIENT, client_id: method === 'PUT' ? client_id : 'another' }
    const used = await configure(rotating, method.slice(-3), next, method === 'GET' ? {} : { body })
    assert.equal(used.status, method === 'refused PUT' ? 400 : 200)
    notTheToken(await readBack(rotating, old), method)
    notTheToken(await update(rotating, old, PUBLIC_CLIENT), method)
    const last = method === 'PUT' ? updated(next, used) : next
    assert.equal((await readBack(rotating, last)).status, 200)
  }
})
