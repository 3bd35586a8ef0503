import assert from 'node:assert/strict'
import { test } from 'node:test'
import { audit, granted, NOW, newCode, newGrant, newKey, registered, temporaryStore } from './rows.ts'

const decision = (client_id: string, more: { id?: string; scope?: string; hosts?: string[] } = {}) => ({
  id: more.id ?? 'decision_1',
  expires_at: NOW + 600,
  consent: {
    account_id: 'account_1',
    client_id,
    scope: more.scope ?? 'corpus:read',
    redirect_hosts: more.hosts ?? ['client.example.com'],
  },
})

test('a code reads back as it was issued, before and after it was redeemed', async (t) => {
  const store = await temporaryStore(t)
  const { client_id } = await registered(store)
  const code = newCode(client_id, { redirect_uri_given: false })
  assert.equal(await store.codes.issue(code), 'issued')
  assert.deepEqual(await store.codes.find(code.key), code)
  await store.codes.redeem(code.key, NOW, newGrant(client_id))
  assert.deepEqual(await store.codes.find(code.key), code)
  assert.equal(await store.codes.find(newKey()), undefined)
})

test('RFC 6749 §4.1.2 of many concurrent redemptions exactly one gets the grant, and every other one ends it', async (t) => {
  const store = await temporaryStore(t)
  const { client_id } = await registered(store)
  const code = newCode(client_id)
  await store.codes.issue(code)
  const grants = Array.from({ length: 20 }, () => newGrant(client_id))
  const tokens = grants.map(() => newKey('refresh_'))
  const results = await Promise.all(
    grants.map((grant, index) =>
      store.codes.redeem(code.key, NOW, grant, { key: tokens[index] ?? newKey(), expires_at: NOW + 1000 }),
    ),
  )
  const winner = results.findIndex(({ outcome }) => outcome === 'redeemed')
  const grant_id = grants[winner]?.grant_id ?? ''
  assert.deepEqual(
    results.filter((_, index) => index !== winner),
    Array.from({ length: 19 }, () => ({ outcome: 'replayed', grant_id })),
  )
  assert.equal(await store.grants.isLive(grant_id), false)
  assert.equal((await store.grants.page({ limit: 10 })).length, 0)
  for (const token of tokens) assert.equal(await store.refreshTokens.find(token), undefined)
})

test('RFC 6749 §4.1.2 a replay ends what the code gave and nothing else, also after the code expired', async (t) => {
  const store = await temporaryStore(t)
  const { client_id, code, grant, token } = await granted(store)
  const other = await granted(store, client_id)
  assert.equal(await store.grants.isLive(grant.grant_id), true)
  const replay = await store.codes.redeem(code.key, NOW + 300, newGrant(client_id))
  assert.deepEqual(replay, { outcome: 'replayed', grant_id: grant.grant_id })
  assert.equal(await store.grants.isLive(grant.grant_id), false)
  assert.equal(await store.refreshTokens.find(token), undefined)
  assert.equal(await store.grants.isLive(other.grant.grant_id), true)
  const [record] = await store.audit.page({ limit: 1 })
  assert.equal(record?.type, 'grant.revoked')
})

test('RFC 6749 §4.1.2 an expired or unknown code gives nothing', async (t) => {
  const store = await temporaryStore(t)
  const { client_id } = await registered(store)
  const code = newCode(client_id)
  await store.codes.issue(code)
  const late = await store.codes.redeem(code.key, code.expires_at, newGrant(client_id))
  assert.deepEqual(late, { outcome: 'gone' })
  assert.deepEqual(await store.codes.redeem(newKey(), NOW, newGrant(client_id)), { outcome: 'gone' })
  assert.equal((await store.grants.page({ limit: 10 })).length, 0)
  const intime = await store.codes.redeem(code.key, code.expires_at - 1, newGrant(client_id))
  assert.equal(intime.outcome, 'redeemed')
})

