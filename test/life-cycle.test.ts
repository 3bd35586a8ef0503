/** What the running program does for the life cycle of its clients, by its settings. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { DATABASE } from '../src/store/open.ts'
import { keepTidy } from '../src/store/upkeep.ts'
import { startServer } from './support/running-server.ts'
import { obtainTokens, PUBLIC_CLIENT, registerClient } from './support/scenario.ts'

test('A-036 CORPUSIQ_MAX_UNUSED_CLIENTS bounds what a running server keeps, and what was authorized stays', async () => {
  await using server = await startServer({
    env: { CORPUSIQ_MAX_UNUSED_CLIENTS: '10', CORPUSIQ_REGISTRATION_RATE: 'off' },
  })
  const used = await registerClient(server, PUBLIC_CLIENT)
  await obtainTokens(server, used)
  const ids: string[] = []
  for (let sent = 0; sent < 25; sent++) ids.push((await registerClient(server, PUBLIC_CLIENT)).client_id)
  const database = new DatabaseSync(join(server.dataDir, DATABASE), { readOnly: true })
  const kept = database.prepare('SELECT client_id FROM clients ORDER BY rowid').all()
  database.close()
  assert.deepEqual(
    kept.map(({ client_id }) => client_id),
    [used.client_id, ...ids.slice(-10)],
  )
})

test('upkeep removes by the lives that the settings name; a life of 0 never ends', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const now = 1_800_000_000
  for (const [unusedClientTtl, inactiveClientTtl, unusedBefore, inactiveBefore] of [
    [86_400, 31_536_000, now - 86_400, now - 31_536_000],
    [0, 0, 0, 0],
  ] as const) {
    const asked: unknown[] = []
    const { promise: done, resolve } = Promise.withResolvers<void>()
    const end = keepTidy({
      store: {
        sweep: async (...query) => asked.push(query) && 0,
        clients: {
          removeUnused: async (query) => asked.push(query) && 0,
          removeInactive: async (query) => {
            asked.push(query)
            resolve()
            return 0
          },
        },
      },
      settings: { accessTokenTtl: 3600, unusedClientTtl, inactiveClientTtl },
      now: () => now,
      emit: (event) => assert.fail(event.type),
    })
    t.mock.timers.tick(60_000)
    await done
    await end()
    assert.deepEqual(asked, [
      [now, 1000, { accessTokenTtl: 3600 }],
      { before: unusedBefore, now, limit: 1000 },
      { before: inactiveBefore, now, limit: 1000 },
    ])
  }
})
