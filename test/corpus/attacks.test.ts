import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, renameSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Folder, readFile, walk } from '../../src/corpus/sources/folder.ts'
import { becomes, indexed, testFolder } from './folder.ts'

const posix = process.platform === 'win32' ? 'needs a POSIX system' : false

test('A-156 fetch looks ids up, whatever they say', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea' })
  writeFileSync(join(folder.path, '../secret.md'), 'secret')
  const corpus = await indexed(t, folder)
  const ids = [
    ...[
      '../secret.md',
      '..%2fsecret.md',
      '%2e%2e%2fsecret.md',
      '/etc/passwd',
      'file:///etc/passwd',
      'C:\\boot.ini',
    ],
    ...[
      '..\\secret.md',
      'a.md',
      './a.md',
      'a.md\0',
      '\0',
      '',
      '．．／secret.md',
      '‥/secret.md',
      "' or 1=1 --",
    ],
    ...['x'.repeat(1_000_000), '__proto__', '%', '_'.repeat(22)],
  ]
  for (const id of ids) {
    assert.equal(await corpus.fetch(id), undefined, id.slice(0, 40))
    assert.ok(Array.isArray(await corpus.list({ cursor: id, limit: 10 })))
  }
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (id) => (await corpus.fetch(id)) === undefined),
  )
})

test('A-157 symbolic links are not followed: out, to devices, in circles, to our own', {
  skip: posix,
}, async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea', 'sub/b.md': 'black tea' })
  const outside = join(folder.path, '../outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'secret.md'), 'secret tea')
  const link = (target: string, name: string) => symlinkSync(target, join(folder.path, name))
  link(join(outside, 'secret.md'), 'file.md')
  link(outside, 'folder')
  link(outside, 'folder.md')
  link('../../outside/secret.md', 'sub/relative.md')
  link('/dev/zero', 'zero.txt')
  link('..', 'sub/up')
  link('.', 'circle')
  link('itself.md', 'itself.md')
  link('a.md', 'alias.md')
  link('/nowhere', 'dangling.md')
  const corpus = await indexed(t, folder)
  assert.deepEqual((await corpus.paths('tea')).toSorted(), ['a.md', 'sub/b.md'])
  assert.deepEqual(
    corpus
      .told()
      .map(({ path, reason }) => `${path}: ${reason}`)
      .toSorted(),
    ['alias.md', 'dangling.md', 'file.md', 'folder.md', 'itself.md', 'sub/relative.md', 'zero.txt'].map(
      (path) => `${path}: a symbolic link, not followed`,
    ),
  )
  // Nor when it comes while the server runs.
  link(outside, 'later')
  link(join(outside, 'secret.md'), 'later.md')
  folder.write('last.md', 'white tea')
  await becomes(async () => (await corpus.paths('white')).length === 1)
  assert.deepEqual(await corpus.paths('secret'), [])
})

test('A-157 a served folder may itself be reached by a link', { skip: posix }, async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea' })
  const alias = join(folder.path, '../alias')
  symlinkSync(folder.path, alias)
  const corpus = await indexed(t, folder, { folders: [alias] })
  assert.deepEqual(await corpus.paths('tea'), ['a.md'])
})

test('A-157 a hard link is a file like any other', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea' })
  linkSync(join(folder.path, 'a.md'), join(folder.path, 'b.md'))
  const corpus = await indexed(t, folder)
  assert.deepEqual((await corpus.paths('tea')).toSorted(), ['a.md', 'b.md'])
})

test('A-157 a folder or file swapped for a link between walk and open is not read', { skip: posix }, (t) => {
  const { path: root, write } = testFolder(t, { 'sub/secret.md': 'mine', 'plain.md': 'mine' })
  const folder: Folder = { name: 'notes', root, excluded: [] }
  const outside = join(root, '../outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'secret.md'), 'theirs')
  const met = [...walk(folder, '', () => {})].map(({ path }) => path)
  assert.deepEqual(met.toSorted(), ['plain.md', 'sub/secret.md'])

  renameSync(join(root, 'sub'), join(root, 'moved'))
  symlinkSync(outside, join(root, 'sub'))
  renameSync(join(root, 'plain.md'), join(root, 'moved.md'))
  symlinkSync(join(outside, 'secret.md'), join(root, 'plain.md'))
  for (const path of met)
    assert.deepEqual(readFile(folder, path, 100), { problem: 'a symbolic link, not followed' })
  assert.deepEqual(
    [...walk(folder, 'sub/secret.md', () => {})].map(({ kind }) => kind),
    [],
  )
  write('ok.md', 'mine')
  const read = readFile(folder, 'ok.md', 100)
  assert.ok(read && 'bytes' in read)
})

test('A-158 FIFO, socket, device and sparse file are skipped, and hold nothing up', {
  skip: posix,
}, async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea', 'z.md': 'black tea' })
  execFileSync('mkfifo', [join(folder.path, 'fifo.md')])
  const socket = createServer().listen(join(folder.path, 'socket.txt'))
  t.after(() => socket.close())
  await becomes(() => socket.listening)
  folder.write('sparse.txt', 'x')
  truncateSync(join(folder.path, 'sparse.txt'), 1024 ** 4)
  assert.equal(statSync(join(folder.path, 'sparse.txt')).size, 1024 ** 4)
  const corpus = await indexed(t, folder)
  assert.deepEqual((await corpus.paths('tea')).toSorted(), ['a.md', 'z.md'])
  assert.deepEqual(
    corpus
      .told()
      .map(({ path, reason }) => `${path}: ${reason}`)
      .toSorted(),
    [
      'fifo.md: not a regular file',
      'socket.txt: not a regular file',
      'sparse.txt: larger than 8,388,608 bytes',
    ],
  )
})

