import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RegistrationToken } from '../../src/store/ports.ts'
import { audit, NOW, newClient, newKey, temporaryDirectory, temporaryStore } from './rows.ts'

const token = (token_id: string, more: Partial<RegistrationToken> = {}): RegistrationToken => ({
  token_id,
  key: newKey('initial_'),
  created_at: NOW,
  expires_at: NOW + 60,
  uses_left: 5,
  ...more,
})

const CREATED = audit('registration_token.created')
const ACCEPTED = audit('registration.accepted')

test('RFC 7591 §3.1 initial access tokens read back as they were made, the oldest first, until they are revoked', async (t) => {
  const store = await temporaryStore(t)
  const bare: RegistrationToken = { token_id: 'b', key: newKey('initial_'), created_at: NOW, expires_at: 0 }
  const full = token('a', { created_at: NOW + 1, scope: 'corpus:read', note: 'for the team' })
  for (const each of [bare, full]) await store.registrationTokens.create(each, CREATED)
  assert.deepEqual(await store.registrationTokens.list(), [bare, full])
  assert.deepEqual(await store.registrationTokens.find(full.key), full)
  assert.equal(await store.registrationTokens.find(newKey('initial_')), undefined)
  assert.equal(await store.registrationTokens.revoke('a', audit('registration_token.revoked')), true)
  assert.equal(await store.registrationTokens.revoke('a', audit('registration_token.revoked')), false)
  assert.deepEqual(await store.registrationTokens.list(), [bare])
  assert.deepEqual(
    (await store.audit.page({ limit: 10 })).map(({ type }) => type),
    ['registration_token.revoked', 'registration_token.created', 'registration_token.created'],
  )
})

test('A-051 of 50 registrations at once on two connections exactly as many succeed as the token has uses', async (t) => {
  const dataDir = temporaryDirectory(t)
  const stores = [await temporaryStore(t, dataDir), await temporaryStore(t, dataDir)] as const
  const five = token('five')
  await stores[0].registrationTokens.create(five, CREATED)
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, (_, at) =>
      stores[at % 2 === 0 ? 0 : 1].clients.register(newClient(), ACCEPTED, { registrationToken: five.key }),
    ),
  )
  assert.equal(outcomes.filter((outcome) => outcome === 'registered').length, 5)
  assert.equal(outcomes.filter((outcome) => outcome === 'token_spent').length, 45)
  assert.equal(await stores[0].clients.count(), 5)
  assert.equal((await stores[1].registrationTokens.find(five.key))?.uses_left, 0)
  const accepted = (await stores[0].audit.page({ limit: 100 })).filter(({ type }) => type === ACCEPTED.type)
  assert.equal(accepted.length, 5)
})

test('A-051 unknown, revoked and expired ones register nobody; one without a count or an end registers anybody', async (t) => {
  const store = await temporaryStore(t)
  const expiring = token('expiring')
  const revoked = token('revoked')
  const { uses_left, ...endless } = token('endless', { expires_at: 0 })
  for (const each of [expiring, revoked, endless]) await store.registrationTokens.create(each, CREATED)
  await store.registrationTokens.revoke('revoked', audit('registration_token.revoked'))
  const register = (registrationToken: Buffer, at = NOW) =>
    store.clients.register(newClient(), { ...ACCEPTED, at }, { registrationToken })
  assert.equal(await register(expiring.key, NOW + 59), 'registered')
  assert.equal(await register(expiring.key, NOW + 60), 'token_spent')
  assert.equal(await register(revoked.key), 'token_spent')
  assert.equal(await register(newKey('initial_')), 'token_spent')
  for (let use = 0; use < 20; use++) assert.equal(await register(endless.key, NOW + 1e9), 'registered')
  assert.equal(await store.clients.count(), 21)
  assert.equal((await store.registrationTokens.find(expiring.key))?.uses_left, 4)
})

test('A-051 a registration that fails, or that the cap of its address refuses, spends no use', async (t) => {
  const store = await temporaryStore(t)
  const five = token('five')
  await store.registrationTokens.create(five, CREATED)
  const client = newClient()
  const options = { registrationToken: five.key, unusedPerAddress: { address: '203.0.113.9', max: 1 } }
  assert.equal(await store.clients.register(client, ACCEPTED, options), 'registered')
  assert.equal(await store.clients.register(newClient(), ACCEPTED, options), 'too_many_unused')
  await assert.rejects(store.clients.register(client, ACCEPTED, { registrationToken: five.key }))
  assert.equal((await store.registrationTokens.find(five.key))?.uses_left, 4)
})
