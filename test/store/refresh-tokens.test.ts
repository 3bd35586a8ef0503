import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Store } from '../../src/store/ports.ts'
import { granted, NOW, newKey, temporaryStore } from './rows.ts'

const LIMITS = { grace: 60, branches: 10 }
const TTL = 1000

/** Rotates `key` at `now`; the outcome and the key offered. */
async function rotate(store: Store, key: Buffer, now: number, limits = LIMITS) {
  const next = newKey('refresh_')
  const outcome = await store.refreshTokens.rotate(key, { key: next, expires_at: now + TTL }, now, limits)
  return { outcome, next }
}

test('RFC 6749 §6 a refresh token reads back with its grant, and tells when it was first used', async (t) => {
  const store = await temporaryStore(t)
  const { grant, token } = await granted(store)
  const found = await store.refreshTokens.find(token)
  assert.deepEqual(found, { key: token, grant, expires_at: NOW + TTL, used_at: undefined })
  await rotate(store, token, NOW + 5)
  await rotate(store, token, NOW + 9)
  assert.equal((await store.refreshTokens.find(token))?.used_at, NOW + 5)
  assert.equal(await store.refreshTokens.find(newKey('refresh_')), undefined)
})

test('RFC 9700 §4.14.2 a token not used before is rotated, and its successor works', async (t) => {
  const store = await temporaryStore(t)
  const { token } = await granted(store)
  const first = await rotate(store, token, NOW)
  assert.equal(first.outcome, 'rotated')
  assert.equal((await rotate(store, first.next, NOW + 500)).outcome, 'rotated')
})

test('A-117 a token used before is rotated again within the grace of its first use, the earlier pair unharmed', async (t) => {
  const store = await temporaryStore(t)
  const { token } = await granted(store)
  const first = await rotate(store, token, NOW)
  // The successor was used, so only the grace speaks for the second use.
  const deeper = await rotate(store, first.next, NOW + 1)
  const second = await rotate(store, token, NOW + 60)
  assert.equal(second.outcome, 'rotated')
  assert.equal((await rotate(store, deeper.next, NOW + 61)).outcome, 'rotated')
  assert.equal((await rotate(store, second.next, NOW + 61)).outcome, 'rotated')
})

test('A-116 after the grace, when a successor was used, the family ends and only that family', async (t) => {
  const store = await temporaryStore(t)
  const { token, grant, client_id } = await granted(store)
  const other = await granted(store, client_id)
  const first = await rotate(store, token, NOW)
  const deeper = await rotate(store, first.next, NOW + 1)
  // Within the grace again: the grace still counts from the first use.
  const again = await rotate(store, token, NOW + 50)
  assert.equal(again.outcome, 'rotated')
  assert.equal(await store.grants.isLive(grant.grant_id), true)

  assert.equal((await rotate(store, token, NOW + 61)).outcome, 'reused')

  assert.equal(await store.grants.isLive(grant.grant_id), false)
  for (const key of [token, first.next, deeper.next, again.next]) {
    assert.equal(await store.refreshTokens.find(key), undefined)
    assert.equal((await rotate(store, key, NOW + 62)).outcome, 'gone')
  }
  assert.equal(await store.grants.isLive(other.grant.grant_id), true)
  assert.equal((await rotate(store, other.token, NOW + 62)).outcome, 'rotated')
  assert.equal((await store.audit.page({ limit: 1 }))[0]?.type, 'grant.revoked')
})

test('A-118 long after the grace a token whose successors were never used works: the answer was lost', async (t) => {
  const store = await temporaryStore(t)
  const { token } = await granted(store)
  await rotate(store, token, NOW)
  const second = await rotate(store, token, NOW + 500)
  assert.equal(second.outcome, 'rotated')
  // The second successor, not the first, was used: that counts as well.
  await rotate(store, second.next, NOW + 501)
  assert.equal((await rotate(store, token, NOW + 502)).outcome, 'reused')
})

