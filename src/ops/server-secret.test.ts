import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openServerSecret, SECRET_FILE } from './server-secret.ts'

async function emptyDirectory(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'corpusiq-secret-'))
  context.after(() => rm(directory, { recursive: true }))
  return directory
}

test('the secret is made once, 32 bytes, readable by its owner alone', async (context) => {
  const directory = await emptyDirectory(context)
  const first = await openServerSecret(directory)
  assert.equal(first.length, 32)
  assert.deepEqual(await openServerSecret(directory), first)
  assert.deepEqual(await readdir(directory), [SECRET_FILE])
  if (process.platform !== 'win32')
    assert.equal((await stat(join(directory, SECRET_FILE))).mode & 0o777, 0o600)
})

test('of many that start at once all get the same one', async (context) => {
  const directory = await emptyDirectory(context)
  const secrets = await Promise.all(Array.from({ length: 16 }, () => openServerSecret(directory)))
  assert.equal(new Set(secrets.map((secret) => secret.toString('hex'))).size, 1)
  assert.deepEqual(await readdir(directory), [SECRET_FILE])
})

test('a damaged one is told, never replaced: it opens the signing keys', async (context) => {
  const directory = await emptyDirectory(context)
  await writeFile(join(directory, SECRET_FILE), 'half')
  await assert.rejects(openServerSecret(directory), /secret\.key is damaged/)
})
