import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACCOUNT, audit, NOW, newKey, newSigningKey, temporaryStore } from './rows.ts'

const account = { account_id: ACCOUNT.account_id, username: ACCOUNT.username }

test('of many concurrent attempts to become the owner exactly one does', async (t) => {
  const store = await temporaryStore(t)
  assert.equal(await store.accounts.exists(), false)
  const attempts = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      store.accounts.createOwner(
        { ...ACCOUNT, account_id: `account_${index}`, username: `owner${index}` },
        audit('owner.created'),
      ),
    ),
  )
  assert.equal(attempts.filter(Boolean).length, 1)
  assert.equal(await store.accounts.exists(), true)
  assert.equal((await store.audit.page({ limit: 20 })).length, 1)
})

test('an account is found by its id and its exact username', async (t) => {
  const store = await temporaryStore(t)
  await store.accounts.createOwner(ACCOUNT, audit('owner.created'))
  assert.deepEqual(await store.accounts.find('account_1'), account)
  assert.deepEqual(await store.accounts.findByUsername('owner'), {
    ...account,
    password_hash: ACCOUNT.password_hash,
  })
  assert.equal(await store.accounts.findByUsername('owner\u0000'), undefined)
  assert.equal(await store.accounts.find('account_2'), undefined)
  assert.deepEqual(await store.accounts.list(), [account])
})

test('a session names its account until it ends or expires', async (t) => {
  const store = await temporaryStore(t)
  await store.accounts.createOwner(ACCOUNT, audit('owner.created'))
  const [one, two] = [newKey('session_'), newKey('session_')]
  for (const key of [one, two])
    await store.sessions.start({ key, account_id: 'account_1', expires_at: NOW + 60 })
  assert.deepEqual(await store.sessions.find(one, NOW + 59), account)
  assert.equal(await store.sessions.find(one, NOW + 60), undefined)
  assert.equal(await store.sessions.find(newKey('session_'), NOW), undefined)
  await store.sessions.end(one)
  assert.equal(await store.sessions.find(one, NOW), undefined)
  assert.deepEqual(await store.sessions.find(two, NOW), account)
})

test('a new password ends every session of the account', async (t) => {
  const store = await temporaryStore(t)
  await store.accounts.createOwner(ACCOUNT, audit('owner.created'))
  const key = newKey('session_')
  await store.sessions.start({ key, account_id: 'account_1', expires_at: NOW + 60 })
  assert.deepEqual(await store.sessions.find(key, NOW), account)
  await store.accounts.setPassword('account_1', 'another hash', audit('password.changed'))
  assert.equal(await store.sessions.find(key, NOW), undefined)
  assert.equal((await store.accounts.findByUsername('owner'))?.password_hash, 'another hash')
  assert.equal((await store.audit.page({ limit: 1 }))[0]?.type, 'password.changed')
})

test('one signing key signs: the first of two concurrent starts, then the newest', async (t) => {
  const store = await temporaryStore(t)
  const first = await Promise.all([
    store.keys.addFirst(newSigningKey('a')),
    store.keys.addFirst(newSigningKey('b')),
  ])
  assert.deepEqual(first, [true, false])
  assert.deepEqual(await store.keys.list(), [newSigningKey('a')])
  await store.keys.rotate(newSigningKey('c'), NOW + 10, audit('key.rotated'))
  const rotated = [newSigningKey('c'), newSigningKey('a', { retired_at: NOW + 10 })]
  assert.deepEqual(await store.keys.list(), rotated)
  assert.equal(await store.keys.addFirst(newSigningKey('d')), false)
  assert.equal(await store.keys.prune(NOW + 10), 0)
  assert.deepEqual(await store.keys.list(), rotated)
  assert.equal(await store.keys.prune(NOW + 11), 1)
  assert.deepEqual(await store.keys.list(), [newSigningKey('c')])
})
