import assert from 'node:assert/strict'
import { test } from 'node:test'
import { audit, granted, NOW, newCode, newGrant, registered, temporaryStore } from './rows.ts'

test('RFC 7009 §2.1 a revoked grant is dead at once, with its audit record, and only once', async (t) => {
  const store = await temporaryStore(t)
  const { grant, token } = await granted(store)
  assert.deepEqual(await store.grants.find(grant.grant_id), grant)
  assert.equal(await store.grants.isLive(grant.grant_id), true)
  const answers = await Promise.all([
    store.grants.revoke(grant.grant_id, audit('grant.revoked')),
    store.grants.revoke(grant.grant_id, audit('grant.revoked')),
  ])
  assert.deepEqual(answers, [true, false])
  assert.equal(await store.grants.isLive(grant.grant_id), false)
  assert.equal(await store.grants.find(grant.grant_id), undefined)
  assert.equal(await store.refreshTokens.find(token), undefined)
  assert.deepEqual(await store.audit.page({ limit: 1 }), [audit('grant.revoked')])
  assert.equal(await store.grants.isLive('grant_unknown'), false)
})

test('revoking keeps the consent unless it is to be forgotten', async (t) => {
  const store = await temporaryStore(t)
  const { client_id } = await registered(store)
  const consent = { account_id: 'account_1', client_id, scope: 'corpus:read', redirect_hosts: ['a.example'] }
  const grants = []
  for (const id of ['decision_1', 'decision_2']) {
    const code = newCode(client_id)
    const grant = newGrant(client_id)
    await store.codes.issue(code, { id, expires_at: NOW + 60, consent })
    await store.codes.redeem(code.key, NOW, grant)
    grants.push(grant)
  }
  await store.grants.revoke(grants[0]?.grant_id ?? '', audit('grant.revoked'))
  assert.deepEqual(await store.consents.find('account_1', client_id), consent)
  await store.grants.revoke(grants[1]?.grant_id ?? '', audit('grant.revoked'), { forgetConsent: true })
  assert.equal(await store.consents.find('account_1', client_id), undefined)
})

test('pages hold the live grants, the oldest first, by client and by account', async (t) => {
  const store = await temporaryStore(t)
  const a = await granted(store)
  const b = await granted(store)
  const a2 = await granted(store, a.client_id)
  const ended = await granted(store, a.client_id)
  await store.grants.revoke(ended.grant.grant_id, audit('grant.revoked'))
  const ids = async (query: { after?: string; client_id?: string; account_id?: string }) =>
    (await store.grants.page({ limit: 10, ...query })).map(({ grant_id }) => grant_id)
  const [idA, idB, idA2] = [a, b, a2].map(({ grant }) => grant.grant_id) as [string, string, string]
  const inOrder = [idA, idB, idA2].sort()
  assert.deepEqual(await ids({}), inOrder)
  assert.deepEqual(await ids({ after: inOrder[0] ?? '' }), inOrder.slice(1))
  assert.deepEqual(await ids({ client_id: a.client_id }), [idA, idA2].sort())
  assert.deepEqual(await ids({ client_id: a.client_id, after: [idA, idA2].sort()[0] ?? '' }), [
    [idA, idA2].sort()[1],
  ])
  assert.deepEqual(await ids({ account_id: 'account_1' }), inOrder)
  assert.deepEqual(await ids({ account_id: 'account_2' }), [])
  const [row] = await store.grants.page({ limit: 1, client_id: b.client_id })
  assert.deepEqual(row, { ...b.grant, last_used_at: NOW, client_name: 'Test Client' })
})
