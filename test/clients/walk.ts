import assert from 'node:assert/strict'
import type { Browser } from '../support/browser.ts'
import {
  authorizationRequest,
  callMcp,
  type RegisteredClient,
  signInAndDecide,
  type TokenAnswer,
  tokensOf,
} from '../support/scenario.ts'
import { postJson } from '../support/site.ts'
import type { Ground } from './ground.ts'
import { type RealClient, resourceLegs } from './table.ts'

/** A registered client on its way, with the browser of the person who uses it. */
export type Walker = {
  readonly ground: Ground
  readonly row: RealClient
  readonly client: RegisteredClient
  readonly browser: Browser
}

/** POSTs the registration as it stands, whatever comes of it. */
export function postRegistration(ground: Ground, row: RealClient): Promise<Response> {
  return postJson(ground, `${ground.url}/register`, row.request, row.headers)
}

/** The URL of one authorization request of the client. */
export function authorizationUrl(
  { ground, row, client }: Walker,
  options: { redirect_uri?: string; resource?: readonly string[] } = {},
): { url: URL; verifier: string; state: string } {
  const scope = row.scope_requested
    ?.replaceAll(/\{challenge\}|\{unknown\}/g, ground.challenge)
    .replaceAll('{scopes_supported}', ground.scopesSupported)
  const extra = { resource: undefined, scope }
  const { redirect_uri } = options
  const asked = authorizationRequest(ground, client, { extra, ...(redirect_uri && { redirect_uri }) })
  for (const resource of options.resource ?? []) asked.url.searchParams.append('resource', resource)
  return asked
}

/** Sends the person through login and consent; expects a code at `redirect_uri`, and exchanges it. */
export async function obtain(
  walker: Walker,
  redirect_uri: string,
  resource: { authorization: readonly string[]; token: readonly string[] },
): Promise<TokenAnswer> {
  const { ground, row, client, browser } = walker
  const { url, verifier, state } = authorizationUrl(walker, {
    redirect_uri,
    resource: resource.authorization,
  })
  const visit = await signInAndDecide(browser, url)
  assert.ok(visit.left, `still at ${visit.url.href}: ${visit.status} ${visit.text}`)
  const location = visit.response.headers.get('location') ?? ''
  const separator = redirect_uri.includes('?') ? '&' : '?'
  assert.ok(location.startsWith(`${redirect_uri}${separator}code=code_`), location)
  const { searchParams } = new URL(location)
  assert.equal(searchParams.get('state'), state)
  assert.equal(searchParams.get('iss'), ground.url)
  const response = await postToken(walker, [
    ['grant_type', 'authorization_code'],
    ['code', searchParams.get('code') ?? ''],
    ['redirect_uri', redirect_uri],
    ['code_verifier', verifier],
    ...resource.token.map((value): [string, string] => ['resource', value]),
  ])
  readableFor(row, response)
  const tokens = await tokensOf(response)
  assert.equal(tokens.token_type, 'Bearer')
  assert.ok(tokens.expires_in >= 3600)
  assert.ok(tokens.scope !== undefined && tokens.scope !== '')
  assert.equal(tokens.refresh_token !== undefined, client.grant_types.includes('refresh_token'))
  return tokens
}

/** A token request, authenticated as the client does it. */
export function postToken({ ground, row, client }: Walker, form: [string, string][]): Promise<Response> {
  const { headers, parameters } = authentication(row, client)
  const body = new URLSearchParams([...form, ...parameters])
  const request = { method: 'POST', body, headers: { ...row.headers, ...headers } }
  return ground.fetch(new Request(`${ground.url}/token`, request))
}

function authentication(
  row: RealClient,
  client: RegisteredClient,
): { headers: Record<string, string>; parameters: [string, string][] } {
  const { client_id, client_secret = '' } = client
  const answered = row.token_endpoint_auth.startsWith('as answered')
  const method = answered ? client.token_endpoint_auth_method : row.token_endpoint_auth
  const encode = row.token_endpoint_auth.endsWith('percent-encoded') ? encodeURIComponent : String
  switch (method) {
    case 'none':
      return { headers: {}, parameters: [['client_id', client_id]] }
    case 'client_secret_post':
      return {
        headers: {},
        parameters: [
          ['client_id', client_id],
          ['client_secret', client_secret],
        ],
      }
    case 'client_secret_basic': {
      const credentials = Buffer.from(`${encode(client_id)}:${encode(client_secret)}`).toString('base64')
      return { headers: { authorization: `Basic ${credentials}` }, parameters: [] }
    }
    default:
      throw new Error(`a method of a later stage: ${method}`)
  }
}

/** What the token opens: `search` and `fetch`, or the 403 that says which scope is missing. */
export async function read({ ground }: Walker, { access_token, scope }: TokenAnswer): Promise<void> {
  const calls = [
    { scope: 'corpus:search', params: { name: 'search', arguments: { query: 'tea' } }, has: 'results' },
    { scope: 'corpus:read', params: { name: 'fetch', arguments: { id: ground.documentId } }, has: 'text' },
  ]
  for (const call of calls) {
    const response = await callMcp(ground, access_token, 'tools/call', call.params)
    const text = await response.text()
    if (scope.split(' ').includes(call.scope)) {
      assert.equal(response.status, 200, text)
      const { structuredContent } = JSON.parse(text).result
      assert.ok(structuredContent[call.has].length > 0, text)
    } else {
      assert.equal(response.status, 403, text)
      assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer .*error="insufficient_scope"/)
    }
  }
}

/** `refresh_token` as the client sends it, without `scope` and with its form of `resource`. */
export async function refresh(walker: Walker, tokens: TokenAnswer): Promise<TokenAnswer> {
  const { ground, row } = walker
  assert.ok(tokens.refresh_token)
  const again = await tokensOf(
    await postToken(walker, [
      ['grant_type', 'refresh_token'],
      ['refresh_token', tokens.refresh_token],
      ...resourceLegs(row.resource, `${ground.url}/mcp`).token.map((value): [string, string] => [
        'resource',
        value,
      ]),
    ]),
  )
  assert.equal(again.scope, tokens.scope)
  assert.ok(again.refresh_token)
  assert.notEqual(again.access_token, tokens.access_token)
  return again
}

/** A client in a browser reads an answer only where CORS lets it. */
export function readableFor(row: RealClient, response: Response): void {
  if (row.headers?.origin === undefined) return
  assert.equal(response.headers.get('access-control-allow-origin'), '*')
}

/**
 * What a client meets that is deleted while it is connected: a page that says what to do, and `invalid_client` in
 * JSON with 401, on which clients register again.
 */
export async function assertDead(walker: Walker, tokens: TokenAnswer): Promise<void> {
  const { ground, browser } = walker
  const visit = await browser.open(authorizationUrl(walker).url)
  assert.equal(visit.left, false)
  assert.equal(visit.status, 400)
  assert.match(visit.response.headers.get('content-type') ?? '', /^text\/html/)
  assert.match(visit.text, /invalid_client/)
  assert.match(visit.text, /remove this server .* and add it again/)

  for (const form of [
    { grant_type: 'authorization_code', code: 'code_x', code_verifier: 'x'.repeat(43) },
    { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? 'refresh_x' },
  ]) {
    const response = await postToken(walker, Object.entries(form))
    assert.equal(response.status, 401)
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
    assert.equal(((await response.json()) as { error: string }).error, 'invalid_client')
  }

  const call = await callMcp(ground, tokens.access_token)
  assert.equal(call.status, 401)
  assert.match(call.headers.get('www-authenticate') ?? '', /^Bearer .*error="invalid_token"/)
}
