import assert from 'node:assert/strict'
import { test } from 'node:test'
import { privateFile } from '../../src/store/data-directory.ts'
import { connect } from '../../src/store/drivers/sqlite.ts'
import { migrate } from '../../src/store/migrations/migrate.ts'
import { openStore } from '../../src/store/open.ts'
import type { JournalEntry } from '../../src/store/ports.ts'
import { createStore } from '../../src/store/sql/store.ts'
import { NOW, temporaryDirectory, temporaryStore } from './rows.ts'

const entry = (type: string, more: Partial<JournalEntry> = {}): JournalEntry => ({ at: NOW, type, ...more })

test('the journal is a time line: the oldest first, its texts bounded, and followed from where one was', async (t) => {
  const dataDir = temporaryDirectory(t)
  const store = await openStore({ dataDir })
  const full = entry('registration.refused', {
    address: '203.0.113.7',
    client_id: 'client_a',
    client_name: 'A',
    detail: 'redirect_uris is missing',
    cause: 'an early version of this client',
  })
  assert.equal(store.journal.append(full), undefined)
  store.journal.append(entry('token.issued', { client_id: 'client_b', detail: 'x'.repeat(10_000) }))
  store.journal.append(entry('access.refused', { client_id: 'client_a' }))
  await store.close()

  const again = await temporaryStore(t, dataDir)
  const types = (page: JournalEntry[]) => page.map(({ type }) => type)
  const all = await again.journal.page({ limit: 10 })
  assert.deepEqual(types(all), ['registration.refused', 'token.issued', 'access.refused'])
  const { id, ...first } = all[0] ?? { id: 0 }
  assert.deepEqual(first, full)
  assert.equal(all[1]?.detail?.length, 500)
  assert.deepEqual(types(await again.journal.page({ limit: 2 })), ['token.issued', 'access.refused'])
  assert.deepEqual(types(await again.journal.page({ limit: 1, after: id })), ['token.issued'])
  assert.deepEqual(await again.journal.page({ limit: 10, after: all[2]?.id ?? 0 }), [])
  const ofOne = { limit: 10, client_id: 'client_a' }
  assert.deepEqual(types(await again.journal.page(ofOne)), ['registration.refused', 'access.refused'])
  assert.deepEqual(types(await again.journal.page({ ...ofOne, after: id })), ['access.refused'])
})

test('A-036 of the journal the newest entries are kept, in memory and on disk', async (t) => {
  const path = privateFile(temporaryDirectory(t), 'corpusiq.db')
  const connection = connect(path)
  await migrate(connection)
  const store = createStore(connection, { journalKept: 100 })
  for (let at = 0; at < 3000; at++) store.journal.append(entry('registration.accepted', { detail: `${at}` }))
  await store.close()
  const reader = createStore(connect(path))
  t.after(() => reader.close())
  assert.deepEqual(
    (await reader.journal.page({ limit: 1000 })).map(({ detail }) => detail),
    Array.from({ length: 100 }, (_, at) => `${2900 + at}`),
  )
})
