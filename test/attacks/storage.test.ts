/** Group 20: what the disk does to the server, and what a thief of the disk gets. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, createPrivateKey } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { createSealing } from '../../src/ops/sealing.ts'
import { privateFile } from '../../src/store/data-directory.ts'
import { type Connection, connect } from '../../src/store/drivers/sqlite.ts'
import { migrate } from '../../src/store/migrations/migrate.ts'
import { createStore } from '../../src/store/sql/store.ts'
import { testFolder } from '../corpus/folder.ts'
import { startServer } from '../support/running-server.ts'
import { CONFIDENTIAL_CLIENT, registerClient, setUpOwner } from '../support/scenario.ts'
import { OWNER, type Site } from '../support/site.ts'
import { createTestApp } from '../support/test-app.ts'
import { assertUnavailable, type Doors, doorsThatWrite } from './doors-that-write.ts'
import { liveThrough, watched } from './whole-life.ts'

/** All rows of what must change whole or not at all; refusals are written down when there is time. */
function rowsOf(dataDir: string): string {
  const database = new DatabaseSync(join(dataDir, 'corpusiq.db'), { readOnly: true })
  try {
    const tables = [
      'clients',
      'consents',
      'decisions',
      'codes',
      'grants',
      'refresh_tokens',
      'sessions',
      'audit',
    ]
    return JSON.stringify(tables.map((table) => [table, database.prepare(`SELECT * FROM ${table}`).all()]))
  } finally {
    database.close()
  }
}

/**
 * All doors while the disk refuses, and again when it does not: 503 each, nothing changed, what reads goes on; then the
 * very same requests succeed, since nothing of theirs was spent.
 */
async function throughAnOutage(
  doors: Doors,
  dataDir: string,
  outage: { begin(): void; end(): void },
): Promise<void> {
  const before = rowsOf(dataDir)
  outage.begin()
  try {
    const answers = await Promise.all(doors.writing.map(({ send }) => send()))
    for (const [number, response] of answers.entries()) {
      await assertUnavailable(doors.writing[number] ?? assert.fail(), response)
    }
    assert.equal(rowsOf(dataDir), before)
    assert.deepEqual(await doors.reading(), [200, 200, 200, 200])
  } finally {
    outage.end()
  }
  for (const { name, send, good } of doors.writing) {
    const response = await send()
    assert.equal(response.status, good, `${name}: ${await response.text()}`)
  }
  assert.notEqual(rowsOf(dataDir), before)
  // And each only once, as ever: the code is spent, the form decided.
  for (const name of ['a code', 'a consent']) {
    const again = await doors.writing.find((writing) => writing.name === name)?.send()
    assert.equal(again?.status, 400, name)
  }
}

test('A-178 the database is locked by another program: 503 at every door that writes, and it recovers by itself', async (t) => {
  await using server = await startServer()
  const other = new DatabaseSync(join(server.dataDir, 'corpusiq.db'), { timeout: 5000 })
  t.after(() => other.close())
  await throughAnOutage(await doorsThatWrite(server), server.dataDir, {
    begin: () => other.exec('BEGIN IMMEDIATE'),
    end: () => other.exec('ROLLBACK'),
  })
  assert.equal(await server.stop(), 0)
})

