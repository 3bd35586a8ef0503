/** The end of a client, what is left of it, and how it comes back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client, RemovalCause } from '../../src/oauth/client.ts'
import { sha256 } from '../../src/ops/digest.ts'
import type { Store } from '../../src/store/ports.ts'
import { audit, granted, NOW, newClient, registered, temporaryDirectory, temporaryStore } from './rows.ts'

const YEAR = 365 * 86_400
const DELETED = audit('client.deleted', { at: NOW + 9 })
const REVIVED = audit('client.revived', { at: NOW + 99 })

async function removed(store: Store, more: Partial<Client> = {}, cause?: RemovalCause): Promise<Client> {
  const { client_id } = await registered(store, more)
  await granted(store, client_id)
  const client = await store.clients.find(client_id)
  assert.ok(client)
  assert.equal(await store.clients.remove(client_id, DELETED, cause && { cause }), true)
  return client
}

test('an authorized client leaves a tombstone that knows it and proves nothing', async (t) => {
  const store = await temporaryStore(t)
  const client = await removed(store, {
    registration_token_hash: sha256('token'),
    registered_scope: 'corpus:read',
  })
  const { registration_token_hash, ...left } = client
  assert.deepEqual(await store.clients.findTombstone(client.client_id), {
    client: left,
    removed_at: NOW + 9,
    cause: 'deleted',
    held_secret: false,
  })
  const confidential = await removed(
    store,
    {
      client_secret_hash: 'sha256:abc',
      client_secret_expires_at: 0,
      previous_secret_hash: 'sha256:def',
      previous_secret_expires_at: NOW,
      previous_registration_token_hash: sha256('older'),
    },
    'revoked',
  )
  const tombstone = await store.clients.findTombstone(confidential.client_id)
  assert.equal(tombstone?.held_secret, true)
  assert.equal(tombstone?.cause, 'revoked')
  assert.deepEqual(
    Object.keys(tombstone?.client ?? {}).filter((member) => /secret|token/.test(member)),
    [],
  )
})

test('a declared client that comes back by the clients file is no longer removed, and has nothing of what it had', async (t) => {
  const store = await temporaryStore(t)
  const dead = await removed(store, { client_id: 'photos', source: 'declared' })
  await registered(store, { client_id: 'photos', source: 'declared' })
  assert.equal(await store.clients.findTombstone(dead.client_id), undefined)
  assert.deepEqual(await store.grants.page({ limit: 10 }), [])
})

test('a client that nobody authorized leaves nothing', async (t) => {
  const store = await temporaryStore(t)
  const { client_id } = await registered(store)
  await store.clients.remove(client_id, DELETED)
  assert.equal(await store.clients.findTombstone(client_id), undefined)
  assert.equal(await store.clients.revive(client_id, REVIVED), undefined)
  assert.equal(await store.clients.findTombstone('client_unknown'), undefined)
})

test('a revived client is there again with its metadata, authorized anew, without its grants and its registration token', async (t) => {
  const store = await temporaryStore(t)
  const dead = await removed(store, {
    registration_token_hash: sha256('token'),
    registered_scope: 'corpus:read',
  })
  const revived = await store.clients.revive(dead.client_id, REVIVED)
  const { registration_token_hash, ...left } = dead
  assert.deepEqual(revived, { ...left, authorized_at: NOW + 99, last_used_at: NOW + 99, revision: 1 })
  assert.deepEqual(await store.clients.find(dead.client_id), revived)
  assert.equal(await store.clients.findTombstone(dead.client_id), undefined)
  assert.deepEqual(await store.grants.page({ limit: 10 }), [])
  assert.equal(await store.consents.find('account_1', dead.client_id), undefined)
  assert.equal((await store.audit.page({ limit: 1 }))[0]?.type, 'client.revived')
  // What was read before the deletion replaces nothing after it.
  assert.equal(await store.clients.replace(dead, audit('client.replaced')), 'stale')
  await granted(store, dead.client_id)
})

test('what held a secret or was revoked for cause stays dead', async (t) => {
  const store = await temporaryStore(t)
  const confidential = await removed(store, { client_secret_hash: 'sha256:abc', client_secret_expires_at: 0 })
  const revoked = await removed(store, {}, 'revoked')
  for (const { client_id } of [confidential, revoked]) {
    assert.equal(await store.clients.revive(client_id, REVIVED), undefined)
    assert.equal(await store.clients.find(client_id), undefined)
    assert.notEqual(await store.clients.findTombstone(client_id), undefined)
  }
  assert.ok((await store.audit.page({ limit: 100 })).every(({ type }) => type !== 'client.revived'))
})

test('revived from two connections at once it is one client, told to both', async (t) => {
  const dataDir = temporaryDirectory(t)
  const stores = [await temporaryStore(t, dataDir), await temporaryStore(t, dataDir)] as const
  const { client_id } = await removed(stores[0])
  const revived = await Promise.all(
    Array.from({ length: 20 }, (_, at) => stores[at % 2 === 0 ? 0 : 1].clients.revive(client_id, REVIVED)),
  )
  for (const client of revived) assert.deepEqual(client, revived[0])
  assert.equal(revived[0]?.client_id, client_id)
  const trail = await stores[0].audit.page({ limit: 100 })
  assert.equal(trail.filter(({ type }) => type === 'client.revived').length, 1)
})

test('a client without use for a year goes and leaves a tombstone; one that has a grant, is used, or is the operator’s stays', async (t) => {
  const store = await temporaryStore(t)
  const lifetime = { authorized_at: NOW - 2 * YEAR }
  const never = await registered(store, { client_id_issued_at: NOW - 2 * YEAR })
  const idle = await registered(store, lifetime)
  const used = await registered(store, { ...lifetime, last_used_at: NOW - YEAR + 1 })
  const operated = await registered(store, { ...lifetime, source: 'operator' })
  const living = await granted(store, (await registered(store, lifetime)).client_id)
  const young = await registered(store, { authorized_at: NOW - YEAR + 1 })
  const sweep = (limit: number) => store.clients.removeInactive({ before: NOW - YEAR, now: NOW, limit })
  await store.clients.find(idle.client_id)
  assert.equal(await sweep(1), 0, 'each call looks at a few')
  assert.equal(await sweep(1), 1)
  assert.equal(await sweep(100), 0)
  assert.equal(await sweep(100), 0)
  const kept = (await store.clients.page({ limit: 100 })).map(({ client_id }) => client_id)
  const staying = [never, used, operated, living, young].map(({ client_id }) => client_id)
  assert.deepEqual(kept, staying.sort())
  assert.equal(await store.clients.find(idle.client_id), undefined)
  assert.equal((await store.clients.findTombstone(idle.client_id))?.cause, 'inactive')
  const [last] = await store.audit.page({ limit: 1 })
  assert.deepEqual([last?.type, last?.client_id], ['client.removed', idle.client_id])
  assert.equal((await store.clients.revive(idle.client_id, REVIVED))?.client_id, idle.client_id)
})

test('an id that is registered again has a life of its own', async (t) => {
  const store = await temporaryStore(t)
  const { client_id } = await removed(store)
  await store.clients.register(newClient({ client_id }), audit('registration.accepted'))
  const found = await store.clients.revive(client_id, REVIVED)
  assert.equal(found?.authorized_at, undefined)
})