test('of many concurrent answers to one consent page exactly one counts, approvals and denials alike', async (t) => {
  const store = await temporaryStore(t)
  const { client_id } = await registered(store)
  const codes = Array.from({ length: 10 }, () => newCode(client_id))
  const answers = await Promise.all([
    ...codes.map((code) => store.codes.issue(code, decision(client_id))),
    ...codes.map(() => store.codes.deny(decision(client_id))),
  ])
  assert.equal(answers.filter((answer) => answer === 'issued' || answer === true).length, 1)
  assert.equal(answers.filter((answer) => answer === 'decided_before').length, 9)
  const stored = await Promise.all(codes.map(({ key }) => store.codes.find(key)))
  assert.equal(stored.filter(Boolean).length, 1)
  assert.equal(await store.codes.deny(decision(client_id, { id: 'decision_2' })), true)
  assert.equal(await store.codes.deny(decision(client_id, { id: 'decision_2' })), false)
  assert.equal(
    await store.codes.issue(newCode(client_id), decision(client_id, { id: 'decision_2' })),
    'decided_before',
  )
})

test('A-087 a consent is remembered per client, widened by each approval and untouched by a second one', async (t) => {
  const store = await temporaryStore(t)
  const { client_id } = await registered(store)
  const other = await registered(store)
  assert.equal(await store.consents.find('account_1', client_id), undefined)
  await store.codes.issue(newCode(client_id), decision(client_id, { hosts: ['a.example'] }))
  const second = decision(client_id, {
    id: 'decision_2',
    scope: 'corpus:search corpus:read',
    hosts: ['b.example'],
  })
  await store.codes.issue(newCode(client_id), second)
  await store.codes.issue(newCode(client_id), {
    ...second,
    consent: { ...second.consent, scope: 'offline_access' },
  })
  assert.deepEqual(await store.consents.find('account_1', client_id), {
    account_id: 'account_1',
    client_id,
    scope: 'corpus:read corpus:search',
    redirect_hosts: ['a.example', 'b.example'],
  })
  assert.equal(await store.consents.find('account_1', other.client_id), undefined)
  assert.equal(await store.consents.find('account_2', client_id), undefined)
})

test('a removed client comes back with the code that its owner allows, in one step, or not at all', async (t) => {
  const store = await temporaryStore(t)
  const revive = audit('client.revived')
  const removed = async (cause?: 'revoked') => {
    const { client_id } = await granted(store, (await registered(store)).client_id)
    await store.clients.remove(client_id, audit('client.deleted'), cause && { cause })
    return client_id
  }
  const client_id = await removed()
  const first = newCode(client_id)
  assert.equal(
    await store.codes.issue(first, decision(client_id)),
    'client_gone',
    'not without being asked to',
  )
  assert.equal(await store.clients.find(client_id), undefined)

  const allowed = { ...decision(client_id, { id: 'decision_2' }), revive }
  const codes = Array.from({ length: 10 }, () => newCode(client_id))
  const outcomes = await Promise.all(codes.map((code) => store.codes.issue(code, allowed)))
  assert.deepEqual(outcomes, ['issued', ...Array(9).fill('decided_before')])
  assert.equal((await store.clients.find(client_id))?.revision, 1)
  assert.equal(await store.clients.findTombstone(client_id), undefined)
  assert.ok(await store.codes.find(codes[0]?.key ?? newKey()))
  assert.ok(await store.consents.find('account_1', client_id))
  const records = await store.audit.page({ limit: 100 })
  assert.equal(records.filter(({ type }) => type === 'client.revived').length, 1)

  // Denied before, so that nothing may come of it.
  await store.clients.remove(client_id, audit('client.deleted'))
  const denied = { ...decision(client_id, { id: 'decision_3' }), revive }
  await store.codes.deny(denied)
  assert.equal(await store.codes.issue(newCode(client_id), denied), 'decided_before')
  assert.equal(await store.clients.find(client_id), undefined)
  assert.equal(await store.consents.find('account_1', client_id), undefined)

  const revoked = await removed('revoked')
  const refused = { ...decision(revoked, { id: 'decision_4' }), revive }
  assert.equal(await store.codes.issue(newCode(revoked), refused), 'client_gone')
  assert.equal(await store.clients.find(revoked), undefined)
  assert.equal(await store.consents.find('account_1', revoked), undefined)
})

test('a code from before its client’s end is not redeemed after it came back', async (t) => {
  const store = await temporaryStore(t)
  const { client_id } = await granted(store, (await registered(store)).client_id)
  const code = newCode(client_id)
  await store.codes.issue(code)
  await store.clients.remove(client_id, audit('client.deleted'))
  await store.clients.revive(client_id, audit('client.revived'))
  assert.equal(await store.codes.find(code.key), undefined)
  assert.deepEqual(await store.codes.redeem(code.key, NOW, newGrant(client_id)), { outcome: 'gone' })
})
