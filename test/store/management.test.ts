/** What RFC 7592, approval and steady use ask of the store. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../src/oauth/client.ts'
import { sha256 } from '../../src/ops/digest.ts'
import { openStore } from '../../src/store/open.ts'
import {
  audit,
  granted,
  NOW,
  newClient,
  newCode,
  registered,
  temporaryDirectory,
  temporaryStore,
} from './rows.ts'

const DAY = 86_400
const REPLACED = audit('client.replaced')

test('RFC 7592 §3 a client reads back with all that belongs to its management', async (t) => {
  const store = await temporaryStore(t)
  const client = await registered(store, {
    client_secret_hash: 'sha256:abc',
    client_secret_expires_at: NOW + 90 * DAY,
    registered_scope: 'corpus:read',
    source: 'operator',
    approval: 'pending',
    registration_token_hash: sha256('registration_1'),
    previous_registration_token_hash: sha256('registration_0'),
    previous_secret_hash: 'sha256:old',
    previous_secret_expires_at: NOW + DAY,
    authorized_at: NOW + 1,
    last_used_at: NOW + 2,
    revision: 7,
  })
  assert.deepEqual(await store.clients.find(client.client_id), client)
  assert.deepEqual(await store.clients.page({ limit: 10 }), [client])
  const plain = await registered(store, { source: 'dynamic' })
  assert.equal((await store.clients.find(plain.client_id))?.source, undefined, 'absent means dynamic')
})

test('RFC 7592 §2.2 a replacement replaces all that the client consists of, and nothing of its history', async (t) => {
  const store = await temporaryStore(t)
  const { client_id } = await granted(store)
  const before = await store.clients.find(client_id)
  assert.ok(before)
  const after: Client = {
    client_id,
    client_id_issued_at: 1,
    authorized_at: 1,
    last_used_at: 1,
    source: 'declared',
    client_secret_hash: 'sha256:new',
    client_secret_expires_at: NOW + 90 * DAY,
    registration_token_hash: sha256('new'),
    previous_registration_token_hash: sha256('old'),
    previous_secret_hash: 'sha256:old',
    previous_secret_expires_at: NOW + DAY,
    metadata: { ...before.metadata, client_name: 'Another Name' },
  }
  assert.equal(await store.clients.replace(after, REPLACED), 'replaced')
  const { client_id_issued_at, authorized_at, last_used_at } = before
  const { source, ...replaced } = after
  const expected = { ...replaced, client_id_issued_at, authorized_at, last_used_at, revision: 1 }
  assert.deepEqual(await store.clients.find(client_id), expected)
  assert.equal((await store.audit.page({ limit: 1 }))[0]?.type, 'client.replaced')

  const bare = { client_id, client_id_issued_at, metadata: before.metadata, revision: 1 }
  assert.equal(await store.clients.replace(bare, REPLACED), 'replaced')
  assert.deepEqual(
    await store.clients.find(client_id),
    { ...bare, authorized_at, last_used_at, revision: 2 },
    'what is not named is gone',
  )
})

test('A-048 of replacements read at one revision, on two connections, exactly one is stored', async (t) => {
  const dataDir = temporaryDirectory(t)
  const stores = [await temporaryStore(t, dataDir), await temporaryStore(t, dataDir)] as const
  const client = await registered(stores[0])
  for (const revision of [0, 1]) {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        stores[at % 2 === 0 ? 0 : 1].clients.replace(
          { ...client, revision, metadata: { ...client.metadata, client_name: `${revision} ${at}` } },
          audit('client.replaced', { detail: `${revision} ${at}` }),
        ),
      ),
    )
    assert.deepEqual(
      outcomes.filter((outcome) => outcome !== 'stale'),
      ['replaced'],
    )
    const winner = `${revision} ${outcomes.indexOf('replaced')}`
    for (const store of stores)
      assert.equal((await store.clients.find(client.client_id))?.metadata.client_name, winner)
    assert.equal((await stores[0].audit.page({ limit: 1 }))[0]?.detail, winner)
  }
})

test('A-048 replaced and removed at the same time, a client never comes back', async (t) => {
  const dataDir = temporaryDirectory(t)
  const [store, other] = [await temporaryStore(t, dataDir), await temporaryStore(t, dataDir)]
  for (let round = 0; round < 20; round++) {
    const client = await registered(store)
    const replace = () => store.clients.replace(client, REPLACED)
    const remove = () => other.clients.remove(client.client_id, audit('client.deleted'))
    const [first, second] = round % 2 === 0 ? [replace(), remove()] : [remove(), replace()]
    const outcomes = await Promise.all([first, second])
    assert.ok(outcomes.includes(true))
    assert.ok(outcomes.includes('replaced') || outcomes.includes('gone'), String(outcomes))
    assert.equal(await store.clients.find(client.client_id), undefined)
    assert.equal(await store.clients.replace(client, REPLACED), 'gone')
    assert.equal(await other.clients.find(client.client_id), undefined)
  }
})

test('A-050 the registration token before the last ends when the new one is used, and only by that one', async (t) => {
  const store = await temporaryStore(t)
  const [older, newer] = [sha256('registration_0'), sha256('registration_1')]
  const client = await registered(store, {
    registration_token_hash: newer,
    previous_registration_token_hash: older,
  })
  const previous = async () => (await store.clients.find(client.client_id))?.previous_registration_token_hash
  await store.clients.confirmRegistrationToken(client.client_id, older)
  assert.equal(await previous(), older)
  await store.clients.confirmRegistrationToken(client.client_id, newer)
  assert.equal(await previous(), undefined)
  assert.equal((await store.clients.find(client.client_id))?.registration_token_hash, newer)
})

test('A-052 a client waits until it is approved, once; then it counts as authorized', async (t) => {
  const dataDir = temporaryDirectory(t)
  const [store, other] = [await temporaryStore(t, dataDir), await temporaryStore(t, dataDir)]
  const free = await registered(store)
  const waiting = await registered(store, { approval: 'pending' })
  const page = async () =>
    (await store.clients.page({ limit: 10, approval: 'pending' })).map(({ client_id }) => client_id)
  assert.deepEqual(await page(), [waiting.client_id])
  assert.equal((await store.clients.find(waiting.client_id))?.approval, 'pending')
  const approve = { ...audit('client.approved'), at: NOW + 5 }
  const answers = await Promise.all(
    [store, other, store, other].map((each) => each.clients.approve(waiting.client_id, approve)),
  )
  assert.equal(answers.filter(Boolean).length, 1)
  const { approval, ...approved } = waiting
  assert.deepEqual(await store.clients.find(waiting.client_id), { ...approved, authorized_at: NOW + 5 })
  assert.deepEqual(await page(), [])
  assert.equal(await store.clients.approve(free.client_id, approve), false)
  assert.equal(await store.clients.approve('client_unknown', approve), false)
})

test('A-052 what was replaced since it was looked at is not approved', async (t) => {
  const store = await temporaryStore(t)
  const waiting = await registered(store, { approval: 'pending' })
  const approve = audit('client.approved')
  assert.equal(await store.clients.replace(waiting, REPLACED), 'replaced')
  assert.equal(await store.clients.approve(waiting.client_id, approve, { revision: 0 }), false)
  assert.equal((await store.clients.find(waiting.client_id))?.approval, 'pending')
  assert.equal(await store.clients.approve(waiting.client_id, approve, { revision: 1 }), true)
  assert.equal((await store.clients.find(waiting.client_id))?.approval, undefined)
})

test('clients of the operator are listed apart from those that registered', async (t) => {
  const store = await temporaryStore(t)
  await registered(store)
  const ids = []
  for (const source of ['operator', 'declared', 'declared'] as const)
    ids.push((await registered(store, { client_id: `client_${ids.length}`, source })).client_id)
  const page = async (source: 'operator' | 'declared', after?: string) =>
    (await store.clients.page({ limit: 10, source, ...(after !== undefined && { after }) })).map(
      ({ client_id }) => client_id,
    )
  assert.deepEqual(await page('operator'), ['client_0'])
  assert.deepEqual(await page('declared'), ['client_1', 'client_2'])
  assert.deepEqual(await page('declared', 'client_1'), ['client_2'])
})

test('use is remembered to a day, and renews the secret, never shortening its life', async (t) => {
  const dataDir = temporaryDirectory(t)
  let store = await openStore({ dataDir })
  const client = await registered(store, {
    client_secret_hash: 'sha256:abc',
    client_secret_expires_at: NOW + 90 * DAY,
  })
  const endless = await registered(store, { client_secret_hash: 'sha256:abc', client_secret_expires_at: 0 })
  /** Written lazily: closing waits for it. */
  const after = async (now: number, renewSecretUntil?: number) => {
    for (const { client_id } of [client, endless]) {
      const found = await store.clients.find(client_id)
      assert.ok(found)
      const options = renewSecretUntil === undefined ? {} : { renewSecretUntil }
      assert.equal(store.clients.touch(found, now, options), undefined)
    }
    await store.close()
    store = await openStore({ dataDir })
    const { last_used_at, client_secret_expires_at } = (await store.clients.find(client.client_id)) ?? {}
    assert.equal((await store.clients.find(endless.client_id))?.client_secret_expires_at, 0)
    return [last_used_at, client_secret_expires_at]
  }
  assert.deepEqual(await after(NOW), [NOW, NOW + 90 * DAY])
  assert.deepEqual(await after(NOW + DAY - 1, NOW + 91 * DAY - 1), [NOW, NOW + 90 * DAY], 'once a day')
  assert.deepEqual(await after(NOW + DAY, NOW + 91 * DAY), [NOW + DAY, NOW + 91 * DAY])
  assert.deepEqual(await after(NOW + 2 * DAY, NOW + 30 * DAY), [NOW + 2 * DAY, NOW + 91 * DAY])
  await store.close()
})