test('only direct successors speak against a token', async (t) => {
  const store = await temporaryStore(t)
  const { token } = await granted(store)
  const first = await rotate(store, token, NOW)
  const second = await rotate(store, first.next, NOW + 100)
  assert.equal((await rotate(store, first.next, NOW + 300)).outcome, 'rotated')
  assert.equal((await rotate(store, second.next, NOW + 301)).outcome, 'rotated')
  assert.equal((await rotate(store, token, NOW + 302)).outcome, 'reused')
})

test('with ten live branches a further one is refused and nothing changes', async (t) => {
  const store = await temporaryStore(t)
  const { token, grant } = await granted(store)
  const branches = []
  for (let branch = 0; branch < 10; branch++) branches.push(await rotate(store, token, NOW))
  assert.deepEqual(new Set(branches.map(({ outcome }) => outcome)), new Set(['rotated']))
  const refused = await rotate(store, token, NOW)
  assert.equal(refused.outcome, 'refused')
  assert.equal(await store.refreshTokens.find(refused.next), undefined)
  assert.equal(await store.grants.isLive(grant.grant_id), true)
  // Each branch goes on, and a used or expired one makes no room before its successor does.
  const first = branches[0]?.next ?? newKey()
  assert.equal((await rotate(store, first, NOW + 1)).outcome, 'rotated')
  assert.equal((await rotate(store, first, NOW + 1)).outcome, 'refused')
  assert.equal((await rotate(store, first, NOW + 1, { grace: 60, branches: 11 })).outcome, 'rotated')
})

test('of many concurrent uses at most ten branches come out, and all of them work', async (t) => {
  const store = await temporaryStore(t)
  const { token } = await granted(store)
  const results = await Promise.all(Array.from({ length: 30 }, () => rotate(store, token, NOW)))
  const rotated = results.filter(({ outcome }) => outcome === 'rotated')
  assert.equal(rotated.length, 10)
  assert.equal(results.filter(({ outcome }) => outcome === 'refused').length, 20)
  const onward = await Promise.all(rotated.map(({ next }) => rotate(store, next, NOW + 1)))
  assert.deepEqual(new Set(onward.map(({ outcome }) => outcome)), new Set(['rotated']))
})

test('A-122 a token unused until its end, of a revoked grant or unknown gives nothing', async (t) => {
  const store = await temporaryStore(t)
  const { token } = await granted(store)
  assert.equal((await rotate(store, token, NOW + TTL)).outcome, 'gone')
  assert.equal((await rotate(store, newKey('refresh_'), NOW)).outcome, 'gone')
  assert.equal((await rotate(store, token, NOW + TTL - 1)).outcome, 'rotated', 'a second earlier it was good')

  const revoked = await granted(store)
  await store.grants.revoke(revoked.grant.grant_id, { at: NOW, type: 'grant.revoked' })
  assert.equal((await rotate(store, revoked.token, NOW)).outcome, 'gone')
})

test('each branch ends by itself: an unused one does, a used one lives on in its successor', async (t) => {
  const store = await temporaryStore(t)
  const { token } = await granted(store)
  const left = await rotate(store, token, NOW)
  const right = await rotate(store, token, NOW)
  const onward = await rotate(store, right.next, NOW + 900)
  assert.equal((await rotate(store, left.next, NOW + TTL)).outcome, 'gone')
  assert.equal((await rotate(store, onward.next, NOW + TTL)).outcome, 'rotated')
})

test('a refresh is the last use of its grant, to the minute', async (t) => {
  const store = await temporaryStore(t)
  const { token } = await granted(store)
  const lastUse = async () => (await store.grants.page({ limit: 1 }))[0]?.last_used_at
  assert.equal(await lastUse(), NOW)
  const { next } = await rotate(store, token, NOW + 59)
  assert.equal(await lastUse(), NOW)
  await rotate(store, next, NOW + 60)
  assert.equal(await lastUse(), NOW + 60)
})
