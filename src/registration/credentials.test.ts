import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../oauth/client.ts'
import { sha256 } from '../ops/digest.ts'
import { systemRandom } from '../ops/random.ts'
import { withoutSecret, withRegistrationToken, withRotatedSecret, withSecret } from './credentials.ts'

const NOW = 1_800_000_000
const POLICY = { clientSecretTtl: 100, clientSecretHash: 'sha256' } as const
const client: Client = {
  client_id: 'client_1',
  client_id_issued_at: NOW,
  client_secret_hash: 'sha256:old',
  client_secret_expires_at: NOW + 50,
  metadata: {
    redirect_uris: ['https://client.example.com/callback'],
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    scope: 'corpus:read',
  },
}

test('a new secret takes the place of every one there was', async () => {
  const had = { ...client, previous_secret_hash: 'sha256:older', previous_secret_expires_at: 0 }
  const { client: next, issued } = await withSecret(had, POLICY, NOW, systemRandom)
  assert.deepEqual(next, {
    ...client,
    client_secret_hash: `sha256:${sha256(issued.client_secret ?? '')}`,
    client_secret_expires_at: NOW + 100,
  })
  const forever = await withSecret(client, { ...POLICY, clientSecretTtl: 0 }, NOW, systemRandom)
  assert.equal(forever.client.client_secret_expires_at, 0)
})

test('a rotated secret is good until the overlap or its own end, whichever comes first', async () => {
  for (const [expires, until, good] of [
    [NOW + 50, NOW + 10, NOW + 10],
    [NOW + 50, NOW + 90, NOW + 50],
    [NOW + 50, 0, NOW + 50],
    [0, NOW + 10, NOW + 10],
    [0, 0, 0],
  ] as const) {
    const before = { ...client, client_secret_expires_at: expires }
    const { client: next } = await withRotatedSecret(before, POLICY, until, NOW, systemRandom)
    const { previous_secret_hash, previous_secret_expires_at } = next
    assert.deepEqual([previous_secret_hash, previous_secret_expires_at], ['sha256:old', good])
    assert.equal(next.client_secret_expires_at, NOW + 100)
  }
})

test('of a secret that expired, or of none, nothing is kept beside the new one', async () => {
  for (const before of [{ ...client, client_secret_expires_at: NOW }, withoutSecret(client)]) {
    const { client: next } = await withRotatedSecret(before, POLICY, NOW + 10, NOW, systemRandom)
    assert.deepEqual([next.previous_secret_hash, next.previous_secret_expires_at], [undefined, undefined])
  }
})

test('a registration token takes the place of both there were', () => {
  const had = { ...client, registration_token_hash: 'a', previous_registration_token_hash: 'b' }
  const { client: next, issued } = withRegistrationToken(had, systemRandom)
  const registration_token_hash = sha256(issued.registration_access_token)
  assert.deepEqual(next, { ...client, registration_token_hash })
})
