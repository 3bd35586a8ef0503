import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, afterEach, before, test } from 'node:test'
import { Browser } from '../support/browser.ts'
import { startServer } from '../support/running-server.ts'
import {
  authorize,
  CALLBACK,
  CONFIDENTIAL_CLIENT,
  callMcp,
  PUBLIC_CLIENT,
  type RegisteredClient,
  registerClient,
  type TokenAnswer,
} from '../support/scenario.ts'
import type { Site } from '../support/site.ts'
import { type Answer, basic, post } from '../support/stored.ts'
import {
  assertServed,
  codeFor,
  createTarget,
  granted,
  mcpStatus,
  notAuthenticated,
  redeem,
  refresh,
  refused,
  type Target,
  tokensFor,
} from '../support/target.ts'

let target: Target
let app: Target['app']
let open: RegisteredClient
let holder: RegisteredClient

before(async () => {
  target = await createTarget()
  app = target.app
  open = target.open
  holder = target.holder
})
afterEach(() => assertServed(target))
after(() => app[Symbol.asyncDispose]())

const GRACE = 60
const refusedGrant = (answer: Answer) => refused(answer, 'invalid_grant')
const use = async (client: RegisteredClient, token: string) => granted(await refresh(app, client, token))

/** Neither token of any of these pairs opens anything. */
async function dead(site: Site, client: RegisteredClient, pairs: readonly TokenAnswer[]): Promise<void> {
  for (const { access_token, refresh_token } of pairs) {
    assert.equal(await mcpStatus(site, access_token), 401)
    refusedGrant(await refresh(site, client, refresh_token))
  }
}

test('A-116 an old token after the grace, a successor of it used: the family ends, and no other', async () => {
  for (const client of [open, holder]) {
    // Which of the used ones comes back makes no difference.
    for (const stolen of [0, 1]) {
      const chain = [await tokensFor(target, client)]
      for (let at = 0; at < 3; at++) chain.push(await use(client, chain[at]?.refresh_token ?? ''))
      const other = await tokensFor(target, client)
      const stranger = await tokensFor(target, client === open ? holder : open)
      app.advance(GRACE + 1)
      app.events.length = 0
      refusedGrant(await refresh(app, client, chain[stolen]?.refresh_token))
      assert.ok(app.events.some(({ type }) => type === 'token.reuse_detected'))
      await dead(app, client, chain)
      assert.equal(await mcpStatus(app, other.access_token), 200)
      await use(client, other.refresh_token)
      assert.equal(await mcpStatus(app, stranger.access_token), 200)
    }
  }
})

test('A-116 the thief was first: when the honest client comes, what the thief has ends', async () => {
  const first = await tokensFor(target, open)
  const thief = [await use(open, first.refresh_token)]
  thief.push(await use(open, thief[0]?.refresh_token ?? ''))
  app.advance(GRACE + 1)
  refusedGrant(await refresh(app, open, first.refresh_token))
  await dead(app, open, [first, ...thief])
})

test('A-116 every branch of the family ends, those from the grace too', async () => {
  const first = await tokensFor(target, open)
  const branches = []
  for (let count = 0; count < 5; count++) branches.push(await use(open, first.refresh_token))
  const last = await use(open, branches[2]?.refresh_token ?? '')
  app.advance(GRACE + 1)
  refusedGrant(await refresh(app, open, first.refresh_token))
  await dead(app, open, [...branches, last])
})

test('A-116 with CORPUSIQ_REFRESH_GRACE_SECONDS=0 the second after is too late', async () => {
  const strict = await createTarget({ env: { CORPUSIQ_REFRESH_GRACE_SECONDS: '0' } })
  await using site = strict.app
  const first = await tokensFor(strict, strict.open)
  const second = granted(await refresh(site, strict.open, first.refresh_token))
  const third = granted(await refresh(site, strict.open, second.refresh_token))
  site.advance(1)
  refusedGrant(await refresh(site, strict.open, first.refresh_token))
  await dead(site, strict.open, [first, second, third])
  await assertServed(strict)
})

