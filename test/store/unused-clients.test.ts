/** An open door never fills the house: clients that nobody authorized are few, and go first. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { DATABASE, openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/ports.ts'
import { audit, granted, NOW, newClient, registered, temporaryDirectory } from './rows.ts'

const HOUR = 3600
const NOTHING = { before: 0, now: NOW, limit: 1000 }

async function small(
  t: TestContext,
  maxUnusedClients: number,
  dataDir = temporaryDirectory(t),
): Promise<Store> {
  const store = await openStore({ dataDir, maxUnusedClients })
  t.after(() => store.close())
  return store
}

async function flood(store: Store, count: number, issued = NOW): Promise<string[]> {
  const clients = Array.from({ length: count }, () => newClient({ client_id_issued_at: issued }))
  await Promise.all(clients.map((client) => store.clients.register(client, audit('registration.accepted'))))
  return clients.map(({ client_id }) => client_id)
}

const idsOf = async (store: Store) =>
  new Set((await store.clients.page({ limit: 100_000 })).map(({ client_id }) => client_id))

test('A-036 however many register, no more than the bound exist, and every authorized one stays', async (t) => {
  const store = await small(t, 1000)
  const used = []
  for (let index = 0; index < 20; index++) {
    used.push(await granted(store))
    await flood(store, 400)
    const unused: number = (await store.clients.count()) - used.length
    assert.ok(unused <= 1000)
    // Room is made for a hundredth in advance, not for more.
    assert.ok(unused >= Math.min(990, (index + 1) * 400))
  }
  const kept = await idsOf(store)
  for (const { client_id, grant, token } of used) {
    assert.ok(kept.has(client_id))
    assert.equal(await store.grants.isLive(grant.grant_id), true)
    assert.notEqual(await store.refreshTokens.find(token), undefined)
  }
})

test('A-038 the oldest go first, and a newcomer always has a place', async (t) => {
  const store = await small(t, 10)
  const ids: string[] = []
  for (let index = 0; index < 35; index++) {
    const [id = ''] = await flood(store, 1)
    ids.push(id)
    assert.deepEqual(await idsOf(store), new Set(ids.slice(-10)))
    assert.notEqual(await store.clients.find(id), undefined)
  }
})

test('A-038 whoever is let in, approved or removed makes room: nobody goes before the bound is reached', async (t) => {
  const store = await small(t, 100)
  const ids = await flood(store, 99)
  const waiting = await registered(store, { approval: 'pending' })
  assert.equal(await store.clients.approve(waiting.client_id, audit('client.approved')), true)
  for (const client_id of ids.slice(0, 10)) await granted(store, client_id)
  for (const client_id of ids.slice(10, 20)) await store.clients.remove(client_id, audit('client.deleted'))
  await flood(store, 21)
  const kept = await idsOf(store)
  assert.deepEqual(
    ids.filter((id) => !kept.has(id)),
    ids.slice(10, 20),
  )
  await flood(store, 1)
  assert.ok(!(await idsOf(store)).has(ids[20] ?? ''), 'then the oldest goes')
})

test('A-036 clients of the operator and approved ones are none of them; waiting ones are', async (t) => {
  const store = await small(t, 10)
  const operator = await registered(store, { source: 'operator' })
  const declared = await registered(store, { source: 'declared' })
  const approved = await registered(store, { approval: 'pending' })
  const waiting = await registered(store, { approval: 'pending' })
  await store.clients.approve(approved.client_id, audit('client.approved'))
  await flood(store, 10)
  const kept = await idsOf(store)
  assert.equal(kept.size, 13)
  for (const { client_id } of [operator, declared, approved]) assert.ok(kept.has(client_id))
  assert.ok(!kept.has(waiting.client_id))
  assert.equal(await store.clients.removeUnused({ ...NOTHING, before: NOW }), 10)
  assert.equal(await store.clients.count(), 3)
})

/** Waits for what is written lazily, on the rows themselves. */
async function seen(dataDir: string, ids: readonly string[]): Promise<void> {
  const database = new DatabaseSync(join(dataDir, DATABASE), { readOnly: true })
  const kept = database.prepare('SELECT kept_until FROM clients WHERE client_id = ?')
  while (ids.some((id) => kept.get(id)?.kept_until === null))
    await new Promise((resolve) => setTimeout(resolve, 20))
  database.close()
}

test('A-037 one that came to authorize is not unused for an hour, however many come after it', async (t) => {
  const dataDir = temporaryDirectory(t)
  const store = await small(t, 100, dataDir)
  const client = await registered(store)
  store.clients.seen(client, NOW)
  await seen(dataDir, [client.client_id])
  await flood(store, 500)
  assert.ok((await idsOf(store)).has(client.client_id))
  const sweep = (now: number) => store.clients.removeUnused({ before: now, now, limit: 1000 })
  await sweep(NOW + HOUR - 1)
  assert.deepEqual(await idsOf(store), new Set([client.client_id]))
  await sweep(NOW + HOUR)
  assert.equal(await store.clients.count(), 0)
})

test('A-037, A-038 a flood that comes to authorize as well takes half of the room, and a person’s client outlasts it', async (t) => {
  const dataDir = temporaryDirectory(t)
  const store = await small(t, 100, dataDir)
  const honest = await registered(store)
  store.clients.seen(honest, NOW, { signedIn: true })
  await seen(dataDir, [honest.client_id])
  let newcomers: string[] = []
  for (let wave = 0; wave < 6; wave++) {
    const ids = await flood(store, 60)
    const present = ids.filter((id) => newcomers.includes(id) || ids.indexOf(id) >= 20)
    for (const client_id of present) store.clients.seen({ client_id }, NOW + wave)
    await seen(dataDir, present)
    newcomers = await flood(store, 45)
    const kept = await idsOf(store)
    assert.ok(kept.size <= 100)
    assert.deepEqual(
      newcomers.filter((id) => !kept.has(id)),
      [],
      'those that just registered are there, though none of them came yet',
    )
    assert.ok(kept.has(honest.client_id))
  }
})

