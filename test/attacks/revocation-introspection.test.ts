import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CONFIDENTIAL_CLIENT,
  credentials,
  type RegisteredClient,
  registerClient,
} from '../support/scenario.ts'
import { type Answer, basic, post } from '../support/stored.ts'
import {
  type Changes,
  codeFor,
  createTargetOfFile,
  granted,
  mcpStatus,
  notAuthenticated,
  redeem,
  refresh,
  refused,
  tokensFor,
} from '../support/target.ts'

const target = await createTargetOfFile()
const { app, open, holder } = target
/** Another client with a good secret of its own. */
const stranger = await registerClient(app, CONFIDENTIAL_CLIENT)

function ask(path: string, client: RegisteredClient, token: string | undefined, changes: Changes = {}) {
  const { headers, parameters } = credentials(client)
  return post(app, path, { token, ...parameters, ...changes }, headers)
}
const revoke = (client: RegisteredClient, token: string | undefined, changes: Changes = {}) =>
  ask('/revoke', client, token, changes)
const introspect = (client: RegisteredClient, token: string | undefined, changes: Changes = {}) =>
  ask('/introspect', client, token, changes)

/** RFC 7009 §2.2: 200, whatever became of the token, and nothing that tells what it was. */
function answered({ status, body, headers }: Answer): void {
  assert.deepEqual([status, body], [200, {}])
  assert.equal(headers.get('cache-control'), 'no-store')
}

/** RFC 7662 §2.2: inactive, and nothing of why. */
function inactive({ status, body, headers }: Answer): void {
  assert.deepEqual([status, body], [200, { active: false }])
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.match(headers.get('content-type') ?? '', /^application\/json/)
}

async function alive(client: RegisteredClient, tokens: { access_token: string; refresh_token: string }) {
  assert.equal(await mcpStatus(app, tokens.access_token), 200)
  return granted(await refresh(app, client, tokens.refresh_token))
}

async function dead(client: RegisteredClient, tokens: { access_token: string; refresh_token: string }) {
  assert.equal(await mcpStatus(app, tokens.access_token), 401)
  refused(await refresh(app, client, tokens.refresh_token), 'invalid_grant')
}

test("A-133 revoking somebody else's token: 200, and nothing happens to it", async () => {
  for (const owner of [open, holder]) {
    const first = await tokensFor(target, owner)
    const tokens = granted(await refresh(app, owner, first.refresh_token))
    for (const other of [stranger, owner === open ? holder : open]) {
      for (const token of [first.refresh_token, tokens.access_token, tokens.refresh_token]) {
        for (const token_type_hint of [undefined, 'access_token', 'refresh_token']) {
          answered(await revoke(other, token, { token_type_hint }))
        }
      }
    }
    await alive(owner, tokens)
  }
})

test('A-134 revocation by a confidential client without its secret: 401, and the token lives', async () => {
  const tokens = await tokensFor(target, holder)
  const { client_id, client_secret = '' } = holder
  for (const token of [tokens.access_token, tokens.refresh_token]) {
    notAuthenticated(await post(app, '/revoke', { token, client_id }), false)
    notAuthenticated(await post(app, '/revoke', { token, client_id, client_secret: '' }), false)
    notAuthenticated(await post(app, '/revoke', { token, client_id, client_secret: 'x' }), false)
    notAuthenticated(await post(app, '/revoke', { token }), false)
    notAuthenticated(await post(app, '/revoke', { token }, basic(client_id, 'x')), true)
    notAuthenticated(await post(app, '/revoke', { token }, basic(client_id, '')), true)
    notAuthenticated(await post(app, '/revoke', { token }, basic('client_x', client_secret)), true)
    const bearer = { authorization: `Bearer ${tokens.access_token}` }
    notAuthenticated(await post(app, '/revoke', { token }, bearer), true)
    // Another's good secret beside this id.
    refused(
      await post(
        app,
        '/revoke',
        { token, client_id },
        basic(stranger.client_id, stranger.client_secret ?? ''),
      ),
      'invalid_request',
    )
  }
  const next = await alive(holder, tokens)
  answered(await revoke(holder, next.refresh_token))
  await dead(holder, next)
})

test('A-135 an unknown, malformed, expired, twice revoked token, a wrong hint: 200', async () => {
  const code = await codeFor(target, open)
  const tokens = await tokensFor(target, open)
  for (const token of [
    'x',
    '\0',
    '%',
    'a.b.c',
    '..',
    "' OR 1=1 --",
    'x'.repeat(100_000),
    `refresh_${'0'.repeat(12)}${'A'.repeat(43)}`,
    tokens.refresh_token.toUpperCase(),
    `${tokens.refresh_token}x`,
    tokens.access_token.slice(0, -1),
    `${tokens.access_token}x`,
    code.code,
    open.client_id,
    holder.client_secret,
  ]) {
    for (const token_type_hint of [undefined, 'refresh_token', 'access_token', 'pat', '__proto__', '\0']) {
      answered(await revoke(open, token, { token_type_hint }))
    }
  }
  // None of these was anything: code and tokens are as they were.
  granted(await redeem(app, open, code))
  let next = await alive(open, tokens)
  for (const token_type_hint of ['access_token', 'refresh_token', 'pat', '']) {
    answered(await revoke(open, next.refresh_token, { token_type_hint }))
    answered(await revoke(open, next.refresh_token, { token_type_hint }))
    answered(await revoke(open, next.access_token, { token_type_hint }))
    await dead(open, next)
    next = await tokensFor(target, open)
  }
  app.advance(3600)
  answered(await revoke(open, next.access_token))
  refused(await revoke(open, undefined), 'invalid_request')
  refused(await revoke(open, ''), 'invalid_request')
})

