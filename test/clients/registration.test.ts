import { after, before, test } from 'node:test'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { type Ground, survey } from './ground.ts'
import { assertNotRegistered, goTheWholeWay } from './journey.ts'
import { REAL_CLIENTS } from './table.ts'

let app: TestApp
let ground: Ground

before(async () => {
  app = await createTestApp({ env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
  ground = await survey(app, (client_id) =>
    app.store.clients.remove(client_id, { at: app.now(), type: 'client.deleted' }),
  )
})
after(() => app[Symbol.asyncDispose]())

for (const row of REAL_CLIENTS.filter(({ stage }) => stage === 'now')) {
  if (row.must_accept) {
    test(`${row.id} (${row.client}) registers, is let in, reads, refreshes, and is told when it is gone`, () =>
      goTheWholeWay(ground, row))
  } else {
    test(`${row.id} (${row.client}) is refused with a reason`, () => assertNotRegistered(ground, row))
  }
}
