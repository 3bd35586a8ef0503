import assert from 'node:assert/strict'
import { test } from 'node:test'
import { privateFile } from '../../src/store/data-directory.ts'
import { connect } from '../../src/store/drivers/sqlite.ts'
import { migrate } from '../../src/store/migrations/migrate.ts'
import { openStore } from '../../src/store/open.ts'
import { createStore } from '../../src/store/sql/store.ts'
import {
  ACCOUNT,
  audit,
  granted,
  NOW,
  newCode,
  newGrant,
  newKey,
  registered,
  temporaryDirectory,
  temporaryStore,
} from './rows.ts'

test('a refused attempt is written without anyone waiting for it, in order, with its texts bounded', async (t) => {
  const dataDir = temporaryDirectory(t)
  const store = await openStore({ dataDir })
  const record = audit('registration.refused', {
    address: '203.0.113.7',
    client_id: 'client_x',
    account_id: 'account_x',
  })
  assert.equal(store.audit.refuse({ ...record, detail: 'x'.repeat(10_000) }), undefined)
  store.audit.refuse(audit('login.failed'))
  await store.close()
  const again = await temporaryStore(t, dataDir)
  assert.deepEqual(await again.audit.page({ limit: 10, refused: true }), [
    audit('login.failed'),
    { ...record, detail: 'x'.repeat(500) },
  ])
  assert.deepEqual(await again.audit.page({ limit: 10 }), [])
})

test('of refused attempts the newest are kept, in memory and on disk', async (t) => {
  const path = privateFile(temporaryDirectory(t), 'corpusiq.db')
  const connection = connect(path)
  await migrate(connection)
  const store = createStore(connection, { refusalsKept: 100 })
  for (let attempt = 0; attempt < 3000; attempt++)
    store.audit.refuse(audit('login.failed', { detail: `${attempt}` }))
  await store.close()
  const reader = connect(path)
  t.after(() => reader.close())
  const kept = reader.all<{ detail: string }>('SELECT detail FROM refusals ORDER BY id')()
  assert.deepEqual(
    kept.map(({ detail }) => detail),
    Array.from({ length: 100 }, (_, index) => `${2900 + index}`),
  )
})

test('accepted attempts read back newest first', async (t) => {
  const store = await temporaryStore(t)
  await store.audit.append(audit('login.succeeded', { account_id: 'account_1' }))
  await store.audit.append(audit('client.deleted'))
  assert.deepEqual(await store.audit.page({ limit: 1 }), [audit('client.deleted')])
  assert.deepEqual(await store.audit.page({ limit: 10, refused: true }), [])
})

test('sweeping removes what has expired, in small steps, and nothing that is good', async (t) => {
  const store = await temporaryStore(t)
  await store.accounts.createOwner(ACCOUNT, audit('owner.created'))
  const { client_id } = await registered(store)
  const consent = { account_id: 'account_1', client_id, scope: 'corpus:read', redirect_hosts: [] }
  for (let index = 0; index < 5; index++) {
    const code = newCode(client_id)
    await store.codes.issue(code, { id: `old ${index}`, expires_at: NOW + 60, consent })
    await store.codes.redeem(code.key, NOW, newGrant(client_id), { key: newKey(), expires_at: NOW + 60 })
    await store.sessions.start({ key: newKey(), account_id: 'account_1', expires_at: NOW + 60 })
  }
  const good = newCode(client_id, { expires_at: NOW + 9000 })
  await store.codes.issue(good, { id: 'good', expires_at: NOW + 9000, consent })
  const kept = await granted(store, client_id)
  const session = newKey()
  await store.sessions.start({ key: session, account_id: 'account_1', expires_at: NOW + 9000 })

  assert.equal(await store.sweep(NOW + 59, 100), 0)
  // Tokens and sessions and decisions; the codes are remembered for an hour.
  assert.equal(await store.sweep(NOW + 60, 3), 9)
  assert.equal(await store.sweep(NOW + 60, 3), 6)
  assert.equal(await store.sweep(NOW + 60, 100), 0)
  assert.equal(await store.sweep(NOW + 60 + 3600, 100), 7, 'six codes, and the last grant’s refresh token')

  assert.deepEqual(await store.codes.find(good.key), good)
  assert.equal(await store.codes.deny({ id: 'good', expires_at: NOW + 9000 }), false)
  assert.notEqual(await store.sessions.find(session, NOW), undefined)
  assert.equal(
    await store.grants.isLive(kept.grant.grant_id),
    true,
    'grants stay unless the token’s life is told',
  )
})

test('sweeping ends grants that nothing can use any more: no refresh token left, last access token expired', async (t) => {
  const store = await temporaryStore(t)
  const idle = await granted(store)
  const refreshable = await granted(store)
  const next = { key: newKey('refresh_'), expires_at: NOW + 99_000 }
  await store.refreshTokens.rotate(refreshable.token, next, NOW, { grace: 60, branches: 10 })
  const live = () => Promise.all([idle, refreshable].map(({ grant }) => store.grants.isLive(grant.grant_id)))
  const sweep = (now: number) => store.sweep(now, 100, { accessTokenTtl: 3600 })
  await sweep(NOW + 3600)
  assert.deepEqual(await live(), [true, true])
  await sweep(NOW + 3700)
  assert.deepEqual(await live(), [false, true])
  await sweep(NOW + 99_000)
  assert.deepEqual(await live(), [false, false])
})
