import { after, before, test } from 'node:test'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/ports.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { type Ground, survey } from './ground.ts'
import { goTheWholeWay } from './journey.ts'
import { REAL_CLIENTS } from './table.ts'

let server: RunningServer
/** The same database from a second process, as `corpusiq clients delete` opens it. */
let store: Store
let ground: Ground

before(async () => {
  server = await startServer({ env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
  store = await openStore({ dataDir: server.dataDir })
  ground = await survey(server, (client_id) =>
    store.clients.remove(client_id, { at: 0, type: 'client.deleted' }),
  )
})
after(async () => {
  await store.close()
  await server[Symbol.asyncDispose]()
})

for (const row of REAL_CLIENTS.filter(({ stage, must_accept }) => stage === 'now' && must_accept)) {
  test(`${row.id} goes the whole way over HTTP`, () => goTheWholeWay(ground, row))
}
