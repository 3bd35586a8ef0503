import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { sha256, storageKey } from '../../src/ops/digest.ts'
import { systemRandom } from '../../src/ops/random.ts'
import { lockDataDir } from '../../src/store/data-directory.ts'
import { openStore } from '../../src/store/open.ts'
import { DataUnusable } from '../../src/store/ports.ts'
import {
  ACCOUNT,
  audit,
  NOW,
  newCode,
  newGrant,
  newKey,
  registered,
  temporaryDirectory,
  temporaryStore,
} from './rows.ts'

const onPosix = process.platform !== 'win32'
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)

test('A-179 only its owner may read the data directory and what is in it', { skip: !onPosix }, async (t) => {
  const umask = process.umask(0)
  t.after(() => process.umask(umask))
  const dataDir = join(temporaryDirectory(t), 'deep', 'data')
  const lock = lockDataDir(dataDir)
  t.after(() => lock?.release())
  const store = await temporaryStore(t, dataDir)
  await registered(store)
  assert.equal(mode(dataDir), '700')
  const files = readdirSync(dataDir).sort()
  assert.deepEqual(files, ['corpusiq.db', 'corpusiq.db-shm', 'corpusiq.db-wal', 'server.lock'])
  for (const file of files) assert.equal(mode(join(dataDir, file)), '600', file)
})

test('A-179 a database that others could read is closed to them when it is opened', {
  skip: !onPosix,
}, async (t) => {
  const dataDir = temporaryDirectory(t)
  await (await openStore({ dataDir })).close()
  chmodSync(join(dataDir, 'corpusiq.db'), 0o644)
  await temporaryStore(t, dataDir)
  assert.equal(mode(join(dataDir, 'corpusiq.db')), '600')
})

test('one server holds a data directory until it lets go', (t) => {
  const dataDir = temporaryDirectory(t)
  const lock = lockDataDir(dataDir)
  assert.ok(lock)
  assert.equal(lockDataDir(dataDir), undefined)
  assert.equal(lockDataDir(dataDir), undefined, 'a failed attempt leaves the hold as it is')
  lock.release()
  const next = lockDataDir(dataDir)
  assert.ok(next)
  next.release()
})

test('the hold ends with its process and not before, also by kill -9, and lets commands in beside it', async (t) => {
  const dataDir = temporaryDirectory(t)
  const module = new URL('../../src/store/data-directory.ts', import.meta.url).href
  const child = spawn(
    process.execPath,
    [
      '--no-warnings',
      '--expose-gc',
      '--input-type=module',
      '-e',
      `const { lockDataDir } = await import(${JSON.stringify(module)})
       console.log(lockDataDir(process.argv[1]) === undefined ? 'refused' : 'held')
       gc()
       console.log('collected')
       setInterval(() => {}, 1000)`,
      dataDir,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  t.after(() => child.kill('SIGKILL'))
  const said: string[] = []
  for await (const line of createInterface({ input: child.stdout })) if (said.push(line) === 2) break
  assert.deepEqual(said, ['held', 'collected'])
  assert.equal(lockDataDir(dataDir), undefined)
  const store = await temporaryStore(t, dataDir)
  await registered(store)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = lockDataDir(dataDir)
  assert.ok(lock)
  lock.release()
})

test('a second start finds everything again', async (t) => {
  const dataDir = temporaryDirectory(t)
  const first = await openStore({ dataDir })
  const client = await registered(first)
  await first.accounts.createOwner(ACCOUNT, audit('owner.created'))
  await first.close()
  const second = await temporaryStore(t, dataDir)
  assert.deepEqual(await second.clients.find(client.client_id), client)
  assert.equal(await second.accounts.exists(), true)
})

test('a newer schema than ours is refused with a sentence that says what to do, and left as it is', async (t) => {
  const dataDir = temporaryDirectory(t)
  await (await openStore({ dataDir })).close()
  const database = new DatabaseSync(join(dataDir, 'corpusiq.db'))
  database.exec('PRAGMA user_version = 999')
  database.close()
  await assert.rejects(openStore({ dataDir }), (fault) => {
    assert.ok(fault instanceof DataUnusable)
    assert.match(fault.message, /newer CorpusIQ .*--data-dir/)
    return true
  })
})

test('a file that is no database is refused with a sentence', async (t) => {
  const dataDir = temporaryDirectory(t)
  writeFileSync(join(dataDir, 'corpusiq.db'), 'These are my notes, not a database. '.repeat(100))
  await assert.rejects(openStore({ dataDir }), /corpusiq\.db is not a database/)
})

test('A-179 in a stolen database no secret, code or token stands in the clear', async (t) => {
  const dataDir = temporaryDirectory(t)
  const store = await temporaryStore(t, dataDir)
  const secrets = {
    client: systemRandom.secret('secret_'),
    code: systemRandom.secret('code_'),
    refresh: systemRandom.secret('refresh_'),
    session: systemRandom.secret('session_'),
  }
  const keyOf = (prefix: string, secret: string) => storageKey(prefix, secret) ?? newKey()
  const { client_id } = await registered(store, { client_secret_hash: `sha256:${sha256(secrets.client)}` })
  const code = newCode(client_id, { key: keyOf('code_', secrets.code) })
  await store.codes.issue(code)
  const refreshToken = { key: keyOf('refresh_', secrets.refresh), expires_at: NOW + 1000 }
  await store.codes.redeem(code.key, NOW, newGrant(client_id), refreshToken)
  await store.accounts.createOwner(ACCOUNT, audit('owner.created'))
  const key = keyOf('session_', secrets.session)
  await store.sessions.start({ key, account_id: ACCOUNT.account_id, expires_at: NOW + 60 })

  const stolen = readdirSync(dataDir).map((file) => readFileSync(join(dataDir, file)))
  const holds = (text: string | Buffer) => stolen.some((file) => file.includes(text))
  assert.ok(holds(client_id) && holds(code.key) && holds(key), 'the rows are in the files that were read')
  for (const secret of Object.values(secrets)) assert.equal(holds(secret.slice(-43)), false)
})
