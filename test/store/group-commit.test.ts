import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { privateFile } from '../../src/store/data-directory.ts'
import { type Connection, connect } from '../../src/store/drivers/sqlite.ts'
import { migrate } from '../../src/store/migrations/migrate.ts'
import { StoreUnavailable } from '../../src/store/ports.ts'
import { createStore } from '../../src/store/sql/store.ts'
import { audit, newClient, registered, temporaryDirectory } from './rows.ts'

function table(t: TestContext, options: { patience?: number } = {}) {
  const path = privateFile(temporaryDirectory(t), 'test.db')
  const connection = connect(path, options)
  t.after(() => connection.close())
  connection.exec('CREATE TABLE t (value INTEGER PRIMARY KEY) STRICT')
  const insert = connection.run('INSERT INTO t VALUES (?)')
  const all = connection.all<{ value: number }>('SELECT value FROM t ORDER BY value')
  return { path, connection, insert, values: () => all().map(({ value }) => value) }
}

/** How often the database was committed to: each commit of another connection changes the number. */
function commitCounter(path: string): () => Promise<number> {
  const observer = connect(path)
  let seen = observer.dataVersion()
  let commits = 0
  return async () => {
    const now = observer.dataVersion()
    commits += now === seen ? 0 : 1
    seen = now
    return commits
  }
}

test('what arrives together is committed together, and answered after the commit', async (t) => {
  const { path, connection, insert, values } = table(t)
  const commits = commitCounter(path)
  const order: string[] = []
  const writes = [1, 2, 3].map((value) =>
    connection
      .write(
        () => insert(value),
        () => order.push(`committed ${value}`),
      )
      .then(async () => order.push(`answered ${value} after ${await commits()}`)),
  )
  assert.deepEqual(values(), [], 'nothing is written before the event loop comes round')
  await Promise.all(writes)
  assert.deepEqual(values(), [1, 2, 3])
  assert.deepEqual(order, [
    'committed 1',
    'committed 2',
    'committed 3',
    'answered 1 after 1',
    'answered 2 after 1',
    'answered 3 after 1',
  ])
})

test('a verb that fails is rolled back alone, whatever it wrote before', async (t) => {
  const { connection, insert, values } = table(t)
  const effects: number[] = []
  const write = (...rows: number[]) =>
    connection.write(
      () => {
        for (const row of rows) insert(row)
        if (rows.includes(99)) throw new RangeError('a bug in a verb')
        return rows
      },
      () => effects.push(...rows),
    )
  const results = await Promise.allSettled([write(1), write(2, 1), write(3), write(4, 99), write(5)])
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
  )
  assert.deepEqual(values(), [1, 3, 5])
  assert.deepEqual(effects, [1, 3, 5], 'memory learns of each commit once')
  const [, duplicate, , bug] = results
  assert.match(String(duplicate?.status === 'rejected' && duplicate.reason), /UNIQUE constraint/)
  assert.ok(bug?.status === 'rejected' && bug.reason instanceof RangeError)
})

test('a commit that fails rejects all of it, and nothing of it stays', async (t) => {
  const { connection, insert, values } = table(t)
  // A deferred constraint is judged by COMMIT itself.
  connection.exec(
    'PRAGMA foreign_keys = ON; CREATE TABLE child (value REFERENCES t DEFERRABLE INITIALLY DEFERRED)',
  )
  const orphan = connection.run('INSERT INTO child VALUES (?)')
  const results = await Promise.allSettled([
    connection.write(() => insert(1)),
    connection.write(() => orphan(7)),
  ])
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.deepEqual(values(), [])
  await connection.write(() => insert(2))
  assert.deepEqual(values(), [2])
})

test('more than one commit’s worth is written in order and in full', async (t) => {
  const { connection, insert, values } = table(t)
  const rows = Array.from({ length: 2000 }, (_, row) => row)
  await Promise.all(rows.map((row) => connection.write(() => insert(row))))
  assert.deepEqual(values(), rows)
})

test('A-178 a write waits for another process’s transaction without holding up reads', async (t) => {
  const { path, connection, insert, values } = table(t)
  const other = new DatabaseSync(path)
  t.after(() => other.close())
  other.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (7)')
  let written = false
  const write = connection
    .write(() => insert(1))
    .then(() => {
      written = true
    })
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    assert.deepEqual(await connection.read(values), [])
    assert.equal(written, false)
  }
  other.exec('COMMIT')
  await write
  assert.deepEqual(values(), [1, 7])
})

test('A-178 a database locked for too long is told as such, and works again afterwards', async (t) => {
  const { path, connection, insert, values } = table(t, { patience: 30 })
  const other = new DatabaseSync(path)
  t.after(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  await assert.rejects(
    connection.write(() => insert(1)),
    StoreUnavailable,
  )
  other.exec('ROLLBACK')
  await connection.write(() => insert(2))
  assert.deepEqual(values(), [2])
})

test('closing waits for what is queued; what comes after is refused', async (t) => {
  const path = privateFile(temporaryDirectory(t), 'test.db')
  const connection = connect(path)
  connection.exec('CREATE TABLE t (value INTEGER)')
  const insert = connection.run('INSERT INTO t VALUES (?)')
  const write = connection.write(() => insert(1))
  const closing = connection.close()
  await assert.rejects(
    connection.write(() => insert(2)),
    StoreUnavailable,
  )
  await Promise.all([write, closing])
  const reader = new DatabaseSync(path, { readOnly: true })
  assert.equal(reader.prepare('SELECT count(*) AS n FROM t').get()?.n, 1)
  reader.close()
})

/** A store whose database may not grow beyond what it has now. */
async function fullStore(t: TestContext) {
  const connection: Connection = connect(privateFile(temporaryDirectory(t), 'corpusiq.db'))
  await migrate(connection)
  const store = createStore(connection)
  t.after(() => store.close())
  const pages = connection.get<{ page_count: number }>('PRAGMA page_count')()?.page_count ?? 0
  connection.exec(`PRAGMA max_page_count = ${pages + 3}`)
  return { store, more: () => connection.exec('PRAGMA max_page_count = 100000') }
}

test('A-178 a full disk is told as such, nothing half-written stays, and it recovers by itself', async (t) => {
  const { store, more } = await fullStore(t)
  const stored: string[] = []
  let fault: unknown
  while (fault === undefined) {
    const clients = Array.from({ length: 8 }, () => newClient())
    const results = await Promise.allSettled(
      clients.map((client) => store.clients.register(client, audit('registration.accepted'))),
    )
    for (const [index, result] of results.entries()) {
      if (result.status === 'fulfilled') stored.push(clients[index]?.client_id ?? '')
      else fault = result.reason
    }
  }
  assert.ok(fault instanceof StoreUnavailable)
  assert.equal(fault.retryAfter > 0, true)
  assert.equal(await store.clients.count(), stored.length)
  assert.equal((await store.audit.page({ limit: 1000 })).length, stored.length)
  assert.equal((await store.clients.find(stored[0] ?? ''))?.client_id, stored[0], 'reading goes on')
  store.audit.refuse(audit('registration.refused'))
  more()
  await registered(store)
  assert.equal(await store.clients.count(), stored.length + 1)
})

test('A-178 a database that cannot be written is told as such', async (t) => {
  const path = join(temporaryDirectory(t), 'test.db')
  const connection = connect(path)
  t.after(() => connection.close())
  connection.exec('CREATE TABLE t (value INTEGER)')
  const insert = connection.run('INSERT INTO t VALUES (?)')
  connection.exec('PRAGMA query_only = ON')
  await assert.rejects(
    connection.write(() => insert(1)),
    StoreUnavailable,
  )
})
