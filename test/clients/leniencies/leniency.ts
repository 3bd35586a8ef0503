import assert from 'node:assert/strict'
import type { Browser, Visit } from '../../support/browser.ts'
import { authorizationRequest, PUBLIC_CLIENT, type RegisteredClient } from '../../support/scenario.ts'
import { postJson } from '../../support/site.ts'
import type { TestApp } from '../../support/test-app.ts'

/** Something that the server lets pass because real clients do it, and what is still refused beside it. */
export type Leniency = {
  readonly clients: string
  readonly source: string
  /** What passes. */
  readonly lenient: string
  readonly works: (scene: Scene) => Promise<void>
  /** What does not. */
  readonly refused: string
  readonly refuses: (scene: Scene) => Promise<void>
}

/** A server, and the owner's browser, signed in. */
export type Scene = { readonly app: TestApp; readonly browser: Browser }

export const HOSTED = 'https://client.example.com/callback'

/** Registers `PUBLIC_CLIENT` with these members instead; expects 201. `null` and all else goes as it is. */
export async function registers({ app }: Pick<Scene, 'app'>, members: object = {}): Promise<Answer> {
  const response = await postJson(app, `${app.url}/register`, { ...PUBLIC_CLIENT, ...members })
  const text = await response.text()
  assert.equal(response.status, 201, text)
  return JSON.parse(text)
}

export type Answer = RegisteredClient & {
  readonly response_types: readonly string[]
  readonly [member: string]: unknown
}

/** Registers exactly this body; expects a 400 with the code, and a description that says so. */
export async function isNotRegistered(
  { app }: Scene,
  body: object,
  error: string,
  description: RegExp,
): Promise<void> {
  const response = await postJson(app, `${app.url}/register`, body)
  const answer = (await response.json()) as Record<string, string>
  assert.deepEqual([response.status, answer.error], [400, error], JSON.stringify([body, answer]))
  assert.match(answer.error_description ?? '', description)
}

/** Opens an authorization request. Each of `raw` is put behind the query as it is. */
export function opens(
  { app, browser }: Scene,
  client: RegisteredClient,
  parameters: Readonly<Record<string, string | undefined>> = {},
  raw = '',
): Promise<Visit> {
  return browser.open(authorizationRequest(app, client, { extra: parameters }).url.href + raw)
}

/** The person is asked. */
export function isAsked(visit: Visit): void {
  assert.equal(visit.left, false, visit.url.href)
  assert.equal(visit.status, 200, visit.text)
  assert.match(visit.text, /name="decision" value="approve"/)
}

/** A page that says what is wrong; nothing goes to the client. */
export function isPage(visit: Visit, says: RegExp): void {
  assert.equal(visit.left, false, visit.url.href)
  assert.equal(visit.status, 400, visit.text)
  assert.match(visit.text, says)
}

/** What the person is asked to allow, as scopes. */
export function scopesAsked(visit: Visit): string[] {
  isAsked(visit)
  const words = { 'corpus:read': 'read the documents', 'corpus:search': 'search in your documents' }
  return Object.entries({ ...words, offline_access: 'until you end the access' })
    .filter(([, text]) => visit.text.includes(text))
    .map(([scope]) => scope)
}

/** A refusal in OAuth's JSON. */
export async function isRefused(response: Response, status: number, error: string): Promise<void> {
  const text = await response.text()
  assert.equal(response.status, status, text)
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(JSON.parse(text).error, error)
}
