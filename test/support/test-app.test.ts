import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CONFIDENTIAL_CLIENT,
  callMcp,
  obtainTokens,
  PUBLIC_CLIENT,
  refresh,
  registerClient,
  tokensOf,
} from './scenario.ts'
import { createTestApp } from './test-app.ts'

for (const metadata of [PUBLIC_CLIENT, CONFIDENTIAL_CLIENT]) {
  test(`the whole way in process, and these events and no others (${metadata.token_endpoint_auth_method})`, async () => {
    await using app = await createTestApp()
    const client = await registerClient(app, metadata)
    const tokens = await obtainTokens(app, client)
    const refreshed = await tokensOf(await refresh(app, client, tokens.refresh_token ?? ''))
    assert.equal((await callMcp(app, refreshed.access_token)).status, 200)
    assert.deepEqual(
      app.events.map(({ type }) => type),
      [
        'registration.received',
        'registration.accepted',
        'authorization.requested',
        'login.succeeded',
        'authorization.requested',
        'authorization.approved',
        'token.issued',
        'token.issued',
        'access.granted',
      ],
    )
  })
}

test('the clock of a test app moves by hand alone', async () => {
  await using app = await createTestApp()
  const { access_token } = await obtainTokens(app, await registerClient(app))
  app.advance(3599)
  assert.equal((await callMcp(app, access_token)).status, 200)
  app.advance(1)
  assert.equal((await callMcp(app, access_token)).status, 401)
})