test('A-036 where all of them came to authorize, those that came longest ago go', async (t) => {
  const dataDir = temporaryDirectory(t)
  const store = await small(t, 10, dataDir)
  const ids = await flood(store, 10)
  for (const [at, client_id] of ids.entries()) store.clients.seen({ client_id }, NOW + at)
  await seen(dataDir, ids)
  const last = await flood(store, 5)
  assert.deepEqual(await idsOf(store), new Set([...ids.slice(5), ...last]))
})

test('A-036 nobody authorized it: it goes when its time is over, in small steps, the oldest first', async (t) => {
  const store = await small(t, 100)
  const old = await flood(store, 5, NOW - 10)
  const young = await flood(store, 5, NOW)
  const used = await granted(store)
  const sweep = (limit: number) => store.clients.removeUnused({ before: NOW - 10, now: NOW, limit })
  assert.equal(await store.clients.removeUnused({ before: NOW - 11, now: NOW, limit: 100 }), 0)
  assert.equal(await store.clients.find(old[0] ?? '').then((client) => client?.client_id), old[0])
  assert.equal(await sweep(3), 3)
  assert.equal(await store.clients.find(old[0] ?? ''), undefined, 'nor in memory')
  assert.deepEqual(await idsOf(store), new Set([...old.slice(3), ...young, used.client_id]))
  assert.equal(await sweep(3), 2)
  assert.equal(await sweep(3), 0)
  assert.deepEqual(await idsOf(store), new Set([...young, used.client_id]))
})

test('A-036 a bound that was lowered is met step by step, whether or not anybody registers', async (t) => {
  const dataDir = temporaryDirectory(t)
  const before = await openStore({ dataDir, maxUnusedClients: 2000 })
  await flood(before, 2000)
  await before.close()
  const store = await small(t, 100, dataDir)
  assert.equal(await store.clients.removeUnused({ ...NOTHING, limit: 500 }), 500)
  assert.equal(await store.clients.count(), 1500)
  await flood(store, 1)
  assert.equal(await store.clients.count(), 1500 - 256 + 1, 'one registration never does all the work')
  while ((await store.clients.removeUnused(NOTHING)) > 0);
  assert.equal(await store.clients.count(), 100)
})

test('A-036 an address has no more unused clients than its cap, however many register at once, and others are free', async (t) => {
  const dataDir = temporaryDirectory(t)
  const stores = [await small(t, 1000, dataDir), await small(t, 1000, dataDir)] as const
  const register = (at: number, address: string) =>
    stores[at % 2 === 0 ? 0 : 1].clients.register(newClient(), audit('registration.accepted'), {
      unusedPerAddress: { address, max: 3 },
    })
  const outcomes = await Promise.all(Array.from({ length: 20 }, (_, at) => register(at, '203.0.113.9')))
  assert.equal(outcomes.filter((outcome) => outcome === 'registered').length, 3)
  assert.equal(outcomes.filter((outcome) => outcome === 'too_many_unused').length, 17)
  assert.equal(await register(0, '203.0.113.10'), 'registered')
  assert.equal(await stores[0].clients.count(), 4)
  assert.equal((await stores[0].audit.page({ limit: 100 })).length, 4)
  assert.equal(await register(1, '203.0.113.9'), 'too_many_unused')
  for (const { client_id } of await stores[0].clients.page({ limit: 10 })) await granted(stores[0], client_id)
  assert.equal(await register(1, '203.0.113.9'), 'registered', 'those that were authorized count no more')
})

test('what is swept is found without looking at the clients that stay', async (t) => {
  const dataDir = temporaryDirectory(t)
  await small(t, 10, dataDir)
  const database = new DatabaseSync(join(dataDir, DATABASE), { readOnly: true })
  t.after(() => database.close())
  const unused = 'authorized_at = 0 AND source IS NULL'
  const plans: [string, RegExp][] = [
    [`SELECT count(*) FROM clients WHERE ${unused}`, /COVERING INDEX unused_clients/],
    [
      `SELECT count(*) FROM clients WHERE ${unused} AND kept_until IS NOT NULL`,
      /COVERING INDEX unused_clients \(authorized_at=\? AND source=\? AND kept_until>\?\)/,
    ],
    [
      `SELECT client_id, issued_at FROM clients WHERE ${unused} AND kept_until IS NULL ORDER BY rowid LIMIT 9`,
      /^SEARCH clients USING INDEX unused_clients \(authorized_at=\? AND source=\? AND kept_until=\?\)$/,
    ],
    [
      `SELECT client_id FROM clients WHERE ${unused} AND kept_until IS NOT NULL ORDER BY kept_until, rowid LIMIT 9`,
      /^SEARCH clients USING INDEX unused_clients \(authorized_at=\? AND source=\? AND kept_until>\?\)$/,
    ],
    [
      'SELECT count(*) FROM clients WHERE registered_from = ? AND authorized_at = 0',
      /INDEX unused_clients_of_address/,
    ],
    [
      'SELECT * FROM clients WHERE approval IS NOT NULL AND client_id > ? ORDER BY client_id LIMIT 9',
      /waiting_clients/,
    ],
    [
      'SELECT * FROM clients WHERE source = ? AND client_id > ? ORDER BY client_id LIMIT 9',
      /operated_clients/,
    ],
  ]
  for (const [sql, plan] of plans) {
    const steps = database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail))
    assert.match(steps.join('; '), plan, sql)
    assert.doesNotMatch(steps.join('; '), /TEMP B-TREE/, sql)
  }
})
