import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { type Listening, listen } from '../../src/adapters/node.ts'
import { openStore } from '../../src/store/open.ts'
import { PUBLIC_CLIENT, registerClient, type TokenAnswer } from '../support/scenario.ts'
import { post } from '../support/stored.ts'
import {
  assertServed,
  createTarget,
  granted,
  mcpStatus,
  refresh,
  type Target,
  tokensFor,
} from '../support/target.ts'
import { exchange } from '../web/raw.ts'

let target: Target
let app: Target['app']
let wire: Listening
let access_token: string

before(async () => {
  target = await createTarget()
  app = target.app
  wire = await listen({ fetch: app.app.fetch, host: '127.0.0.1', port: 0 })
  access_token = (await tokensFor(target, target.open)).access_token
})
afterEach(() => assertServed(target))
after(async () => {
  await wire.close()
  await app[Symbol.asyncDispose]()
})

const LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} })
const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

function ask(
  url: string,
  headers: Record<string, string> = {},
  body = LIST,
  method = 'POST',
): Promise<Response> {
  const request = method === 'GET' ? { method } : { method, body }
  return app.fetch(new Request(url, { ...request, headers: { ...HEADERS, ...headers } }))
}

/** 401 as for a request that brings no credentials at all: RFC 6750 §3.1 wants no error code then. */
async function isUnproved(response: Response): Promise<void> {
  const text = await response.text()
  assert.equal(response.status, 401, text)
  const challenge = response.headers.get('www-authenticate') ?? ''
  assert.match(challenge, /^Bearer resource_metadata="/)
  assert.doesNotMatch(challenge, /error/)
}

test('A-130 the access token in query, form, cookie or body: not accepted', async () => {
  const resource = app.settings.resource
  const token = `access_token=${access_token}`
  for (const url of [
    `${resource}?${token}`,
    `${resource}/?${token}`,
    `${resource}?authorization=Bearer%20${access_token}`,
  ]) {
    await isUnproved(await ask(url))
    await isUnproved(await ask(url, {}, '', 'GET'))
  }
  await isUnproved(await ask(resource, { 'content-type': 'application/x-www-form-urlencoded' }, token))
  await isUnproved(await ask(resource, {}, JSON.stringify({ ...JSON.parse(LIST), access_token })))
  await isUnproved(await ask(resource, { cookie: token }))
  await isUnproved(
    await ask(resource, { 'x-access-token': access_token, 'proxy-authorization': `Bearer ${access_token}` }),
  )
  // Beside a bad one in its place it is no help.
  assert.equal((await ask(`${resource}?${token}`, { authorization: 'Bearer x' })).status, 401)
  assert.equal((await ask(resource, { authorization: `Bearer ${access_token}` })).status, 200)
})

test('A-131 a good token of a grant, client or account that ended: 401 at once', async () => {
  const { client_id } = target.open
  const audit = { at: app.now(), type: 'grant.revoked', client_id }
  const ends: ((tokens: TokenAnswer, client_id: string) => Promise<unknown>)[] = [
    ({ access_token: token }, id) => post(app, '/revoke', { token, client_id: id }),
    ({ refresh_token: token }, id) => post(app, '/revoke', { token, client_id: id }),
    async (_, id) => {
      const [grant] = await app.store.grants.page({ limit: 1, client_id: id })
      return app.store.grants.revoke(grant?.grant_id ?? '', audit)
    },
    (_, id) => app.store.clients.remove(id, { ...audit, type: 'client.deleted' }),
  ]
  for (const end of ends) {
    const client = await registerClient(app, PUBLIC_CLIENT)
    const first = await tokensFor(target, client)
    const second = granted(await refresh(app, client, first.refresh_token))
    // Verified before, so that it is a remembered verdict that has to end.
    for (const tokens of [first, second]) assert.equal(await mcpStatus(app, tokens.access_token), 200)
    await end(second, client.client_id)
    for (const tokens of [first, second]) assert.equal(await mcpStatus(app, tokens.access_token), 401)
  }
})

test('A-131 what another process ends, as the command line does: 401 at once', async () => {
  const client = await registerClient(app, PUBLIC_CLIENT)
  const other = await openStore({ dataDir: app.settings.dataDir })
  try {
    for (const verb of ['revoke', 'remove'] as const) {
      const tokens = await tokensFor(target, client)
      assert.equal(await mcpStatus(app, tokens.access_token), 200)
      const audit = { at: app.now(), type: 'x' }
      const [grant] = await other.grants.page({ limit: 1, client_id: client.client_id })
      assert.ok(grant)
      if (verb === 'revoke') await other.grants.revoke(grant.grant_id, audit)
      else await other.clients.remove(client.client_id, audit)
      assert.equal(await mcpStatus(app, tokens.access_token), 401)
    }
  } finally {
    await other.close()
  }
})

test('A-132 the scheme is case-insensitive; what is not one bearer token: 401', async () => {
  const resource = app.settings.resource
  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR', 'Bearer   ']) {
    assert.equal((await ask(resource, { authorization: `${scheme} ${access_token}` })).status, 200, scheme)
  }
  for (const authorization of [
    'Bearer',
    'Bearer ',
    `Bearer\t${access_token}`,
    `Bearer "${access_token}"`,
    `Bearer ${access_token},`,
    `Bearer ${access_token}, Bearer ${access_token}`,
    `Bearer ${access_token} ${access_token}`,
    `Bearer token="${access_token}"`,
    `Bearer:${access_token}`,
    `Bearer ,${access_token}`,
    `Bearer Bearer ${access_token}`,
    `Bearer ${'A'.repeat(64 * 1024)}`,
    `Bearer ${'='.repeat(64 * 1024)}`,
    `Bearer ${'a.'.repeat(32 * 1024)}`,
    `Bearer ${'.'.repeat(64 * 1024)}`,
  ]) {
    const response = await ask(resource, { authorization })
    assert.equal(response.status, 401, authorization.slice(0, 60))
    const challenge = response.headers.get('www-authenticate') ?? ''
    assert.match(challenge, /^Bearer resource_metadata=".*error="invalid_token"/)
  }
  // Of another scheme, it is no bearer token at all.
  for (const authorization of [
    `Basic ${access_token}`,
    access_token,
    `Bearer${access_token}`,
    `Token ${access_token}`,
    ',',
  ]) {
    await isUnproved(await ask(resource, { authorization }))
  }
})

/** The status of one call by hand-made headers. */
async function onTheWire(headers: string): Promise<number> {
  const bytes =
    `POST /mcp HTTP/1.1\r\nHost: notes.example.com\r\nConnection: close\r\n${headers}` +
    `Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: ${LIST.length}\r\n\r\n${LIST}`
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(await exchange(wire.port, bytes))?.[1])
}

