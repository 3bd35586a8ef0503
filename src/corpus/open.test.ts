import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openCorpus } from './open.ts'

const refused = (folder: string, dataDir: string) =>
  openCorpus({ folders: [folder], dataDir, emit: () => {} }).then(
    async (corpus) => {
      await corpus.close()
      return 'was opened'
    },
    (fault: Error) => fault.message,
  )

test('a folder that cannot be served is refused in one sentence', async (t) => {
  const base = mkdtempSync(join(tmpdir(), 'corpusiq-'))
  t.after(() => rmSync(base, { recursive: true }))
  const data = join(base, 'data')
  assert.match(
    await refused(join(base, 'nowhere'), data),
    /^The folder .*nowhere does not exist: name one that does\.$/,
  )
  writeFileSync(join(base, 'id_rsa'), '')
  assert.match(await refused(join(base, 'id_rsa'), data), /holds keys by its name: it is never served\.$/)
  assert.match(await refused('/dev/null', data), /is neither a folder nor a file: name one\.$/)
  assert.match(await refused(`-x=${base}`, data), /gives a source a name of other signs/)
  assert.match(await refused(data, data), /is the data directory itself/)
  assert.match(await refused(join(data), join(data)), /choose another folder/)
})

test('an unreadable folder is refused in one sentence', {
  skip: process.platform === 'win32' ? 'needs POSIX rights' : false,
}, async (t) => {
  const base = mkdtempSync(join(tmpdir(), 'corpusiq-'))
  t.after(() => rmSync(base, { recursive: true }))
  chmodSync(base, 0o755)
  const data = join(base, 'data')
  mkdirSync(data)
  const locked = mkdtempSync(join(base, 'locked-'))
  chmodSync(locked, 0o000)
  const isRoot = process.getuid?.() === 0
  // Root may list anything; anybody else may not.
  if (isRoot) process.seteuid?.(65_534)
  try {
    assert.match(await refused(locked, data), /cannot be read: give this user the right to read it\.$/)
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
})
