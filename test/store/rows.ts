import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Client } from '../../src/oauth/client.ts'
import type { Grant } from '../../src/oauth/grant.ts'
import { storageKey } from '../../src/ops/digest.ts'
import { systemRandom } from '../../src/ops/random.ts'
import { openStore } from '../../src/store/open.ts'
import type { AuditRecord, AuthorizationCode, SigningKey, Store } from '../../src/store/ports.ts'

/** What the store's tests put into it, and a store of their own on a real file. */

export const NOW = 1_800_000_000
export const SCOPE = 'corpus:read corpus:search'
export const ACCOUNT = {
  account_id: 'account_1',
  username: 'owner',
  password_hash: '$argon2id$…',
  created_at: NOW,
}

export function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'corpusiq-store-'))
  t.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
  return directory
}

/** A store on a directory of its own (or the one given), closed when the test ends. */
export async function temporaryStore(t: TestContext, dataDir = temporaryDirectory(t)): Promise<Store> {
  const store = await openStore({ dataDir })
  t.after(() => store.close())
  return store
}

export function newKey(prefix = 'code_'): Buffer {
  const key = storageKey(prefix, systemRandom.secret(prefix))
  if (!key) throw new Error('a secret that has no key')
  return key
}

export function newClient(more: Partial<Client> = {}): Client {
  return {
    client_id: systemRandom.id('client_'),
    client_id_issued_at: NOW,
    metadata: {
      redirect_uris: ['https://client.example.com/callback'],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: SCOPE,
      client_name: 'Test Client',
    },
    ...more,
  }
}

export function newGrant(client_id: string, more: Partial<Grant> = {}): Grant {
  return {
    grant_id: systemRandom.id('grant_'),
    client_id,
    account_id: ACCOUNT.account_id,
    scope: SCOPE,
    resource: 'https://notes.example.com/mcp',
    created_at: NOW,
    ...more,
  }
}

export function newCode(client_id: string, more: Partial<AuthorizationCode> = {}): AuthorizationCode {
  return {
    key: newKey(),
    client_id,
    account_id: ACCOUNT.account_id,
    redirect_uri: 'https://client.example.com/callback',
    redirect_uri_given: true,
    scope: SCOPE,
    resource: 'https://notes.example.com/mcp',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    expires_at: NOW + 60,
    ...more,
  }
}

export function newSigningKey(kid: string, more: Partial<SigningKey> = {}): SigningKey {
  return {
    kid,
    alg: 'ES256',
    public_jwk: '{}',
    private_key: 'sealed',
    created_at: NOW,
    retired_at: undefined,
    ...more,
  }
}

export function audit(type: string, more: Partial<AuditRecord> = {}): AuditRecord {
  return { at: NOW, type, ...more }
}

export async function registered(store: Store, more: Partial<Client> = {}): Promise<Client> {
  const client = newClient(more)
  await store.clients.register(client, audit('registration.accepted', { client_id: client.client_id }))
  return client
}

/** A client that went through consent and code to a grant with its first refresh token. */
export async function granted(
  store: Store,
  client_id?: string,
): Promise<{ client_id: string; code: AuthorizationCode; grant: Grant; token: Buffer }> {
  const id = client_id ?? (await registered(store)).client_id
  const code = newCode(id)
  await store.codes.issue({ ...code, issued_at: NOW })
  const grant = newGrant(id)
  const token = newKey('refresh_')
  const { outcome } = await store.codes.redeem(code.key, NOW, grant, { key: token, expires_at: NOW + 1000 })
  if (outcome !== 'redeemed') throw new Error(`a fresh code was ${outcome}`)
  return { client_id: id, code, grant, token }
}