/** Whether the size of files that a running process may write can be set from outside. */
function limitFileSize(pid: number, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`], { stdio: 'pipe' })
}

test('A-178 the disk takes no more bytes: 503 at every door that writes, and it recovers by itself', async (t) => {
  await using server = await startServer()
  try {
    limitFileSize(server.pid, 'unlimited')
  } catch {
    return t.skip('needs prlimit of Linux, to take the disk from a running process')
  }
  await throughAnOutage(await doorsThatWrite(server), server.dataDir, {
    begin: () => limitFileSize(server.pid, 1),
    end: () => limitFileSize(server.pid, 'unlimited'),
  })
  assert.equal(await server.stop(), 0)
})

/** The whole app in process, and its own connection to the database. */
async function appWithConnection(): Promise<{
  site: Awaited<ReturnType<typeof createTestApp>>
  connection: Connection
}> {
  let opened: Connection | undefined
  const site = await createTestApp({
    openStore: async ({ dataDir, ...options }) => {
      opened = connect(privateFile(dataDir, 'corpusiq.db'))
      await migrate(opened)
      return createStore(opened, options)
    },
  })
  return { site, connection: opened ?? assert.fail() }
}

test('A-178 the database became read-only: 503 at every door that writes, and it recovers by itself', async (t) => {
  const { site, connection } = await appWithConnection()
  t.after(() => site[Symbol.asyncDispose]())
  await throughAnOutage(await doorsThatWrite(site), site.settings.dataDir, {
    begin: () => connection.exec('PRAGMA query_only = ON'),
    end: () => connection.exec('PRAGMA query_only = OFF'),
  })
})

test('A-178 the disk fills up in the midst of registrations: those with a 201 are there, the others are not', async (t) => {
  const { site, connection } = await appWithConnection()
  t.after(() => site[Symbol.asyncDispose]())
  const pages = connection.get<{ page_count: number }>('PRAGMA page_count')()?.page_count ?? 0
  connection.exec(`PRAGMA max_page_count = ${pages + 5}`)
  const accepted = new Set<string>()
  let refused = 0
  while (refused < 10) {
    const metadata = { ...CONFIDENTIAL_CLIENT, client_name: 'x'.repeat(500) }
    for (const response of await Promise.all(Array.from({ length: 10 }, () => register(site, metadata)))) {
      if (response.status === 201) accepted.add(((await response.json()) as { client_id: string }).client_id)
      else {
        await assertUnavailable(
          { name: 'a registration', told: 'machine', good: 201, send: () => Promise.reject() },
          response,
        )
        refused++
      }
    }
  }
  assert.ok(accepted.size > 0)
  const stored = await site.store.clients.page({ limit: 1000 })
  assert.deepEqual(new Set(stored.map(({ client_id }) => client_id)), accepted)
  const audited = await site.store.audit.page({ limit: 1000 })
  assert.deepEqual(
    new Set(audited.flatMap(({ type, client_id }) => (type === 'registration.accepted' ? [client_id] : []))),
    accepted,
  )
  connection.exec('PRAGMA max_page_count = 1000000')
  await registerClient(site)
})

function register(site: Site, metadata: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify(metadata)
  return site.fetch(new Request(`${site.url}/register`, { method: 'POST', body, headers }))
}

const posix =
  process.platform === 'win32'
    ? 'Windows has no file modes; the directory inherits the rights of its folder'
    : false

for (const hash of ['sha256', 'argon2id'] as const) {
  test(`A-179 whoever steals the database after a whole life has no secret, code, token, password or key (${hash})`, async (t) => {
    const { dataDir, path } = testFolder(t, { 'a.md': 'green tea' })
    mkdirSync(dataDir, { mode: 0o700 })
    const env = { CORPUSIQ_CLIENT_SECRET_HASH: hash, CORPUSIQ_REFRESH_GRACE_SECONDS: '0' }
    await using server = await startServer({ owner: false, folder: path, dataDir, env })
    const site = watched(server)
    site.secrets.add(OWNER.password)
    site.secrets.add(new URL(server.setupLink ?? assert.fail()).searchParams.get('token') ?? assert.fail())
    await setUpOwner(site, server.setupLink ?? assert.fail())
    await liveThrough(site)
    // As a power cut leaves it: the newest commits in the log beside the database.
    await server.kill()

    const files = new Map(readdirSync(dataDir).map((name) => [name, readFileSync(join(dataDir, name))]))
    assert.ok((files.get('corpusiq.db-wal')?.length ?? 0) > 0, [...files.keys()].join())
    const key = Buffer.from(files.get('secret.key')?.toString().trim() ?? '', 'base64url')
    assert.equal(key.length, 32)
    const database = new DatabaseSync(join(dataDir, 'corpusiq.db'))
    t.after(() => database.close())
    const signing = database.prepare('SELECT private_key FROM signing_keys').all()
    assert.equal(signing.length, 1)
    for (const { private_key } of signing) {
      assert.equal(createSealing(Buffer.alloc(32)).open('signing key', String(private_key)), undefined)
      const pkcs8 = createSealing(key).open('signing key', String(private_key)) ?? assert.fail()
      site.secrets.add(privateNumber(pkcs8))
      site.secrets.add(pkcs8)
      site.secrets.add(key.toString('base64url'))
    }
    assert.ok(site.secrets.size > 40, String(site.secrets.size))
    for (const [name, bytes] of files) {
      if (name === 'secret.key') continue
      for (const secret of site.secrets) {
        for (const form of formsOf(secret)) assert.equal(bytes.indexOf(form), -1, `${secret} in ${name}`)
      }
      for (const mark of ['PRIVATE KEY', '"d":"', 'Bearer ', 'eyJhbGciOi'])
        assert.equal(bytes.indexOf(mark), -1, `${mark} in ${name}`)
    }

    const column = (sql: string) =>
      database
        .prepare(sql)
        .all()
        .map((row) => Object.values(row)[0])
    assert.deepEqual(
      column('SELECT password_hash FROM accounts').map((text) =>
        String(text).replace(/\$[^$]{22}\$[^$]{43}$/, ''),
      ),
      ['$argon2id$v=19$m=47104,t=1,p=1'],
    )
    for (const text of column('SELECT secret_hash FROM clients WHERE secret_hash IS NOT NULL')) {
      assert.match(
        String(text),
        hash === 'sha256' ? /^sha256:[\w-]{43}$/ : /^\$argon2id\$v=19\$m=47104,t=1,p=1\$/,
      )
    }
    // Of a code or token: its time, and the hash of the whole.
    for (const [table, prefix] of [
      ['codes', 'code_'],
      ['refresh_tokens', 'refresh_'],
      ['sessions', 'session_'],
    ] as const) {
      const known = new Set([...site.secrets].filter((secret) => secret.startsWith(prefix)).map(keyOf))
      const stored = column(`SELECT key FROM ${table}`).map((blob) =>
        Buffer.from(blob as Uint8Array).toString('hex'),
      )
      assert.ok(stored.length > 0, table)
      for (const each of stored) assert.ok(known.has(each), `${table} ${each}`)
    }
  })
}

/** How a secret may lie in a file: as it is, its random end alone, as bytes, as base64 of the text. */
function formsOf(secret: string): Buffer[] {
  const random = secret.slice(-43)
  const forms = [Buffer.from(secret), Buffer.from(secret.slice(-20)), Buffer.from(secret).subarray(0, -4)]
  if (/^[\w-]{43}$/.test(random))
    forms.push(
      Buffer.from(random, 'base64url'),
      Buffer.from(Buffer.from(random, 'base64url').toString('hex')),
    )
  return forms
}

/** The private number of a key in PKCS #8. */
function privateNumber(text: string): string {
  const key = createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' })
  const { d } = key.export({ format: 'jwk' })
  assert.match(d ?? '', /^[\w-]{43}$/)
  return d ?? ''
}

/** Written anew on purpose, beside `storageKey`. */
function keyOf(secret: string): string {
  const time = secret.slice(secret.indexOf('_') + 1, -43)
  return time + createHash('sha256').update(secret).digest('hex')
}

test('A-179 the data directory and every file in it are their owner’s alone, whatever the umask and whoever made them', {
  skip: posix,
}, async (t) => {
  const umask = process.umask(0)
  t.after(() => process.umask(umask))
  const { dataDir, path } = testFolder(t, { 'a.md': 'green tea' })
  const server = await startServer({
    folder: path,

    dataDir: made(dataDir),
  })
  t.after(() => server[Symbol.asyncDispose]())
  await registerClient(server)
  assertPrivate(dataDir)
  await server.stop()
  for (const name of readdirSync(dataDir)) chmodSync(join(dataDir, name), 0o644)
  await using again = await server.restart()
  await registerClient(again)
  assertPrivate(dataDir)
})

/** The server's working directory has to be there; its own is below. */
function made(dataDir: string): string {
  mkdirSync(dataDir, { mode: 0o700 })
  return dataDir
}

function assertPrivate(dataDir: string): void {
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
  assert.equal(mode(dataDir), '700')
  const files = readdirSync(dataDir)
  for (const name of ['corpusiq.db', 'corpusiq.db-wal', 'corpus.db', 'secret.key'])
    assert.ok(files.includes(name), name)
  for (const name of files) assert.equal(mode(join(dataDir, name)), '600', name)
}
