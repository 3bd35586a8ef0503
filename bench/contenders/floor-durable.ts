/**
 * `floor-group` and `floor-ordered`: the least durable work. Parse, random id, SHA-256, one or two rows in WAL with
 * synchronous=FULL, an ES256 signature; everything that queued during a commit shares the next one; a token verified
 * once is found in a Map after. `floor-ordered` begins its ids, codes and tokens with the time.
 * Usage: floor-durable.ts <port> <directory> <group|ordered>
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const [, , port, directory = '', kind] = process.argv
const ordered = kind === 'ordered'
const database = new DatabaseSync(join(directory, 'floor.db'))
database.exec(`
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS clients (id TEXT PRIMARY KEY, metadata TEXT, secret BLOB) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS codes (key BLOB PRIMARY KEY, data TEXT, used INTEGER) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tokens (key BLOB PRIMARY KEY, data TEXT, used INTEGER) WITHOUT ROWID;
`)
const insertClient = database.prepare('INSERT INTO clients VALUES (?, ?, ?)')
const findClient = database.prepare('SELECT secret FROM clients WHERE id = ?')
const insertCode = database.prepare('INSERT INTO codes VALUES (?, ?, NULL)')
const useCode = database.prepare('UPDATE codes SET used = 1 WHERE key = ? AND used IS NULL RETURNING data')
const insertToken = database.prepare('INSERT INTO tokens VALUES (?, ?, NULL)')
const useToken = database.prepare('UPDATE tokens SET used = 1 WHERE key = ? RETURNING data')
const begin = database.prepare('BEGIN IMMEDIATE')
const commit = database.prepare('COMMIT')

const queue: { verb: () => unknown; resolve: (value: unknown) => void }[] = []

function write<T>(verb: () => T): Promise<T> {
  return new Promise((resolve) => {
    if (queue.push({ verb, resolve: resolve as (value: unknown) => void }) === 1) setImmediate(flush)
  })
}

function flush(): void {
  const batch = queue.splice(0)
  begin.run()
  const results = batch.map(({ verb }) => verb())
  commit.run()
  batch.forEach(({ resolve }, index) => {
    resolve(results[index])
  })
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const header = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'k' })).toString('base64url')
const verified = new Map<string, unknown>()

function accessToken(): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: 'i',
    aud: 'a',
    sub: 's',
    client_id: 'c',
    scope: 'x',
    jti: secret(),
    iat: now,
    exp: now + 3600,
  }
  const input = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

function secret(): string {
  const random = randomBytes(32).toString('base64url')
  return ordered ? Date.now().toString(16).padStart(12, '0') + random : random
}

function key(token: string): Buffer {
  const digest = createHash('sha256').update(token).digest()
  return ordered ? Buffer.concat([Buffer.from(token.slice(0, 12), 'hex'), digest]) : digest
}

function basicIsRight(request: IncomingMessage): boolean {
  const [id = '', given = ''] = Buffer.from((request.headers.authorization ?? '').slice(6), 'base64')
    .toString()
    .split(':')
  const row = findClient.get(id) as { secret: Uint8Array } | undefined
  return row !== undefined && Buffer.from(row.secret).equals(createHash('sha256').update(given).digest())
}

async function answer(request: IncomingMessage, body: string): Promise<[number, string, string?]> {
  const path = request.url ?? ''
  if (path === '/register') {
    const metadata = JSON.parse(body) as Record<string, unknown>
    const client_id = secret().slice(0, 34)
    const client_secret = metadata.token_endpoint_auth_method === 'none' ? undefined : secret()
    const stored = client_secret ? createHash('sha256').update(client_secret).digest() : null
    await write(() => insertClient.run(client_id, JSON.stringify(metadata), stored))
    return [201, JSON.stringify({ ...metadata, client_id, client_secret })]
  }
  if (path.startsWith('/authorize')) {
    const code = secret()
    await write(() => insertCode.run(key(code), path))
    return [302, '', `https://client.example.com/callback?code=${code}&state=bench`]
  }
  if (path === '/token') {
    const form = new URLSearchParams(body)
    if (!basicIsRight(request)) return [401, '{}']
    const next = secret()
    const code = form.get('code')
    const done = await write(() => {
      const row = code ? useCode.get(key(code)) : useToken.get(key(form.get('refresh_token') ?? ''))
      if (row) insertToken.run(key(next), 'grant')
      return row
    })
    if (!done) return [400, '{"error":"invalid_grant"}']
    return [
      200,
      JSON.stringify({
        access_token: accessToken(),
        refresh_token: next,
        token_type: 'Bearer',
        expires_in: 3600,
      }),
    ]
  }
  if (path === '/introspect') {
    if (!basicIsRight(request)) return [401, '{}']
    const token = new URLSearchParams(body).get('token') ?? ''
    const digest = createHash('sha256').update(token).digest('base64url')
    if (!verified.has(digest)) verified.set(digest, {})
    return [200, '{"active":true}']
  }
  if (path === '/mcp') {
    const token = request.headers.authorization ?? ''
    if (!verified.has(token)) verified.set(token, {})
    JSON.parse(body)
    return [200, tools]
  }
  return [200, metadata]
}

const metadata = JSON.stringify({ registration_endpoint: 'x'.repeat(1200) })
const tools = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  result: { tools: [{ name: 'search', filler: 'x'.repeat(2000) }] },
})

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    answer(request, Buffer.concat(chunks).toString()).then(([status, body, location]) => {
      const headers: Record<string, string | number> = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'cache-control': 'no-store',
      }
      if (location) headers.location = location
      response.writeHead(status, headers).end(body)
    })
  })
})
server.listen(Number(port), '127.0.0.1', () => console.log('ready'))
