import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { configure, type ManagedClient, notTheToken, readBack, registerManaged } from '../support/managing.ts'
import { authorizationRequest, CONFIDENTIAL_CLIENT, PUBLIC_CLIENT } from '../support/scenario.ts'
import {
  codeFor,
  createTarget,
  mcpStatus,
  notAuthenticated,
  redeem,
  refresh,
  type Target,
  tokensFor,
} from '../support/target.ts'

/* RFC 7592 §2.3, sentence by sentence. */

let target: Target
let client: ManagedClient
let open: ManagedClient
before(async () => {
  target = await createTarget()
  client = await registerManaged(target.app, CONFIDENTIAL_CLIENT)
  open = await registerManaged(target.app, PUBLIC_CLIENT)
})
after(() => target.app[Symbol.asyncDispose]())

test('RFC 7592 §2.3 "If a client has been successfully deprovisioned, the authorization server MUST respond with an HTTP 204 No Content message", and its grants, tokens, codes and consents end with it', async () => {
  const { app, browser } = target
  for (const each of [client, open]) {
    const tokens = await tokensFor(target, each)
    const code = await codeFor(target, each)
    assert.equal(await mcpStatus(app, tokens.access_token), 200)
    const { status, body, headers } = await configure(app, 'DELETE', each)
    assert.deepEqual([status, body], [204, {}])
    assert.equal(headers.get('cache-control'), 'no-store')

    // "A successful delete action will invalidate the "client_id", "client_secret", and "registration_access_token" for
    // this client, thereby preventing the "client_id" from being used at either the authorization endpoint or token
    // endpoint of the authorization server."
    const page = await browser.open(authorizationRequest(app, each).url)
    assert.deepEqual([page.left, page.status], [false, 400])
    notAuthenticated(await redeem(app, each, code), each === client)
    notAuthenticated(await refresh(app, each, tokens.refresh_token), each === client)
    notTheToken(await readBack(app, each))

    // "If possible, the authorization server SHOULD immediately invalidate all existing authorization grants and
    // currently active access tokens, all refresh tokens, and other tokens associated with this client."
    assert.equal(await mcpStatus(app, tokens.access_token), 401)
    const { client_id } = each
    assert.deepEqual(await app.store.grants.page({ limit: 10, client_id }), [])
    const [account] = await app.store.accounts.list()
    assert.equal(await app.store.consents.find(account?.account_id ?? '', client_id), undefined)
  }
})

test('RFC 7592 §5 "If a client is deprovisioned from a server, any outstanding registration access token for that client MUST be invalidated at the same time", also one that was rotated', async () => {
  await using rotating = (await createTarget({ env: { CORPUSIQ_ROTATE_ON_UPDATE: 'true' } })).app
  const old = await registerManaged(rotating)
  const { client_id } = old
  const { body } = await configure(rotating, 'PUT', old, { body: { ...PUBLIC_CLIENT, client_id } })
  const next = { ...old, registration_access_token: String(body.registration_access_token) }
  assert.notEqual(next.registration_access_token, old.registration_access_token)
  // By the old one, which is good until the new one is used.
  assert.equal((await configure(rotating, 'DELETE', old)).status, 204)
  // "The authorization server MUST treat all such requests as if the registration access token was invalid by returning
  // an HTTP 401 Unauthorized error, as described."
  for (const each of [old, next]) {
    notTheToken(await readBack(rotating, each))
    notTheToken(await configure(rotating, 'DELETE', each))
    notTheToken(await configure(rotating, 'PUT', each, { body: { ...PUBLIC_CLIENT, client_id } }))
  }
})