test('what was let in today counts as used, but a secret near its end is renewed all the same', async (t) => {
  const dataDir = temporaryDirectory(t)
  let store = await openStore({ dataDir })
  const late = { authorized_at: NOW, client_secret_hash: 'sha256:abc', client_secret_expires_at: NOW + DAY }
  const used = await registered(store, late)
  const idle = await registered(store, { authorized_at: NOW })
  for (const client of [used, idle])
    store.clients.touch(client, NOW + 60, { renewSecretUntil: NOW + 90 * DAY })
  await store.close()
  store = await openStore({ dataDir })
  const found = await store.clients.find(used.client_id)
  assert.deepEqual([found?.last_used_at, found?.client_secret_expires_at], [NOW + 60, NOW + 90 * DAY])
  assert.equal((await store.clients.find(idle.client_id))?.last_used_at, undefined)
  await store.close()
})

test('the new secret in use ends the one before it, by its time, and the registration token before it', async (t) => {
  const store = await temporaryStore(t)
  const before = { previous_secret_hash: 'sha256:old', previous_registration_token_hash: sha256('old') }
  for (const [ends, until, then] of [
    [0, NOW, NOW],
    [NOW + 90, NOW + 60, NOW + 60],
    [NOW + 30, NOW + 60, NOW + 30],
  ] as const) {
    const { client_id } = await registered(store, {
      ...before,
      client_secret_hash: 'sha256:new',
      registration_token_hash: sha256('new'),
      previous_secret_expires_at: ends,
    })
    await store.clients.confirmSecret(client_id, 'sha256:other', until)
    assert.equal((await store.clients.find(client_id))?.previous_secret_expires_at, ends)
    await store.clients.confirmSecret(client_id, 'sha256:new', until)
    const found = await store.clients.find(client_id)
    assert.equal(found?.previous_secret_expires_at, then)
    assert.equal(found?.previous_registration_token_hash, undefined)
    assert.equal(found?.revision, 1, 'what was read before replaces it no more')
  }
})