test('A-117 fifty refreshes at once with one token: every pair works, at most ten live branches, no harm', async () => {
  for (const client of [open, holder]) {
    const first = await tokensFor(target, client)
    await raced(app, client, first, 50)
    // Ten live ones, and the old token within its grace: refused, and still nothing is revoked.
    const again = await Promise.all(
      Array.from({ length: 50 }, () => refresh(app, client, first.refresh_token)),
    )
    for (const answer of again) refusedGrant(answer)
    assert.equal(await mcpStatus(app, first.access_token), 200)
  }
})

test('A-117 fifty refreshes at once by sockets of their own', async () => {
  await using server = await startServer()
  const client = await registerClient(server, CONFIDENTIAL_CLIENT)
  const browser = new Browser(server)
  for (let round = 0; round < 3; round++) {
    const code = await authorize(server, client, { browser })
    await raced(server, client, granted(await redeem(server, client, code)), 50)
  }
})

/** Uses one refresh token many times at once, and then everything that came of it. */
async function raced(
  site: Site,
  client: RegisteredClient,
  { access_token, refresh_token }: TokenAnswer,
  times: number,
): Promise<void> {
  const answers = await Promise.all(Array.from({ length: times }, () => refresh(site, client, refresh_token)))
  const pairs = answers.filter(({ status }) => status === 200).map(granted)
  for (const answer of answers) if (answer.status !== 200) refusedGrant(answer)
  assert.equal(pairs.length, 10)
  assert.equal(new Set(pairs.map((pair) => pair.refresh_token)).size, 10)
  for (const pair of [...pairs, { access_token }]) assert.equal(await mcpStatus(site, pair.access_token), 200)
  const next = await Promise.all(pairs.map((pair) => refresh(site, client, pair.refresh_token)))
  for (const answer of next) assert.equal(await mcpStatus(site, granted(answer).access_token), 200)
}

test('A-117 refreshes that race with a revocation: whatever was handed out, nothing of it lives after', async () => {
  for (let round = 0; round < 5; round++) {
    const first = await tokensFor(target, open)
    const { client_id } = open
    const half = () => Array.from({ length: 5 }, () => refresh(app, open, first.refresh_token))
    const [revoked, ...answers] = await Promise.all([
      post(app, '/revoke', { token: first.refresh_token, client_id }),
      ...half(),
      ...half(),
    ])
    assert.equal(revoked.status, 200)
    for (const answer of answers) {
      if (answer.status === 200) await dead(app, open, [granted(answer)])
      else refusedGrant(answer)
    }
    await dead(app, open, [first])
  }
})

test('A-118 the answer is lost and the client asks again: a working pair, and the first one is not destroyed', async () => {
  for (const client of [open, holder]) {
    for (const seconds of [0, 1, GRACE]) {
      const first = await tokensFor(target, client)
      const lost = await use(client, first.refresh_token)
      app.advance(seconds)
      const second = await use(client, first.refresh_token)
      for (const { access_token, refresh_token } of [lost, second]) {
        assert.equal(await mcpStatus(app, access_token), 200)
        await use(client, refresh_token)
      }
    }
    // Two processes of one client: the other one has used what it got, and within the grace this one is let in too.
    const shared = await tokensFor(target, client)
    const other = await use(client, (await use(client, shared.refresh_token)).refresh_token)
    app.advance(GRACE)
    await use(client, (await use(client, shared.refresh_token)).refresh_token)
    await use(client, other.refresh_token)
    // Lost for long: as no successor was ever used, the client is let in again.
    const first = await tokensFor(target, client)
    await use(client, first.refresh_token)
    app.advance(3600)
    const found = await use(client, first.refresh_token)
    assert.equal(await mcpStatus(app, found.access_token), 200)
  }
})