test('A-136 either kind of token ends the whole grant, of whatever age it is, and no other grant', async () => {
  for (const client of [open, holder]) {
    for (const kind of ['access_token', 'refresh_token'] as const) {
      for (const age of [0, 1, 2]) {
        const chain = [await tokensFor(target, client)]
        for (let at = 0; at < 2; at++) {
          chain.push(granted(await refresh(app, client, chain[at]?.refresh_token ?? '')))
        }
        const other = await tokensFor(target, client)
        app.events.length = 0
        answered(await revoke(client, chain[age]?.[kind]))
        assert.deepEqual(
          app.events.map(({ type }) => type),
          ['grant.revoked'],
        )
        for (const tokens of chain) await dead(client, tokens)
        await alive(client, other)
      }
    }
  }
})

test('A-136 revocation of one token many times at once: 200 each, and all of it is dead', async () => {
  const tokens = await tokensFor(target, open)
  const both = [tokens.access_token, tokens.refresh_token]
  const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => revoke(open, both[at % 2])))
  for (const answer of answers) answered(answer)
  await dead(open, tokens)
})

test('A-137 introspection without authentication, or by a public client: 401', async () => {
  const tokens = await tokensFor(target, open)
  const { client_id, client_secret = '' } = holder
  for (const token of [tokens.access_token, tokens.refresh_token, 'x']) {
    notAuthenticated(await post(app, '/introspect', { token }), false)
    notAuthenticated(await post(app, '/introspect', { token, client_id }), false)
    notAuthenticated(await post(app, '/introspect', { token, client_id, client_secret: 'x' }), false)
    notAuthenticated(await post(app, '/introspect', { token }, basic(client_id, 'x')), true)
    notAuthenticated(await post(app, '/introspect', { token }, basic('client_x', client_secret)), true)
    const bearer = { authorization: `Bearer ${tokens.access_token}` }
    notAuthenticated(await post(app, '/introspect', { token }, bearer), true)
    // Everybody knows a public client's id, so it authorizes nobody.
    notAuthenticated(await introspect(open, token), false)
    notAuthenticated(await post(app, '/introspect', { token }, basic(open.client_id, '')), true)
  }
})

test('A-137 introspection of tokens that are not its own: inactive', async () => {
  for (const owner of [open, holder]) {
    const { access_token, refresh_token } = await tokensFor(target, owner)
    for (const token of [access_token, refresh_token]) {
      for (const token_type_hint of [undefined, 'access_token', 'refresh_token']) {
        inactive(await introspect(stranger, token, { token_type_hint }))
      }
    }
  }
  const { access_token, refresh_token, scope } = await tokensFor(target, holder)
  for (const token of [access_token, refresh_token]) {
    const { body } = await introspect(holder, token)
    assert.deepEqual([body.active, body.client_id, body.scope], [true, holder.client_id, scope])
  }
})

test('A-138 a code, a secret, garbage, a spent, expired or revoked token: {"active": false} and nothing else', async () => {
  const code = await codeFor(target, holder)
  const first = await tokensFor(target, holder)
  const second = granted(await refresh(app, holder, first.refresh_token))
  const revoked = await tokensFor(target, holder)
  await revoke(holder, revoked.access_token)
  for (const token of [
    code.code,
    holder.client_secret,
    holder.client_id,
    first.refresh_token,
    revoked.access_token,
    revoked.refresh_token,
    'x',
    '\0',
    '{}',
    'a.b.c',
    '__proto__',
    'x'.repeat(100_000),
    `${second.access_token}x`,
    second.access_token.slice(0, -1),
    `${second.refresh_token}x`,
    second.refresh_token.toUpperCase(),
    `refresh_${'0'.repeat(12)}${'A'.repeat(43)}`,
  ]) {
    for (const token_type_hint of [undefined, 'refresh_token', 'access_token', 'authorization_code']) {
      inactive(await introspect(holder, token, { token_type_hint }))
    }
  }
  refused(await introspect(holder, undefined), 'invalid_request')
  // Asking spends nothing.
  granted(await redeem(app, holder, code))
  assert.equal((await introspect(holder, second.access_token)).body.active, true)
  assert.equal((await introspect(holder, second.refresh_token)).body.active, true)
  app.advance(3600)
  inactive(await introspect(holder, second.access_token))
  assert.equal((await introspect(holder, second.refresh_token)).body.active, true)
  // A spent code, and a token that was reused after the grace.
  inactive(await introspect(holder, code.code))
  await alive(holder, { ...(await tokensFor(target, holder)), refresh_token: second.refresh_token })
  refused(await refresh(app, holder, first.refresh_token), 'invalid_grant')
  inactive(await introspect(holder, second.refresh_token))
})
