import { createHash } from 'node:crypto'
import type { Client } from '../../src/oauth/client.ts'
import type { ClientMetadata } from '../../src/oauth/client-metadata.ts'
import { CODE_PREFIX } from '../../src/oauth/prefix.ts'
import { sha256, storageKey } from '../../src/ops/digest.ts'
import { systemRandom } from '../../src/ops/random.ts'
import type { AuthorizationCode } from '../../src/store/ports.ts'
import type { Site } from './site.ts'
import type { TestApp } from './test-app.ts'

/**
 * Clients and codes put straight into the store, for what comes after the pages: the token endpoint and all behind it.
 */
export type StoredClient = { readonly client: Client; readonly client_id: string; readonly secret: string }

export const REDIRECT_URI = 'https://client.example.com/callback'
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'

/** `none` or one that holds a secret, with all grant types unless told otherwise. */
export async function storeClient(
  app: TestApp,
  metadata: Partial<ClientMetadata> = {},
  more: Partial<Client> = {},
): Promise<StoredClient> {
  const secret = systemRandom.secret('secret_')
  const token_endpoint_auth_method = metadata.token_endpoint_auth_method ?? 'none'
  const client: Client = {
    client_id: systemRandom.id('client_'),
    client_id_issued_at: app.now(),
    ...(token_endpoint_auth_method !== 'none' && {
      client_secret_hash: `sha256:${sha256(secret)}`,
      client_secret_expires_at: 0,
    }),
    metadata: {
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'corpus:read corpus:search',
      ...metadata,
    },
    ...more,
  }
  await app.store.clients.register(client, { at: app.now(), type: 'registration.accepted' })
  return { client, client_id: client.client_id, secret }
}

/** The account that grants, made at its first use. */
export async function storeAccount(app: TestApp): Promise<string> {
  const account_id = 'account_test'
  if (!(await app.store.accounts.exists())) {
    const account = { account_id, username: 'owner', password_hash: 'none', created_at: app.now() }
    await app.store.accounts.createOwner(account, { at: app.now(), type: 'owner.created' })
  }
  return account_id
}

/** A code as the authorization endpoint would have issued it, for `VERIFIER`. */
export async function storeCode(
  app: TestApp,
  client_id: string,
  changes: Partial<AuthorizationCode> = {},
): Promise<string> {
  const code = systemRandom.secret(CODE_PREFIX)
  const key = storageKey(CODE_PREFIX, code)
  if (!key) throw new Error('no key')
  await app.store.codes.issue({
    key,
    client_id,
    account_id: await storeAccount(app),
    redirect_uri: REDIRECT_URI,
    redirect_uri_given: true,
    scope: 'corpus:read corpus:search',
    resource: app.settings.resource,
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    expires_at: app.now() + 60,
    ...changes,
  })
  return code
}

export type Answer = { status: number; headers: Headers; body: Record<string, unknown> }

/** One POST of a form to an endpoint; undefined leaves a parameter out. */
export async function post(
  app: Site,
  path: string,
  parameters: Readonly<Record<string, string | undefined>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) form.set(name, value)
  return send(app, path, form.toString(), headers)
}

/** The same with a body as it is. */
export async function send(
  app: Site,
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await app.fetch(
    new Request(app.url + path, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    }),
  )
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) }
}

/** The app as the `fetch` of a foreign library. */
export function fetchOf(app: TestApp) {
  return (
    url: string,
    {
      method,
      headers,
      body,
    }: {
      method: string
      headers: Record<string, string>
      body?: string | URLSearchParams | Uint8Array<ArrayBuffer> | ReadableStream | null | undefined
    },
  ): Promise<Response> => app.fetch(new Request(url, { method, headers, body: body ?? null }))
}

export function basic(client_id: string, client_secret: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}` }
}

/** The token request for a code, by a public client or one that posts its secret. */
export function redeem(
  app: TestApp,
  { client, client_id, secret }: StoredClient,
  code: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Answer> {
  return post(app, '/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: VERIFIER,
    client_id,
    client_secret: client.client_secret_hash === undefined ? undefined : secret,
    ...changes,
  })
}

export function refresh(
  app: TestApp,
  { client, client_id, secret }: StoredClient,
  refresh_token: unknown,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Answer> {
  return post(app, '/token', {
    grant_type: 'refresh_token',
    refresh_token: String(refresh_token),
    client_id,
    client_secret: client.client_secret_hash === undefined ? undefined : secret,
    ...changes,
  })
}

export type Tokens = { access_token: string; refresh_token: string; scope: string; expires_in: number }

/** The tokens of a fresh grant. */
export async function storeGrant(
  app: TestApp,
  client: StoredClient,
  changes: Partial<AuthorizationCode> = {},
): Promise<Tokens> {
  const { status, body } = await redeem(app, client, await storeCode(app, client.client_id, changes))
  if (status !== 200) throw new Error(JSON.stringify(body))
  return body as Tokens
}

/** Whether `/mcp` lets the token in: its status. */
export async function mcpStatus(app: TestApp, access_token: unknown): Promise<number> {
  const response = await app.fetch(
    new Request(app.settings.resource, {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${access_token}`,
      },
    }),
  )
  await response.text()
  return response.status
}
