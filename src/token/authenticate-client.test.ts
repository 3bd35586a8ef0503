import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../oauth/client.ts'
import { OAuthError } from '../oauth/errors.ts'
import { parseParameters } from '../oauth/parameters.ts'
import { createIsSecret } from '../ops/client-secret.ts'
import { hashPassword, sha256 } from '../ops/digest.ts'
import { createAuthenticateClient } from './authenticate-client.ts'

const client = (client_id: string, client_secret_hash: string): Client => ({
  client_id,
  client_id_issued_at: 0,
  client_secret_hash,
  client_secret_expires_at: 0,
  metadata: {
    redirect_uris: ['https://client.example.com/callback'],
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    scope: 'corpus:read',
  },
})

function doorman(known: readonly Client[], clientSecretHash: 'sha256' | 'argon2id' = 'sha256') {
  const authenticate = createAuthenticateClient({
    settings: { clientSecretHash, clientSecretOverlap: 0 },
    clients: {
      find: async (client_id) => known.find((each) => each.client_id === client_id),
      confirmSecret: async () => assert.fail('no secret was rotated'),
    },
    isSecret: createIsSecret(2),
    now: () => 1000,
  })
  return (text: string) => {
    const form = parseParameters('')
    assert.ok(form)
    return authenticate(`Basic ${Buffer.from(text).toString('base64')}`, form)
  }
}

const clientOf = (result: Awaited<ReturnType<ReturnType<typeof doorman>>>): string =>
  result instanceof OAuthError ? result.error : result.client.client_id

test('A-107 both encodings of Basic authenticate, and each proves a secret of its own', async () => {
  const ask = doorman([
    client('a:b', `sha256:${sha256('c d%')}`),
    client('a%3Ab', `sha256:${sha256('other')}`),
    client('plus', `sha256:${sha256('x+y%41')}`),
  ])
  assert.equal(clientOf(await ask('a%3Ab:c+d%25')), 'a:b')
  assert.equal(clientOf(await ask('a%3Ab:other')), 'a%3Ab')
  assert.equal(clientOf(await ask('plus:x+y%41')), 'plus')
  assert.equal(clientOf(await ask('plus:x%2By%2541')), 'plus')
  assert.equal(clientOf(await ask('plus:x y%41')), 'invalid_client')
  assert.equal(clientOf(await ask('a%3Ab:c d%')), 'invalid_client')
})

test('A-102 a client that holds a secret is never let in without it, whatever its metadata say', async () => {
  const known = client('holder', `sha256:${sha256('secret_x')}`)
  for (const token_endpoint_auth_method of ['none', 'client_secret_basic', 'client_secret_post'] as const) {
    const ask = doorman([{ ...known, metadata: { ...known.metadata, token_endpoint_auth_method } }])
    assert.equal(clientOf(await ask('holder:')), 'invalid_client')
    assert.equal(clientOf(await ask('holder:secret_x')), 'holder')
  }
})

test('CORPUSIQ_CLIENT_SECRET_HASH=argon2id: a slow hash is verified, whatever the setting says now', async () => {
  const known = [
    client('slow', await hashPassword('secret_x')),
    client('fast', `sha256:${sha256('secret_y')}`),
  ]
  for (const setting of ['sha256', 'argon2id'] as const) {
    const ask = doorman(known, setting)
    assert.equal(clientOf(await ask('slow:secret_x')), 'slow')
    assert.equal(clientOf(await ask('slow:secret_y')), 'invalid_client')
    assert.equal(clientOf(await ask('fast:secret_y')), 'fast')
    assert.equal(clientOf(await ask('fast:secret_x')), 'invalid_client')
    assert.equal(clientOf(await ask('nobody:secret_x')), 'invalid_client')
  }
})

test('A-180 an unknown client costs as much as a known one: its secret is hashed all the same', async () => {
  const ask = doorman([], 'argon2id')
  // Two slow hashes at once are the limit here: that the third is refused shows that the first two were begun.
  const answers = Array.from({ length: 3 }, () => ask('nobody:secret_x'))
  assert.equal(clientOf((await answers.at(-1)) ?? assert.fail()), 'temporarily_unavailable')
  for (const answer of answers.slice(0, -1)) assert.equal(clientOf(await answer), 'invalid_client')
  // And the place of each is given back.
  assert.equal(clientOf(await ask('nobody:secret_x')), 'invalid_client')
})
