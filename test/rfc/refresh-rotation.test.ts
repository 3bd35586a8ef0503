import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  type Answer,
  mcpStatus,
  refresh,
  type StoredClient,
  storeClient,
  storeGrant,
} from '../support/stored.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

let app: TestApp
let client: StoredClient

before(async () => {
  app = await createTestApp({ owner: false })
  client = await storeClient(app)
})
after(() => app[Symbol.asyncDispose]())

const GRACE = 60
const TTL = 90 * 86_400

function rotated({ status, body }: Answer): string {
  assert.equal(status, 200, JSON.stringify(body))
  return String(body.refresh_token)
}
const refused = ({ status, body }: Answer) => {
  assert.equal(status, 400)
  assert.equal(body.error, 'invalid_grant')
}
const use = (token: string) => refresh(app, client, token)

test('OAuth 2.1 §4.3.1 not used before: a new pair', async () => {
  const first = await storeGrant(app, client)
  const answer = await use(first.refresh_token)
  assert.notEqual(rotated(answer), first.refresh_token)
  assert.notEqual(answer.body.access_token, first.access_token)
  assert.equal(await mcpStatus(app, first.access_token), 200)
  assert.equal(await mcpStatus(app, answer.body.access_token), 200)
})

test('A-118 the answer is lost: within the grace another working pair, the first one unharmed', async () => {
  const { refresh_token } = await storeGrant(app, client)
  const lost = rotated(await use(refresh_token))
  app.advance(GRACE)
  const second = rotated(await use(refresh_token))
  rotated(await use(lost))
  rotated(await use(second))
})

test('used before, later, but no successor was ever used: the answer was lost for long', async () => {
  const { refresh_token } = await storeGrant(app, client)
  rotated(await use(refresh_token))
  app.advance(30 * 86_400)
  rotated(await use(rotated(await use(refresh_token))))
})

test('A-116 used before, later, and a successor was used: the family ends, and only that family', async () => {
  const first = await storeGrant(app, client)
  const other = await storeGrant(app, client)
  const second = rotated(await use(first.refresh_token))
  const third = await use(second)
  app.advance(GRACE + 1)
  app.events.length = 0
  refused(await use(first.refresh_token))
  assert.equal(app.events[0]?.type, 'token.reuse_detected')
  refused(await use(rotated(third)))
  assert.equal(await mcpStatus(app, third.body.access_token), 401)
  assert.equal(await mcpStatus(app, first.access_token), 401)
  assert.equal(await mcpStatus(app, other.access_token), 200)
  rotated(await use(other.refresh_token))
})

test('A-117 50 refreshes at once with one token: every 200 is usable, at most ten live branches, no harm', async () => {
  const { refresh_token, access_token } = await storeGrant(app, client)
  const answers = await Promise.all(Array.from({ length: 50 }, () => use(refresh_token)))
  const good = answers.filter(({ status }) => status === 200)
  assert.equal(good.length, 10)
  for (const answer of answers) if (answer.status !== 200) refused(answer)
  assert.equal(await mcpStatus(app, access_token), 200)
  for (const answer of good) rotated(await use(rotated(answer)))
})

test('unused for its time to live: each branch by itself', async () => {
  const { refresh_token } = await storeGrant(app, client)
  const idle = rotated(await use(refresh_token))
  const busy = rotated(await use(refresh_token))
  app.advance(TTL - 1)
  const kept = rotated(await use(busy))
  app.advance(1)
  refused(await use(idle))
  rotated(await use(kept))
})

test('A-122 after the grant was revoked or the client deleted', async () => {
  const { refresh_token, access_token } = await storeGrant(app, client)
  for (const grant of await app.store.grants.page({ limit: 1000, client_id: client.client_id })) {
    await app.store.grants.revoke(grant.grant_id, { at: app.now(), type: 'grant.revoked' })
  }
  refused(await use(refresh_token))
  assert.equal(await mcpStatus(app, access_token), 401)

  const gone = await storeClient(app)
  const tokens = await storeGrant(app, gone)
  await app.store.clients.remove(gone.client_id, { at: app.now(), type: 'client.deleted' })
  const answer = await refresh(app, gone, tokens.refresh_token)
  assert.equal(answer.status, 401)
  assert.equal(answer.body.error, 'invalid_client')
  assert.equal(await mcpStatus(app, tokens.access_token), 401)
})
