import assert from 'node:assert/strict'
import { type RegisteredClient, registerClient } from './scenario.ts'
import type { Site } from './site.ts'
import type { Answer } from './stored.ts'

/** A client that manages its registration (RFC 7592). */
export type ManagedClient = RegisteredClient & {
  readonly registration_access_token: string
  readonly registration_client_uri: string
}

/** Registers and expects what RFC 7592 §3 adds to the answer. */
export async function registerManaged(
  site: Site,
  metadata?: Readonly<Record<string, unknown>>,
): Promise<ManagedClient> {
  const client = await registerClient(site, metadata)
  const { registration_access_token, registration_client_uri } = client
  assert.ok(registration_access_token !== undefined && registration_client_uri !== undefined)
  return { ...client, registration_access_token, registration_client_uri }
}

/** One request at the client's configuration endpoint; `token` in place of its own, undefined sends none. */
export async function configure(
  site: Site,
  method: string,
  client: Pick<ManagedClient, 'registration_client_uri' | 'registration_access_token'>,
  { body, headers = {} }: { body?: unknown; headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
  const response = await site.fetch(
    new Request(client.registration_client_uri, {
      method,
      headers: {
        authorization: `Bearer ${client.registration_access_token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  )
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) }
}

export function readBack(site: Site, client: ManagedClient): Promise<Answer> {
  return configure(site, 'GET', client)
}

/** Replaces the registration by `metadata`, with the client's id added. */
export function update(site: Site, client: ManagedClient, metadata: object): Promise<Answer> {
  return configure(site, 'PUT', client, { body: { client_id: client.client_id, ...metadata } })
}

/** The metadata of an answer: without what the server issues. */
export function metadataOf(information: object): Record<string, unknown> {
  const {
    client_id,
    client_id_issued_at,
    client_secret,
    client_secret_expires_at,
    registration_access_token,
    registration_client_uri,
    ...metadata
  } = information as Record<string, unknown>
  return metadata
}

/** Expects 200, and answers the client as it is told to be now; a secret that is not told stays as it was. */
export function updated(client: ManagedClient, { status, body }: Answer): ManagedClient {
  assert.equal(status, 200, JSON.stringify(body))
  const told = body as unknown as ManagedClient
  const secret = told.client_secret ?? client.client_secret
  return {
    ...told,
    ...(secret !== undefined && told.token_endpoint_auth_method !== 'none' && { client_secret: secret }),
  }
}

/** 401 as RFC 6750 §3 has it, the same whatever was wrong. */
export function notTheToken({ status, headers, body }: Answer, message = 'another answer'): void {
  assert.equal(status, 401, message)
  assert.deepEqual(body, {
    error: 'invalid_token',
    error_description: 'the registration access token is invalid, or the client is gone',
  })
  assert.equal(
    headers.get('www-authenticate'),
    `Bearer realm="client registration", error="invalid_token", error_description="${body.error_description}"`,
    message,
  )
  assert.equal(headers.get('cache-control'), 'no-store', message)
}
