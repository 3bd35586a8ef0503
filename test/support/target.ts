import assert from 'node:assert/strict'
import { after, afterEach } from 'node:test'
import { Browser } from './browser.ts'
import {
  type Authorized,
  authorize,
  CONFIDENTIAL_CLIENT,
  callMcp,
  credentials,
  PUBLIC_CLIENT,
  type RegisteredClient,
  registerClient,
  type TokenAnswer,
} from './scenario.ts'
import type { Site } from './site.ts'
import { type Answer, post } from './stored.ts'
import { createTestApp, type TestApp, type TestAppOptions } from './test-app.ts'

/** The whole app with honest users, as an attacker finds it: everybody came in by the front door. */
export type Target = {
  readonly app: TestApp
  /** The owner's browser. */
  readonly browser: Browser
  readonly open: RegisteredClient
  readonly holder: RegisteredClient
}

export async function createTarget(options: TestAppOptions = {}): Promise<Target> {
  const app = await createTestApp(options)
  return {
    app,
    browser: new Browser(app),
    open: await registerClient(app, PUBLIC_CLIENT),
    holder: await registerClient(app, CONFIDENTIAL_CLIENT),
  }
}

/** One target for all tests of the file that calls: it has to serve the honest after each of them, and goes after the last. */
export async function createTargetOfFile(): Promise<Target> {
  const target = await createTarget()
  afterEach(() => assertServed(target))
  after(() => target.app[Symbol.asyncDispose]())
  return target
}

/** Parameters to change; undefined leaves one out. */
export type Changes = Readonly<Record<string, string | undefined>>

/** The client's own token request for a code, with what an attacker changes of it. */
export function redeem(
  site: Site,
  client: RegisteredClient,
  { code, verifier, redirect_uri, resource }: Authorized,
  changes: Changes = {},
): Promise<Answer> {
  const grant = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri, resource }
  return tokenRequest(site, client, { ...grant, ...changes })
}

/** The client's own token request for a refresh token, with what an attacker changes of it. */
export function refresh(
  site: Site,
  client: RegisteredClient,
  refresh_token: string | undefined,
  changes: Changes = {},
): Promise<Answer> {
  return tokenRequest(site, client, { grant_type: 'refresh_token', refresh_token, ...changes })
}

function tokenRequest(site: Site, client: RegisteredClient, parameters: Changes): Promise<Answer> {
  const proof = credentials(client)
  return post(site, '/token', { ...proof.parameters, ...parameters }, proof.headers)
}

/** A code for the client: by the person's consent the first time, later without a page. */
export function codeFor({ app, browser }: Target, client: RegisteredClient, scope?: string) {
  return authorize(app, client, { browser, ...(scope !== undefined && { scope }) })
}

/** Fresh tokens of a fresh grant. */
export async function tokensFor(
  target: Target,
  client: RegisteredClient,
  scope?: string,
): Promise<TokenAnswer & { refresh_token: string }> {
  return granted(await redeem(target.app, client, await codeFor(target, client, scope)))
}

/** RFC 6749 §5.1: the members of a good answer, which no cache may keep. */
export function granted({ status, headers, body }: Answer): TokenAnswer & { refresh_token: string } {
  assert.equal(status, 200, JSON.stringify(body))
  assertUncachedJson(headers)
  const { access_token, token_type, expires_in, scope, refresh_token } = body
  assert.ok(typeof access_token === 'string' && typeof scope === 'string', JSON.stringify(body))
  assert.ok(typeof refresh_token === 'string' && typeof expires_in === 'number', JSON.stringify(body))
  assert.equal(token_type, 'Bearer')
  return { access_token, token_type, expires_in, scope, refresh_token }
}

/** RFC 6749 §5.2: the error object, in JSON, which no cache may keep, and nothing else in it. */
export function refused(answer: Answer, error: string, status = 400): void {
  const { body, headers } = answer
  assert.deepEqual([answer.status, body.error], [status, error], JSON.stringify(body))
  assertUncachedJson(headers)
  assert.deepEqual(Object.keys(body), ['error', 'error_description'])
  assert.match(String(body.error_description), /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
}

/** 401 `invalid_client`: with a challenge where the header was used, and without where it was not. */
export function notAuthenticated(answer: Answer, usedHeader: boolean): void {
  refused(answer, 'invalid_client', 401)
  const challenge = answer.headers.get('www-authenticate')
  if (usedHeader) assert.match(challenge ?? '', /^Basic realm="/)
  else assert.equal(challenge, null)
}

function assertUncachedJson(headers: Headers): void {
  assert.match(headers.get('content-type') ?? '', /^application\/json\b/)
  assert.equal(headers.get('cache-control'), 'no-store')
}

/** The status of a call at `/mcp` with that token. */
export async function mcpStatus(site: Site, access_token: string): Promise<number> {
  const response = await callMcp(site, access_token)
  await response.text()
  return response.status
}

/** After an attack: nothing failed inside, and the next honest client is served. */
export async function assertServed(target: Target): Promise<void> {
  const { app, open, holder } = target
  for (const event of app.events) assert.notEqual(event.type, 'request.failed', JSON.stringify(event))
  for (const client of [open, holder]) {
    const { access_token, refresh_token } = await tokensFor(target, client)
    assert.equal(await mcpStatus(app, access_token), 200)
    granted(await refresh(app, client, refresh_token))
  }
}
