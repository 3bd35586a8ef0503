/**
 * `oidc-provider`, the established peer: dynamic registration, PKCE, JWT access tokens (ES256), refresh rotation;
 * on SQLite (WAL, synchronous=FULL, one commit a write) or in a Map.
 * Usage: oidc-provider.ts <port> <directory> <sqlite|map>
 */
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import Provider, { type Adapter, type AdapterPayload } from 'oidc-provider'

const [, , port, directory = '', kind] = process.argv
const issuer = `http://127.0.0.1:${port}`

type Rows = {
  put(key: string, payload: AdapterPayload): void
  get(key: string): AdapterPayload | undefined
  findBy(member: 'uid' | 'userCode', model: string, value: string): AdapterPayload | undefined
  remove(key: string): void
  removeGrant(model: string, grantId: string): void
}

function mapRows(): Rows {
  const rows = new Map<string, AdapterPayload>()
  const byUid = new Map<string, string>()
  return {
    put(key, payload) {
      rows.set(key, payload)
      if (payload.uid) byUid.set(payload.uid, key)
    },
    get: (key) => rows.get(key),
    findBy: (_member, _model, value) => rows.get(byUid.get(value) ?? ''),
    remove: (key) => void rows.delete(key),
    removeGrant(_model, grantId) {
      for (const [key, payload] of rows) if (payload.grantId === grantId) rows.delete(key)
    },
  }
}

function sqliteRows(): Rows {
  const database = new DatabaseSync(join(directory, 'oidc-provider.db'))
  database.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS models (key TEXT PRIMARY KEY, payload TEXT, grantId TEXT, uid TEXT) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS by_grant ON models (grantId) WHERE grantId IS NOT NULL;
    CREATE INDEX IF NOT EXISTS by_uid ON models (uid) WHERE uid IS NOT NULL;
  `)
  const put = database.prepare('INSERT OR REPLACE INTO models VALUES (?, ?, ?, ?)')
  const get = database.prepare('SELECT payload FROM models WHERE key = ?')
  const byUid = database.prepare('SELECT payload FROM models WHERE uid = ?')
  const remove = database.prepare('DELETE FROM models WHERE key = ?')
  const removeGrant = database.prepare('DELETE FROM models WHERE grantId = ?')
  const parse = (row: unknown): AdapterPayload | undefined =>
    row ? (JSON.parse((row as { payload: string }).payload) as AdapterPayload) : undefined
  return {
    put: (key, payload) =>
      void put.run(key, JSON.stringify(payload), payload.grantId ?? null, payload.uid ?? null),
    get: (key) => parse(get.get(key)),
    findBy: (_member, _model, value) => parse(byUid.get(value)),
    remove: (key) => void remove.run(key),
    removeGrant: (_model, grantId) => void removeGrant.run(grantId),
  }
}

const rows = kind === 'sqlite' ? sqliteRows() : mapRows()

class RowAdapter implements Adapter {
  readonly #model: string
  constructor(model: string) {
    this.#model = model
  }
  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    rows.put(`${this.#model}:${id}`, payload)
  }
  async find(id: string): Promise<AdapterPayload | undefined> {
    return rows.get(`${this.#model}:${id}`)
  }
  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return rows.findBy('uid', this.#model, uid)
  }
  async findByUserCode(): Promise<undefined> {
    return undefined
  }
  async consume(id: string): Promise<void> {
    const key = `${this.#model}:${id}`
    const payload = rows.get(key)
    if (payload) rows.put(key, { ...payload, consumed: Math.floor(Date.now() / 1000) })
  }
  async destroy(id: string): Promise<void> {
    rows.remove(`${this.#model}:${id}`)
  }
  async revokeByGrantId(grantId: string): Promise<void> {
    rows.removeGrant(this.#model, grantId)
  }
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const SCOPES = 'corpus:read corpus:search'
const provider = new Provider(issuer, {
  adapter: RowAdapter,
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'k' } as never] },
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  scopes: ['corpus:read', 'corpus:search', 'offline_access'],
  cookies: { keys: ['bench'] },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  findAccount: async (_context, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  async loadExistingGrant(context) {
    const { client, session, params, result } = context.oidc
    const existing = result?.consent?.grantId ?? session?.grantIdFor(client?.clientId ?? '')
    if (existing) return provider.Grant.find(existing)
    const grant = new provider.Grant({
      clientId: client?.clientId ?? '',
      accountId: session?.accountId ?? '',
    })
    grant.addOIDCScope(SCOPES)
    grant.addResourceScope(String(params?.resource), SCOPES)
    await grant.save()
    return grant
  },
  features: {
    devInteractions: { enabled: false },
    registration: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => `${issuer}/mcp`,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: SCOPES,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
})

const callback = provider.callback()
const server = createServer((request, response) => {
  if (request.url?.startsWith('/interaction/')) {
    provider
      .interactionFinished(request, response, { login: { accountId: 'owner' } })
      .catch((fault: unknown) => {
        console.error(fault)
        response.writeHead(500).end(String(fault))
      })
    return
  }
  void callback(request, response)
})
server.listen(Number(port), '127.0.0.1', () => console.log('ready'))
