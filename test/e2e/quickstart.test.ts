import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../support/running-server.ts'
import {
  callMcp,
  obtainTokens,
  type RegisteredClient,
  refresh,
  setUpOwner,
  tokensOf,
} from '../support/scenario.ts'

test('RFC 8414 §3, RFC 7591 §3 the two curls that a user would try, good beyond a restart', async () => {
  await using server = await startServer()
  const discovered = await fetch(`${server.url}/.well-known/oauth-authorization-server`)
  const metadata = (await discovered.json()) as { registration_endpoint: string }
  assert.equal(metadata.registration_endpoint, `${server.url}/register`)

  const registered = await fetch(metadata.registration_endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"client_name":"Test Client","redirect_uris":["https://example.com/callback"],"grant_types":["authorization_code"],"response_types":["code"]}',
  })
  assert.equal(registered.status, 201)
  assert.equal(registered.headers.get('cache-control'), 'no-store')
  const client = (await registered.json()) as RegisteredClient
  assert.match(client.client_id, /^client_[A-Za-z0-9_-]+$/)
  assert.match(client.client_secret ?? '', /^secret_[A-Za-z0-9_-]+$/)

  assert.equal(await server.stop(), 0)
  await using again = await server.restart()
  assert.equal(again.url, server.url)
  const tokens = await obtainTokens(again, client)
  assert.equal((await callMcp(again, tokens.access_token)).status, 200)
})

test('a first start shows a setup link, good for one owner; everything is found again after a restart', async () => {
  await using server = await startServer({ owner: false })
  const link = server.setupLink ?? ''
  assert.ok(link.startsWith(`${server.url}/setup?`), server.output())
  await setUpOwner(server, link)
  assert.notEqual((await fetch(link)).status, 200)

  const response = await fetch(`${server.url}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Returning',
      redirect_uris: ['https://example.com/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    }),
  })
  const client = (await response.json()) as RegisteredClient
  const tokens = await obtainTokens(server, client)

  await server.kill()
  await using again = await server.restart()
  assert.equal(again.setupLink, undefined)
  // The key, the grant, the refresh token, the password: all of them as before.
  assert.equal((await callMcp(again, tokens.access_token)).status, 200)
  const refreshed = await tokensOf(await refresh(again, client, tokens.refresh_token ?? ''))
  assert.equal((await callMcp(again, refreshed.access_token)).status, 200)
  await obtainTokens(again, client)
})
