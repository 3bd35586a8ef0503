import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  audit,
  granted,
  NOW,
  newClient,
  newCode,
  newGrant,
  newKey,
  registered,
  temporaryStore,
} from './rows.ts'

test('RFC 7591 §3.2.1 a client reads back as it was registered, with and without a secret', async (t) => {
  const store = await temporaryStore(t)
  const plain = await registered(store)
  const confidential = await registered(store, {
    client_secret_hash: 'sha256:abc',
    client_secret_expires_at: 0,
    registered_scope: 'corpus:read',
    scope_limit: 'corpus:read offline_access',
  })
  assert.deepEqual(await store.clients.find(plain.client_id), plain)
  assert.deepEqual(await store.clients.find(confidential.client_id), confidential)
  assert.deepEqual(
    await store.clients.find(confidential.client_id),
    confidential,
    'the second time, from memory',
  )
  assert.equal(await store.clients.find('client_unknown'), undefined)
})

test('A-008 NUL and lone surrogates in any text read back equal, or at least break nothing', async (t) => {
  const store = await temporaryStore(t)
  const odd = 'a\u0000b\ud800c\u{1f980}'
  const client = await registered(store, { metadata: { ...newClient().metadata, client_name: odd } })
  assert.equal((await store.clients.find(client.client_id))?.metadata.client_name, odd)
  await store.audit.append(audit('login.failed', { detail: odd }))
  assert.equal((await store.audit.page({ limit: 1 }))[0]?.detail, odd.toWellFormed())
})

test('a client and its audit record are stored together, or neither is', async (t) => {
  const store = await temporaryStore(t)
  const client = await registered(store)
  await assert.rejects(store.clients.register(client, audit('registration.accepted')))
  assert.equal(await store.clients.count(), 1)
  assert.deepEqual(await store.audit.page({ limit: 10 }), [
    audit('registration.accepted', { client_id: client.client_id }),
  ])
})

test('A-047 a removed client takes its grants, tokens, codes and consents along, and no other client’s', async (t) => {
  const store = await temporaryStore(t)
  const kept = await granted(store)
  const gone = await granted(store)
  const pending = newCode(gone.client_id)
  const consent = {
    account_id: 'account_1',
    client_id: gone.client_id,
    scope: 'corpus:read',
    redirect_hosts: ['a.example'],
  }
  await store.codes.issue(pending, { id: 'decision_1', expires_at: NOW + 60, consent })
  assert.equal(await store.grants.isLive(gone.grant.grant_id), true)

  assert.equal(await store.clients.remove(gone.client_id, audit('client.deleted')), true)

  assert.equal(await store.clients.find(gone.client_id), undefined)
  assert.equal(await store.grants.isLive(gone.grant.grant_id), false)
  assert.equal(await store.grants.find(gone.grant.grant_id), undefined)
  assert.equal(await store.refreshTokens.find(gone.token), undefined)
  const next = { key: newKey('refresh_'), expires_at: NOW + 1000 }
  assert.equal(await store.refreshTokens.rotate(gone.token, next, NOW, { grace: 60, branches: 10 }), 'gone')
  assert.equal(await store.codes.find(pending.key), undefined)
  assert.deepEqual(await store.codes.redeem(pending.key, NOW, newGrant(gone.client_id)), { outcome: 'gone' })
  assert.equal(await store.consents.find('account_1', gone.client_id), undefined)
  assert.equal(await store.codes.issue(newCode(gone.client_id)), 'client_gone')
  assert.equal(await store.clients.remove(gone.client_id, audit('client.deleted')), false)
  assert.equal(
    (await store.audit.page({ limit: 10 })).filter(({ type }) => type === 'client.deleted').length,
    1,
  )

  assert.equal(await store.grants.isLive(kept.grant.grant_id), true)
  assert.notEqual(await store.refreshTokens.find(kept.token), undefined)
})

test('pages of clients follow the order of registration, each client once', async (t) => {
  const store = await temporaryStore(t)
  const ids = Array.from({ length: 5 }, (_, index) => `client_00000000000${index}`)
  for (const client_id of ids) await registered(store, { client_id })
  const first = await store.clients.page({ limit: 3 })
  const second = await store.clients.page({ limit: 3, after: ids[2] ?? '' })
  assert.deepEqual(
    [...first, ...second].map(({ client_id }) => client_id),
    ids,
  )
  assert.equal(await store.clients.count(), 5)
})