test("A-119 A's refresh token by client B, public or with its own good secret: invalid_grant, and it stays good", async () => {
  const strangers = [
    await registerClient(app),
    await registerClient(app, { ...CONFIDENTIAL_CLIENT, token_endpoint_auth_method: 'client_secret_post' }),
  ]
  for (const owner of [open, holder]) {
    const first = await tokensFor(target, owner)
    const second = await use(owner, first.refresh_token)
    for (const stranger of [...strangers, owner === open ? holder : open]) {
      for (const token of [first, second]) refusedGrant(await refresh(app, stranger, token.refresh_token))
    }
    // A used one in a stranger's hands, after the grace: the stranger ends nothing.
    const third = await use(owner, second.refresh_token)
    app.advance(GRACE + 1)
    for (const stranger of strangers) refusedGrant(await refresh(app, stranger, first.refresh_token))
    assert.equal(await mcpStatus(app, third.access_token), 200)
    await use(owner, third.refresh_token)
  }
})

test('A-119 without client authentication: invalid_client, and the token is not spent', async () => {
  const { refresh_token } = await tokensFor(target, holder)
  const renewal = { grant_type: 'refresh_token', refresh_token }
  notAuthenticated(await post(app, '/token', renewal), false)
  notAuthenticated(await post(app, '/token', { ...renewal, client_id: holder.client_id }), false)
  notAuthenticated(
    await post(app, '/token', { ...renewal, client_id: holder.client_id, client_secret: 'x' }),
    false,
  )
  notAuthenticated(await post(app, '/token', renewal, basic(holder.client_id, '')), true)
  app.advance(GRACE + 1)
  const next = await use(holder, refresh_token)
  await use(holder, next.refresh_token)
  const mine = await tokensFor(target, open)
  notAuthenticated(
    await post(app, '/token', { grant_type: 'refresh_token', refresh_token: mine.refresh_token }),
    false,
  )
  await use(open, mine.refresh_token)
})

test('A-120 more scope or another resource than granted: refused, and the token is not spent', async () => {
  const client = await registerClient(app)
  const { refresh_token, scope } = await tokensFor(target, client, 'corpus:search')
  assert.equal(scope, 'corpus:search')
  for (const more of [
    'corpus:read',
    'corpus:search corpus:read',
    'corpus:read corpus:search offline_access',
    'admin',
    '*',
    'corpus:*',
    'CORPUS:SEARCH',
    'corpus:searchcorpus:read',
    'corpus:search\tcorpus:read',
    'openid profile',
  ]) {
    const answer = await refresh(app, client, refresh_token, { scope: more })
    refused(answer, 'invalid_scope')
  }
  for (const resource of [
    'https://other.example/mcp',
    'https://notes.example.com.evil.example/mcp',
    `${app.url}/other`,
    `${app.settings.resource}#x`,
    `${app.settings.resource}?x`,
    'urn:x',
    '*',
  ]) {
    refused(await refresh(app, client, refresh_token, { resource }), 'invalid_target')
  }
  app.advance(GRACE + 1)
  const next = await use(client, refresh_token)
  assert.equal(next.scope, 'corpus:search')
  await use(client, next.refresh_token)
})

test('A-120 less scope is possible, holds at /mcp, and does not shrink the grant', async () => {
  const first = await tokensFor(target, open)
  assert.equal(first.scope, 'corpus:read corpus:search')
  const less = granted(await refresh(app, open, first.refresh_token, { scope: 'corpus:search' }))
  assert.equal(less.scope, 'corpus:search')
  const call = async (name: string, argument: object) => {
    const response = await callMcp(app, less.access_token, 'tools/call', { name, arguments: argument })
    await response.text()
    return response.status
  }
  assert.equal(await call('search', { query: 'tea' }), 200)
  assert.equal(await call('fetch', { id: 'doc_tea' }), 403)
  const full = await use(open, less.refresh_token)
  assert.equal(full.scope, 'corpus:read corpus:search')
})

