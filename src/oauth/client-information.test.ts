import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from './client.ts'
import { clientInformation } from './client-information.ts'

const metadata = { redirect_uris: ['https://c.example/cb'] } as unknown as Client['metadata']
const client: Client = {
  client_id: 'c',
  client_id_issued_at: 1,
  client_secret_hash: 'sha256:x',
  registration_token_hash: 'y',
  registered_scope: 'corpus:read',
  metadata,
}
const told = { registration_access_token: 't', registration_client_uri: 'u' }

test('RFC 7591 §3.2.1 all metadata and what was issued is told, and nothing of how it is stored', () => {
  const expected = {
    client_id: 'c',
    client_id_issued_at: 1,
    ...told,
    redirect_uris: ['https://c.example/cb'],
  }
  assert.equal(JSON.stringify(clientInformation(client, told)), JSON.stringify(expected))
  assert.deepEqual(Object.keys(clientInformation(client, told)).sort(), Object.keys(expected).sort())
  assert.deepEqual(
    clientInformation({ ...client, client_secret_expires_at: 0 }, { ...told, client_secret: 's' }),
    { ...expected, client_secret: 's', client_secret_expires_at: 0 },
  )
})
