/** Databases outlive versions: each one that was ever published opens, and reads back equal. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { start } from '../../src/store/migrations/0001-start.ts'
import { lifeCycle } from '../../src/store/migrations/0002-life-cycle.ts'
import { scopeLimit } from '../../src/store/migrations/0003-scope-limit.ts'
import { DATABASE, openStore } from '../../src/store/open.ts'
import { DataUnusable } from '../../src/store/ports.ts'
import { NOW, newClient, newKey, temporaryDirectory, temporaryStore } from './rows.ts'

test('a published migration never changes', () => {
  const digests = [start, lifeCycle, scopeLimit].map((sql) =>
    createHash('sha256').update(sql).digest('hex').slice(0, 16),
  )
  assert.deepEqual(digests, ['76206fc448c91530', '701f7eeb90d5eca2', '2ae8622d9053e775'])
})

/** A database as version 0.1.0 left it, by its own statements. */
function schemaOne(dataDir: string) {
  const database = new DatabaseSync(join(dataDir, DATABASE))
  database.exec(start)
  database.exec('PRAGMA user_version = 1; PRAGMA journal_mode = WAL')
  const client = database.prepare(
    `INSERT INTO clients (client_id, issued_at, secret_hash, secret_expires_at, registered_scope, used, metadata)
      VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const unused = newClient()
  const used = newClient({
    client_secret_hash: 'sha256:abc',
    client_secret_expires_at: 0,
    registered_scope: 'corpus:read',
  })
  for (const [each, flag] of [
    [unused, 0],
    [used, 1],
  ] as const) {
    const {
      client_id,
      client_secret_hash = null,
      client_secret_expires_at = null,
      registered_scope = null,
    } = each
    const metadata = JSON.stringify(each.metadata)
    client.run(client_id, NOW, client_secret_hash, client_secret_expires_at, registered_scope, flag, metadata)
  }
  const grant = {
    grant_id: 'grant_1',
    client_id: used.client_id,
    account_id: 'account_1',
    scope: 'corpus:read',
    resource: 'https://notes.example.com/mcp',
    created_at: NOW,
  }
  database.prepare('INSERT INTO grants VALUES (?, ?, ?, ?, ?, ?, ?)').run(...Object.values(grant), NOW + 5)
  const token = newKey('refresh_')
  database
    .prepare('INSERT INTO refresh_tokens VALUES (?, ?, ?, NULL, NULL)')
    .run(token, 'grant_1', NOW + 1000)
  database.prepare('INSERT INTO accounts VALUES (?, ?, ?, ?)').run('account_1', 'owner', 'phc', NOW)
  database
    .prepare('INSERT INTO consents VALUES (?, ?, ?, ?)')
    .run(used.client_id, 'account_1', 'corpus:read', '["client.example.com"]')
  database
    .prepare('INSERT INTO audit (at, type, client_id) VALUES (?, ?, ?)')
    .run(NOW, 'registration.accepted', used.client_id)
  database.prepare('INSERT INTO refusals (at, type) VALUES (?, ?)').run(NOW, 'login.failed')
  database.close()
  return { unused, used, grant, token }
}

test('a database of schema 1 opens, reads back equal, and goes on', async (t) => {
  const dataDir = temporaryDirectory(t)
  const { unused, used, grant, token } = schemaOne(dataDir)
  const store = await temporaryStore(t, dataDir)
  assert.deepEqual(await store.clients.find(unused.client_id), unused)
  // When it was first let in was not kept: its registration stands for it.
  const authorized = { ...used, authorized_at: NOW }
  assert.deepEqual(await store.clients.find(used.client_id), authorized)
  assert.deepEqual(await store.grants.page({ limit: 10 }), [
    { ...grant, last_used_at: NOW + 5, client_name: 'Test Client' },
  ])
  assert.equal(await store.grants.isLive('grant_1'), true)
  assert.deepEqual((await store.refreshTokens.find(token))?.grant, grant)
  assert.deepEqual(await store.accounts.list(), [{ account_id: 'account_1', username: 'owner' }])
  assert.deepEqual((await store.consents.find('account_1', used.client_id))?.redirect_hosts, [
    'client.example.com',
  ])
  assert.equal((await store.audit.page({ limit: 10 }))[0]?.client_id, used.client_id)
  assert.equal((await store.audit.page({ limit: 10, refused: true })).length, 1)

  const next = { key: newKey('refresh_'), expires_at: NOW + 1000 }
  assert.equal(await store.refreshTokens.rotate(token, next, NOW, { grace: 60, branches: 10 }), 'rotated')
  const rename = { ...authorized, metadata: { ...used.metadata, client_name: 'Renamed' } }
  assert.equal(await store.clients.replace(rename, { at: NOW, type: 'client.replaced' }), 'replaced')
  assert.equal(await store.clients.removeUnused({ before: NOW, now: NOW, limit: 10 }), 1)
  assert.deepEqual(await store.clients.find(used.client_id), { ...rename, revision: 1 })
})

test('a database that was brought up to date has the schema of a new one', async (t) => {
  const [old, fresh] = [temporaryDirectory(t), temporaryDirectory(t)]
  schemaOne(old)
  const schema = async (dataDir: string) => {
    await (await openStore({ dataDir })).close()
    const database = new DatabaseSync(join(dataDir, DATABASE), { readOnly: true })
    const rows = database.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all()
    const version = database.prepare('PRAGMA user_version').get()
    database.close()
    return JSON.stringify([rows, version])
  }
  assert.equal(await schema(old), await schema(fresh))
})

test('a start cut short in the midst of a migration leaves the old database whole', async (t) => {
  const dataDir = temporaryDirectory(t)
  const { used } = schemaOne(dataDir)
  const database = new DatabaseSync(join(dataDir, DATABASE))
  // Something of that name is in the way of the last statements.
  database.exec('CREATE TABLE journal (other TEXT)')
  await assert.rejects(openStore({ dataDir }))
  assert.deepEqual(
    { ...database.prepare('SELECT used FROM clients WHERE client_id = ?').get(used.client_id) },
    { used: 1 },
  )
  database.exec('DROP TABLE journal')
  database.close()
  const store = await temporaryStore(t, dataDir)
  assert.equal((await store.clients.find(used.client_id))?.authorized_at, NOW)
})

test('a database of a newer version is refused and left as it is', async (t) => {
  const dataDir = temporaryDirectory(t)
  schemaOne(dataDir)
  const database = new DatabaseSync(join(dataDir, DATABASE))
  t.after(() => database.close())
  database.exec('PRAGMA user_version = 99')
  await assert.rejects(openStore({ dataDir }), DataUnusable)
  assert.equal(database.prepare('PRAGMA user_version').get()?.user_version, 99)
})
