import assert from 'node:assert/strict'
import { Browser } from '../support/browser.ts'
import type { RegisteredClient } from '../support/scenario.ts'
import type { Ground } from './ground.ts'
import { type RealClient, resourceLegs } from './table.ts'
import {
  assertDead,
  authorizationUrl,
  obtain,
  postRegistration,
  read,
  readableFor,
  refresh,
  type Walker,
} from './walk.ts'

/** Members that the server may answer otherwise than asked: it says what it registered. */
const NARROWED = new Set(['scope', 'grant_types', 'response_types'])

/** Members of RFC 7591 §2 and `application_type`; a client's other members are ignored. */
const REGISTERED = new Set(
  (
    'redirect_uris token_endpoint_auth_method grant_types response_types client_name client_uri logo_uri scope ' +
    'contacts tos_uri policy_uri jwks_uri jwks software_id software_version application_type'
  ).split(' '),
)

/** Registers and holds the answer against RFC 7591 §3.2.1 and what real clients choke on. */
export async function register(ground: Ground, row: RealClient): Promise<RegisteredClient> {
  const response = await postRegistration(ground, row)
  const text = await response.text()
  assert.equal(response.status, 201, text)
  readableFor(row, response)
  const answer = JSON.parse(text)
  assert.deepEqual(answer.redirect_uris, row.request.redirect_uris)
  for (const [name, value] of Object.entries(answer)) {
    assert.ok(value !== null && value !== '', `${name} is ${JSON.stringify(value)}`)
  }
  for (const [name, value] of Object.entries(row.request)) {
    const isTold = REGISTERED.has(name) && value !== null && value !== ''
    if (!isTold) assert.notDeepEqual(answer[name], value, name)
    else if (!NARROWED.has(name)) assert.deepEqual(answer[name], value, name)
  }
  const asked = row.request.grant_types ?? ['authorization_code']
  const isGranted = (grant: string) => grant === 'authorization_code' || grant === 'refresh_token'
  assert.deepEqual(
    answer.grant_types.toSorted(),
    Array.isArray(asked) ? asked.filter(isGranted).toSorted() : [],
  )
  assert.deepEqual(answer.response_types, ['code'])
  assert.equal(
    answer.token_endpoint_auth_method,
    row.request.token_endpoint_auth_method ?? 'client_secret_basic',
  )
  const isConfidential = answer.token_endpoint_auth_method !== 'none'
  assert.equal(typeof answer.client_secret, isConfidential ? 'string' : 'undefined')
  assert.equal(typeof answer.client_secret_expires_at, isConfidential ? 'number' : 'undefined')
  assert.equal(typeof answer.scope, 'string')
  return answer
}

/** From the registration to the end of it: every redirect URI, every form of `resource`, refresh, and what is left. */
export async function goTheWholeWay(ground: Ground, row: RealClient): Promise<void> {
  const walker: Walker = { ground, row, client: await register(ground, row), browser: new Browser(ground) }
  const [registered = ''] = row.request.redirect_uris
  const used = row.redirect_at_authorization ?? [registered]
  if (row.redirect_is_refused) await assertRefused(walker, used)
  const redirects = row.redirect_is_refused ? [registered] : used

  const [redirect_uri = registered] = redirects
  const tokens = await obtain(walker, redirect_uri, resourceLegs(row.resource, `${ground.url}/mcp`))
  await read(walker, tokens)
  for (const other of [...redirects, ...row.request.redirect_uris]) {
    await obtain(walker, other, resourceLegs(row.resource, `${ground.url}/mcp/`))
  }
  for (const origin of [ground.url, `${ground.url}/`]) {
    await read(walker, await obtain(walker, redirect_uri, resourceLegs(row.resource, origin)))
  }
  await read(walker, await obtain(walker, redirect_uri, { authorization: [], token: [] }))

  const last = tokens.refresh_token === undefined ? tokens : await refresh(walker, tokens)
  await read(walker, last)
  assert.equal(await ground.removeClient(walker.client.client_id), true)
  await assertDead(walker, last)
}

async function assertRefused(walker: Walker, redirects: readonly string[]): Promise<void> {
  for (const redirect_uri of redirects) {
    const visit = await walker.browser.open(authorizationUrl(walker, { redirect_uri }).url)
    assert.equal(visit.left, false, redirect_uri)
    assert.equal(visit.status, 400)
    assert.match(visit.text, /redirect_uri is not one that the client registered/)
  }
}

/** Registration is refused, in words that the client's user can read. */
export async function assertNotRegistered(ground: Ground, row: RealClient): Promise<void> {
  const response = await postRegistration(ground, row)
  const answer = (await response.json()) as { error: string; error_description: string }
  assert.equal(response.status, 400)
  assert.equal(answer.error, 'invalid_redirect_uri')
  assert.match(answer.error_description, /^redirect_uris\[0\] must be https; http is only for loopback/)
}