test('a replacement that says so has every person asked again', async (t) => {
  const store = await temporaryStore(t)
  const client = await registered(store)
  const { client_id } = client
  const consent = { account_id: 'account_1', client_id, scope: 'corpus:read', redirect_hosts: ['a.example'] }
  const decision = { id: 'transaction_1', expires_at: NOW + 60, consent }
  assert.equal(await store.codes.issue(newCode(client_id), decision), 'issued')
  const known = async () => (await store.consents.find('account_1', client_id)) !== undefined
  assert.equal(
    await store.clients.replace({ ...client, revision: 7 }, REPLACED, { forgetConsents: true }),
    'stale',
  )
  assert.equal(await store.clients.replace(client, REPLACED), 'replaced')
  assert.equal(await known(), true)
  await store.clients.replace({ ...client, revision: 1 }, REPLACED, { forgetConsents: true })
  assert.equal(await known(), false)
})

test('use is seen by whoever reads the client next, without a restart', async (t) => {
  const store = await temporaryStore(t)
  const client = await registered(store)
  await store.clients.find(client.client_id)
  for (let again = 0; again < 100; again++) store.clients.touch(client, NOW + again)
  while ((await store.clients.find(client.client_id))?.last_used_at === undefined)
    await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal((await store.clients.find(client.client_id))?.last_used_at, NOW + 99)
})

test('the first code makes a client an authorized one, from its issue on', async (t) => {
  const store = await temporaryStore(t)
  const client = newClient()
  await store.clients.register(client, audit('registration.accepted'))
  assert.equal((await store.clients.find(client.client_id))?.authorized_at, undefined)
  await granted(store, client.client_id)
  const first = await store.clients.find(client.client_id)
  assert.deepEqual(first, { ...client, authorized_at: NOW, last_used_at: NOW })
  await granted(store, client.client_id)
  assert.deepEqual(await store.clients.find(client.client_id), first)
})
