import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client, Tombstone } from './client.ts'
import { isRevivable } from './revival.ts'

const client = { client_id: 'c', source: 'dynamic' } as unknown as Client
const tombstone = (of: Partial<Tombstone>): Tombstone => ({
  client,
  removed_at: 1,
  cause: 'deleted',
  held_secret: false,
  ...of,
})

test('only a client without a secret that was not revoked, did not delete itself and is not the file’s comes back', () => {
  assert.ok(isRevivable(tombstone({})))
  assert.ok(isRevivable(tombstone({ cause: 'inactive' })))
  assert.ok(!isRevivable(tombstone({ cause: 'revoked' })))
  assert.ok(!isRevivable(tombstone({ cause: 'deprovisioned' })))
  assert.ok(!isRevivable(tombstone({ held_secret: true })))
  assert.ok(!isRevivable(tombstone({ client: { ...client, source: 'declared' } })))
})