test('A-132 on the wire: two headers, odd spaces, 64 KB, control characters, bytes beyond ASCII', async () => {
  const good = `Authorization: Bearer ${access_token}\r\n`
  assert.equal(await onTheWire(good), 200)
  assert.equal(await onTheWire(`authorization:Bearer ${access_token}   \r\n`), 200)
  for (const headers of [
    `${good}${good}`,
    `${good}Authorization: Bearer x\r\n`,
    `Authorization: Bearer x\r\n${good}`,
    `${good}authorization: Basic eDp5\r\n`,
    `Authorization:\r\n${good}`,
    'Authorization:\r\n',
    `Authorization: Bearer\t${access_token}\r\n`,
    `Authorization: Bearer ${access_token}\0\r\n`,
    `Authorization: Bearer \xff${access_token}\r\n`,
    `Authorization: Bearer\r\n ${access_token}\r\n`,
    `Authorization : Bearer ${access_token}\r\n`,
    `Authorization: Bearer ${'A'.repeat(64 * 1024)}\r\n`,
    `Authorization: ${'Bearer '.repeat(10_000)}\r\n`,
  ]) {
    const status = await onTheWire(headers)
    assert.ok([400, 401, 431].includes(status), `${status} for ${JSON.stringify(headers.slice(0, 120))}`)
  }
  assert.equal(await onTheWire(good), 200)
})
