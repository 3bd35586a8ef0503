import assert from 'node:assert/strict'
import { postJson } from './site.ts'
import type { TestApp } from './test-app.ts'

/** The least that registers. */
export const REDIRECT = { redirect_uris: ['https://client.example.org/callback'] }

/** What stands in the answer where the client said nothing. */
export const DEFAULTS = {
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['authorization_code'],
  response_types: ['code'],
  scope: 'corpus:read corpus:search',
}

/** The members of RFC 7591 §3.2.1 and RFC 7592 §3 that the server issues. */
export type Issued = {
  readonly client_id: string
  readonly client_id_issued_at: number
  readonly client_secret?: string
  readonly client_secret_expires_at?: number
  readonly registration_access_token: string
  readonly registration_client_uri: string
}

/** Registers and expects 201: what was issued, and the metadata that is registered. */
export async function register(
  app: TestApp,
  metadata: object,
): Promise<[Issued, { [name: string]: unknown }]> {
  const response = await postJson(app, `${app.url}/register`, metadata)
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
  const issued = { client_id, client_id_issued_at, registration_access_token, registration_client_uri }
  if (client_secret === undefined && client_secret_expires_at === undefined) return [issued, registered]
  return [{ ...issued, client_secret, client_secret_expires_at }, registered]
}

/** Expects a 400 with this code and a description like this one, and nothing stored. */
export async function refused(
  app: TestApp,
  metadata: object,
  error: string,
  description = /./,
): Promise<void> {
  const before = await app.store.clients.count()
  const response = await postJson(app, `${app.url}/register`, metadata)
  const body = (await response.json()) as { error: string; error_description: string }
  assert.deepEqual([response.status, body.error], [400, error], JSON.stringify(metadata))
  assert.match(body.error_description, description)
  assert.equal(await app.store.clients.count(), before)
}
