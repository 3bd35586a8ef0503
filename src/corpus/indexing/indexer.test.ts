import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openAnswers } from '../answering/answers.ts'
import { createExtraction } from '../extracting/prepared-extraction.ts'
import { openCatalogue } from '../index/catalogue.ts'
import { openDatabase, prepareDatabase } from '../index/database.ts'
import type { Source } from '../sources/source.ts'
import { createIndexer } from './indexer.ts'

const EVERYTHING = new Set([''])

/** Until the files' times are of a past step of the clock, so that their stamps prove something. */
const aged = () => new Promise((resolve) => setTimeout(resolve, 50))

/** An indexer whose watch tells nothing, so that all it knows comes of looking. */
function setUp(t: TestContext, files: Readonly<Record<string, string>>) {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'corpusiq-')))
  t.after(() => rmSync(base, { recursive: true, force: true }))
  const root = join(base, 'notes')
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  for (const [path, content] of Object.entries(files)) write(path, content)
  const folder: Source = { name: 'notes', kind: 'folder', root, excluded: [], added: false }
  const file = join(base, 'corpus.db')
  prepareDatabase(file, [folder])
  const database = openDatabase(file)
  t.after(() => database.close())
  const problems: string[] = []
  const open = () =>
    createIndexer({
      folder,
      catalogue: openCatalogue(database),
      watch: { cover: () => {}, keepOnly: () => {} },
      report: (path, reason) => problems.push(`${path}: ${reason}`),
      limit: 1000,
      extract: createExtraction(),
      stopped: () => false,
      wake: () => {},
    })
  const answers = openAnswers(database)
  const paths = (query: string) => answers.search(query, 50).map(({ path }) => path)
  return { base, root, write, open, problems, paths, database }
}

test('a second look writes nothing, nor does the first after a restart', async (t) => {
  const { open } = setUp(t, { 'a.md': 'green tea', 'b.md': 'black tea', 'broken.md': 'a\0b' })
  await aged()
  const indexer = open()
  assert.equal(await indexer.reconcile(EVERYTHING), 3)
  assert.equal(await indexer.reconcile(EVERYTHING), 0)
  assert.equal(await open().reconcile(EVERYTHING), 0)
})

test('what cannot be read is told once, until it changes', async (t) => {
  const { open, problems, write, paths } = setUp(t, { 'broken.md': 'a\0b' })
  const indexer = open()
  await indexer.reconcile(EVERYTHING)
  await indexer.reconcile(EVERYTHING)
  assert.deepEqual(problems, ['broken.md: not text'])
  write('broken.md', 'mended')
  await indexer.reconcile(EVERYTHING)
  assert.deepEqual(paths('mended'), ['broken.md'])
  write('broken.md', 'a\0b')
  await indexer.reconcile(EVERYTHING)
  assert.deepEqual(paths('mended'), [])
  assert.equal(problems.length, 2)
})

test('a file that was touched but not changed keeps its document', async (t) => {
  const { open, root, database } = setUp(t, { 'a.md': 'green tea' })
  const indexer = open()
  await indexer.reconcile(EVERYTHING)
  const passages = () => database.prepare('select total_changes() as changes').get()?.changes
  utimesSync(join(root, 'a.md'), 1_000_000_000, 1_000_000_000)
  await aged()
  const before = Number(passages())
  assert.equal(await indexer.reconcile(EVERYTHING), 1)
  assert.equal(Number(passages()) - before, 1)
  assert.equal(database.prepare('select modified from document').get()?.modified, '2001-09-09T01:46:40.000Z')
})

test('only what was asked for is looked at, with all that is below', async (t) => {
  const { open, root, write, paths } = setUp(t, { 'a.md': 'tea', 'sub/b.md': 'tea', 'sub2/c.md': 'tea' })
  const indexer = open()
  await indexer.reconcile(EVERYTHING)
  write('a.md', 'coffee')
  write('sub/new.md', 'coffee')
  rmSync(join(root, 'sub/b.md'))
  rmSync(join(root, 'sub2'), { recursive: true })
  assert.equal(await indexer.reconcile(new Set(['sub'])), 2)
  assert.deepEqual(paths('coffee'), ['sub/new.md'])
  assert.deepEqual(paths('tea').toSorted(), ['a.md', 'sub2/c.md'])
  assert.equal(await indexer.reconcile(new Set(['sub2/c.md', 'a.md', 'never.md'])), 2)
  assert.deepEqual(paths('tea'), [])
})

test('a folder that cannot be listed now keeps its documents', {
  skip: process.platform === 'win32' ? 'needs POSIX rights' : false,
}, async (t) => {
  const { base, open, root, paths, problems } = setUp(t, { 'a.md': 'tea', 'sub/b.md': 'tea' })
  const indexer = open()
  await indexer.reconcile(EVERYTHING)
  chmodSync(base, 0o755)
  chmodSync(join(root, 'sub'), 0o000)
  rmSync(join(root, 'a.md'))
  const isRoot = process.getuid?.() === 0
  // Root may list anything; anybody else may not.
  if (isRoot) process.seteuid?.(65_534)
  try {
    await indexer.reconcile(EVERYTHING)
  } finally {
    if (isRoot) process.seteuid?.(0)
    chmodSync(join(root, 'sub'), 0o755)
  }
  assert.deepEqual(paths('tea'), ['sub/b.md'])
  assert.deepEqual(problems, ['sub: cannot be read: EACCES'])
})