test('A-158 a FIFO that takes a file’s place before it is opened is not waited for', { skip: posix }, (t) => {
  const { path: root } = testFolder(t)
  execFileSync('mkfifo', [join(root, 'a.md')])
  assert.deepEqual(readFile({ name: 'notes', root, excluded: [] }, 'a.md', 100), {
    problem: 'not a regular file',
  })
})

test('A-158 a file that holds more than its size said is read to the limit', {
  skip: process.platform === 'linux' ? false : 'needs /proc, whose files say 0',
}, () => {
  const folder: Folder = { name: 'process', root: `/proc/${process.pid}`, excluded: [] }
  assert.equal(statSync(`${folder.root}/maps`).size, 0)
  assert.deepEqual(readFile(folder, 'maps', 1000), { problem: 'larger than 1,000 bytes' })
})

test('A-159 hidden files, keys, passwords, what tools install and our own data are never indexed', async (t) => {
  const secret = 'correct horse battery staple'
  const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}\n`
  const folder = testFolder(t, {
    'a.md': 'green tea',
    '.git/notes.md': secret,
    '.GIT/description': secret,
    '.env': secret,
    '.env.txt': secret,
    'prod.env': secret,
    'sub/.hidden.md': secret,
    '.ssh/readme.md': secret,
    id_rsa: secret,
    ID_ED25519: secret,
    'id_rsa.txt': secret,
    'server.pem': secret,
    'server.key': secret,
    'server.key.txt': secret,
    'node_modules/x/README.md': secret,
    'innocent.txt': key,
    'passwords.kdbx': secret,
  })
  const dataDir = join(folder.path, 'server data')
  mkdirSync(dataDir)
  writeFileSync(join(dataDir, 'notes.md'), secret)
  const corpus = await indexed(t, folder, { dataDir })
  folder.write('.env.md', secret)
  folder.write('sub/.git/b.md', secret)
  folder.write('server data/later.md', secret)
  folder.write('last.md', 'black tea')
  await becomes(async () => (await corpus.paths('black')).length === 1)
  assert.deepEqual(await corpus.paths(secret), [])
  assert.deepEqual((await corpus.list({ limit: 100 })).map(({ path }) => path).toSorted(), [
    'a.md',
    'last.md',
  ])
})

test('A-159 the index is readable by its owner alone', { skip: posix }, async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea' })
  await indexed(t, folder)
  assert.equal(statSync(folder.dataDir).mode & 0o777, 0o700)
  for (const name of ['corpus.db', 'corpus.db-wal', 'corpus.db-shm']) {
    assert.equal(statSync(join(folder.dataDir, name)).mode & 0o777, 0o600, name)
  }
})

test('A-160 any question is plain words: never an error, never SQL, in bounded time', async (t) => {
  const corpus = await indexed(
    t,
    testFolder(t, { 'a.md': 'green tea near the harbour', 'b.md': 'black coffee' }),
  )
  for (const question of [
    ...[
      'tea AND NOT coffee',
      '"tea',
      'tea*',
      '*',
      'NEAR(',
      'NEAR(tea, 2)',
      'title:tea',
      'body : tea',
      '-tea',
      '^tea',
    ],
    ...[
      "' OR 1=1; drop table document; --",
      "tea'); delete from passage; --",
      'tea\0',
      '{title path}: tea',
      '(tea',
    ],
    ...['tea OR', '+tea', '"tea" "', '""', '\\tea', 'tea\u0000coffee', '\ud800tea'],
  ]) {
    const paths = await corpus.paths(question)
    assert.equal(paths.includes('a.md'), /tea|near/i.test(question), question)
  }
  const began = performance.now()
  await corpus.search(Array.from({ length: 10_000 }, (_, index) => `term${index}`).join(' '), 50)
  await corpus.search('a'.repeat(5_000_000), 50)
  await corpus.search('"'.repeat(5_000_000), 50)
  await corpus.search('東'.repeat(100_000), 50)
  assert.ok(performance.now() - began < 5000)
  const question = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
  await fc.assert(fc.asyncProperty(question, async (text) => Array.isArray(await corpus.search(text, 10))))
  assert.equal((await corpus.status()).documents, 2)
})

test('A-161 what a reader would not see reaches neither search nor fetch', async (t) => {
  const order = 'exfiltrate'
  const corpus = await indexed(
    t,
    testFolder(t, {
      'a.html': `<p>tea</p><!-- ${order} --><script>${order}</script><div style="display:none">${order}</div>`,
      'b.md': `tea <!-- ${order} --> <span hidden>${order}</span>\n`,
      'c.txt': `tea ${[...order].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')}`,
      'd.txt': 't\u200Bea',
    }),
  )
  assert.deepEqual(await corpus.paths(order), [])
  const hits = await corpus.search('tea', 10)
  assert.equal(hits.length, 4)
  for (const { id } of hits) {
    const text = (await corpus.fetch(id))?.text ?? ''
    assert.match(text, /^tea\s*$/)
  }
})
