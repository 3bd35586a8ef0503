/** Hostile registrations at the whole app: what is answered, and what they leave behind. */
import assert from 'node:assert/strict'
import { Browser, type Visit } from '../support/browser.ts'
import { DEFAULTS, register } from '../support/registering.ts'
import { authorizationRequest, type RegisteredClient } from '../support/scenario.ts'
import { OWNER } from '../support/site.ts'
import type { TestApp } from '../support/test-app.ts'

export const JSON_TYPE = { 'content-type': 'application/json' }
export const HONEST = {
  client_name: 'Honest Client',
  redirect_uris: ['https://honest.example.org/callback'],
}

export type Sent = {
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  /** The connection's peer. */
  readonly address?: string
}

/** One POST to the registration endpoint, exactly these bytes and headers. */
export function send(app: TestApp, { body, headers = JSON_TYPE, address = '127.0.0.1' }: Sent) {
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body)
  return app.fetchFrom(
    address,
    new Request(`${app.url}/register`, { method: 'POST', body: bytes, headers: { ...headers } }),
  )
}

export type Refusal = {
  /** Default 400. */
  readonly status?: number
  /** Default `invalid_client_metadata`. */
  readonly error?: string
  readonly description?: RegExp
}

/**
 * Expects a refusal in the form of RFC 7591 §3.2.2, uncached and silent about the machine; nothing stored; no failure of
 * the server; and the next honest client registers as ever. Answers the response's headers.
 */
export async function isRefused(
  app: TestApp,
  sent: Sent,
  { status = 400, error = 'invalid_client_metadata', description = /./ }: Refusal = {},
): Promise<Headers> {
  const what = shown(sent)
  const before = await app.store.clients.count()
  const response = await send(app, sent)
  const text = await response.text()
  assert.equal(response.status, status, `${what}: ${text}`)
  isErrorObject(response, text, error, what)
  assert.match(JSON.parse(text).error_description, description, what)
  for (const inside of [app.settings.dataDir, 'node_modules', '.ts:', 'SQL']) {
    assert.ok(!text.includes(inside), text)
  }
  assert.equal(await app.store.clients.count(), before, `${what} was stored`)
  assert.deepEqual(failures(app), [], what)
  await servesNext(app)
  return response.headers
}

/** Expects the JSON object of RFC 7591 §3.2.2 with this code, not to be cached. */
export function isErrorObject({ headers }: Response, text: string, error: string, what = ''): void {
  assert.equal(headers.get('content-type'), 'application/json', what)
  assert.equal(headers.get('cache-control'), 'no-store', what)
  const body = JSON.parse(text)
  assert.deepEqual(Object.keys(body), ['error', 'error_description'], what)
  assert.equal(body.error, error, `${what}: ${text}`)
  // RFC 6749 §5.2
  assert.match(body.error_description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/, what)
}

/** The same for client metadata as a value. */
export function isRefusedMetadata(app: TestApp, metadata: object, refusal: Refusal = {}): Promise<Headers> {
  return isRefused(app, { body: JSON.stringify(metadata) }, refusal)
}

/** The next honest client, from an address of its own, gets what it asked for and the defaults, and nothing else. */
export async function servesNext(app: TestApp): Promise<void> {
  const response = await send(app, { body: JSON.stringify(HONEST), address: '198.51.100.77' })
  const text = await response.text()
  assert.equal(response.status, 201, text)
  const {
    client_id,
    client_id_issued_at,
    client_secret,
    client_secret_expires_at,
    registration_access_token,
    registration_client_uri,
    ...registered
  } = JSON.parse(text)
  assert.match(client_id, /^client_/)
  assert.match(client_secret, /^secret_/)
  assert.match(registration_access_token, /^registration_/)
  assert.equal(registration_client_uri, `${app.url}/register/${client_id}`)
  assert.equal(client_id_issued_at, app.now())
  assert.equal(client_secret_expires_at, app.now() + 90 * 86_400)
  assert.deepEqual(registered, { ...HONEST, ...DEFAULTS })
}

/** Registers, expects 201, and expects that what was told is what is stored. */
export async function registers(app: TestApp, metadata: object): Promise<Record<string, unknown>> {
  const [{ client_id }, registered] = await register(app, metadata)
  assert.deepEqual((await app.store.clients.find(client_id))?.metadata, registered)
  return registered
}

/** What the server itself failed at; to be empty. */
export function failures(app: TestApp) {
  return app.events.filter(({ type }) => type === 'request.failed' || type === 'upkeep.failed')
}

/** The page that a person sees who is sent here by this client, signed in as the owner on the way. */
export async function pageFor(
  app: TestApp,
  client: Pick<RegisteredClient, 'client_id' | 'redirect_uris'>,
  redirect_uri?: string,
  browser = new Browser(app),
): Promise<Visit> {
  const options = redirect_uri === undefined ? {} : { redirect_uri }
  const visit = await browser.open(authorizationRequest(app, client, options).url)
  const signIn = visit.forms.find(({ fields }) => fields.has('password'))
  return signIn ? browser.submit(visit, signIn, OWNER) : visit
}

/** The consent page is a 200 with the choice. */
export function isConsentPage(visit: Visit): void {
  assert.equal(visit.status, 200, visit.text)
  assert.ok(
    visit.forms.some(({ buttons }) => buttons.some(({ name }) => name === 'decision')),
    visit.text,
  )
}

function shown({ body, headers }: Sent): string {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('latin1')
  return `${JSON.stringify(headers ?? {}).slice(0, 200)} ${JSON.stringify(text.slice(0, 200))}`
}