test('A-121 an access token, a code, a secret as refresh token: invalid_grant', async () => {
  const code = await codeFor(target, holder)
  const { access_token, refresh_token } = await tokensFor(target, holder)
  for (const other of [
    access_token,
    code.code,
    code.code.replace('code_', 'refresh_'),
    holder.client_secret,
    holder.client_secret?.replace('secret_', 'refresh_'),
    holder.client_id,
    refresh_token.replace('refresh_', 'code_'),
    refresh_token.slice(0, -1),
    `${refresh_token}x`,
    refresh_token.toUpperCase(),
    `refresh_${'0'.repeat(12)}${randomBytes(32).toString('base64url')}`,
    refresh_token.slice(0, 20) + randomBytes(32).toString('base64url'),
    '\0',
    'x'.repeat(100_000),
  ]) {
    refusedGrant(await refresh(app, holder, other))
  }
  // And as a code.
  for (const other of [refresh_token, refresh_token.replace('refresh_', 'code_'), access_token]) {
    refusedGrant(await redeem(app, holder, { ...code, code: other }))
  }
  granted(await redeem(app, holder, code))
  await use(holder, refresh_token)
})

test('A-121 a refresh token, a code, a secret at /mcp: 401 invalid_token', async () => {
  const code = await codeFor(target, holder)
  const { refresh_token } = await tokensFor(target, holder)
  const basicAsBearer = basic(holder.client_id, holder.client_secret ?? '').authorization.slice(6)
  for (const other of [refresh_token, code.code, holder.client_secret, holder.client_id, basicAsBearer]) {
    const response = await callMcp(app, other)
    assert.equal(response.status, 401)
    assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer .*error="invalid_token"/)
  }
  granted(await redeem(app, holder, code))
  await use(holder, refresh_token)
})

test('A-122 after the client revoked it, or the person withdrew: refused', async () => {
  const { client_id } = open
  const first = await tokensFor(target, open)
  const second = await use(open, first.refresh_token)
  assert.equal((await post(app, '/revoke', { token: second.access_token, client_id })).status, 200)
  await dead(app, open, [first, second])

  // As `corpusiq grants revoke` does it.
  const third = await tokensFor(target, open)
  const live = await app.store.grants.page({ limit: 1000, client_id })
  for (const { grant_id } of live) {
    const audit = { at: app.now(), type: 'grant.revoked', client_id }
    assert.equal(await app.store.grants.revoke(grant_id, audit, { forgetConsent: true }), true)
  }
  await dead(app, open, [third])
})

test('A-122 after the client was deleted: 401, and registered anew it has nothing of the old', async () => {
  for (const metadata of [PUBLIC_CLIENT, CONFIDENTIAL_CLIENT]) {
    const client = await registerClient(app, { ...metadata, redirect_uris: [CALLBACK] })
    const { access_token, refresh_token } = await tokensFor(target, client)
    const code = await codeFor(target, client)
    await app.store.clients.remove(client.client_id, { at: app.now(), type: 'client.deleted' })
    const usedHeader = metadata === CONFIDENTIAL_CLIENT
    notAuthenticated(await refresh(app, client, refresh_token), usedHeader)
    notAuthenticated(await redeem(app, client, code), usedHeader)
    assert.equal(await mcpStatus(app, access_token), 401)
    const again = await registerClient(app, { ...metadata, redirect_uris: [CALLBACK] })
    refusedGrant(await refresh(app, again, refresh_token))
    refusedGrant(await redeem(app, again, code))
  }
})

test('A-122 unused for its time to live: refused, each branch by itself', async () => {
  const days = 86_400
  const first = await tokensFor(target, open)
  const idle = await use(open, first.refresh_token)
  const busy = await use(open, first.refresh_token)
  app.advance(90 * days - 1)
  const kept = await use(open, busy.refresh_token)
  app.advance(1)
  refusedGrant(await refresh(app, open, idle.refresh_token))
  await use(open, kept.refresh_token)
  // The confidential client's secret is that old too.
  target = { ...target, holder: await registerClient(app, CONFIDENTIAL_CLIENT) }
})
