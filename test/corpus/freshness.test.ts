import assert from 'node:assert/strict'
import { linkSync, mkdirSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openCorpus } from '../../src/corpus/open.ts'
import { becomes, indexed, testFolder } from './folder.ts'

const finds = async (
  corpus: { paths(query: string): Promise<string[]> },
  query: string,
  ...paths: string[]
) => (await corpus.paths(query)).toSorted().join() === paths.toSorted().join()

test('a new file, a changed one and a deleted one are noticed while running', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea', 'b.md': 'black tea' })
  const corpus = await indexed(t, folder)
  const [gone] = await corpus.search('black', 1)
  folder.write('new/deep/c.md', 'white tea')
  await becomes(() => finds(corpus, 'white', 'new/deep/c.md'))
  folder.write('new/deep/d.md', 'yellow tea')
  await becomes(() => finds(corpus, 'yellow', 'new/deep/d.md'))
  folder.write('a.md', 'herbal infusion')
  await becomes(() => finds(corpus, 'infusion', 'a.md'))
  assert.deepEqual(await corpus.paths('green'), [])
  folder.remove('b.md')
  await becomes(() => finds(corpus, 'black'))
  assert.equal(await corpus.fetch(gone?.id ?? ''), undefined)
  assert.deepEqual((await corpus.list({ limit: 10 })).map(({ path }) => path).toSorted(), [
    'a.md',
    'new/deep/c.md',
    'new/deep/d.md',
  ])
})

test('folders moved in, moved within and deleted take their documents along', async (t) => {
  const folder = testFolder(t, { 'one/a.md': 'green tea', 'one/deep/b.md': 'black tea' })
  const corpus = await indexed(t, folder)
  renameSync(join(folder.path, 'one'), join(folder.path, 'two'))
  await becomes(() => finds(corpus, 'tea', 'two/a.md', 'two/deep/b.md'))
  // The watches have to follow: both where the folder is now and where another one takes its place.
  folder.write('two/deep/c.md', 'white tea')
  await becomes(() => finds(corpus, 'white', 'two/deep/c.md'))
  folder.write('one/deep/d.md', 'yellow tea')
  await becomes(() => finds(corpus, 'yellow', 'one/deep/d.md'))
  folder.write('one/deep/e.md', 'red tea')
  await becomes(() => finds(corpus, 'red', 'one/deep/e.md'))
  mkdirSync(join(folder.path, '../outside'))
  writeFileSync(join(folder.path, '../outside/f.md'), 'blue tea')
  renameSync(join(folder.path, '../outside'), join(folder.path, 'three'))
  await becomes(() => finds(corpus, 'blue', 'three/f.md'))
  folder.remove('two')
  await becomes(() => finds(corpus, 'tea', 'one/deep/d.md', 'one/deep/e.md', 'three/f.md'))
})

test('a folder that takes another’s place at once is watched in its stead', async (t) => {
  const folder = testFolder(t, { 'one/deep/a.md': 'green tea' })
  const corpus = await indexed(t, folder)
  renameSync(join(folder.path, 'one'), join(folder.path, 'two'))
  folder.write('one/deep/b.md', 'black tea')
  await becomes(() => finds(corpus, 'tea', 'one/deep/b.md', 'two/deep/a.md'))
  folder.write('one/deep/c.md', 'white tea')
  await becomes(() => finds(corpus, 'white', 'one/deep/c.md'))
})

test('a change of an ignore file takes effect at once, with all that stands below', async (t) => {
  const folder = testFolder(t, { 'a.md': 'tea', 'sub/deep/b.md': 'tea', 'sub/deep/c.txt': 'tea' })
  const corpus = await indexed(t, folder)
  folder.write('sub/.gitignore', '*.txt')
  await becomes(() => finds(corpus, 'tea', 'a.md', 'sub/deep/b.md'))
  folder.write('.gitignore', 'sub/')
  await becomes(() => finds(corpus, 'tea', 'a.md'))
  folder.write('.corpusiqignore', '!sub/')
  await becomes(() => finds(corpus, 'tea', 'a.md', 'sub/deep/b.md'))
  folder.remove('sub/.gitignore')
  await becomes(() => finds(corpus, 'tea', 'a.md', 'sub/deep/b.md', 'sub/deep/c.txt'))
  renameSync(join(folder.path, '.corpusiqignore'), join(folder.path, 'ignore.md'))
  await becomes(() => finds(corpus, 'tea', 'a.md'))
})

test('a file written aside and moved into place, as editors save', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea' })
  const corpus = await indexed(t, folder)
  for (const word of ['once', 'twice', 'thrice']) {
    folder.write('.a.md.swp', `saved ${word}`)
    renameSync(join(folder.path, '.a.md.swp'), join(folder.path, 'a.md'))
    await becomes(() => finds(corpus, word, 'a.md'))
  }
  assert.equal((await corpus.status()).documents, 1)
})

test('the scan every few minutes finds what no watch tells: a hard link’s other name', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea' })
  const outside = join(folder.path, '../other.md')
  linkSync(join(folder.path, 'a.md'), outside)
  const corpus = await indexed(t, folder, { rescan: 0.2 })
  writeFileSync(outside, 'black tea')
  await becomes(() => finds(corpus, 'black', 'a.md'))
})

test('a change that keeps size and time is found all the same', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea' })
  const file = join(folder.path, 'a.md')
  const { atime, mtime } = statSync(file)
  await (await indexed(t, folder)).close()
  writeFileSync(file, 'white tea')
  utimesSync(file, atime, mtime)
  const corpus = await indexed(t, folder)
  assert.deepEqual(await corpus.paths('white'), ['a.md'])
})

test('what changed while no server ran is known after the next start', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea', 'b.md': 'black tea', 'c.md': 'white tea' })
  const first = await indexed(t, folder)
  const [kept] = await first.search('white', 1)
  await first.close()
  folder.write('a.md', 'herbal infusion')
  folder.remove('b.md')
  folder.write('d.md', 'yellow tea')
  const second = await indexed(t, folder)
  assert.deepEqual((await second.paths('tea infusion')).toSorted(), ['a.md', 'c.md', 'd.md'])
  assert.deepEqual(await second.search('white', 1), [
    { ...kept, score: (await second.search('white', 1))[0]?.score },
  ])
})

test('ids are the same after a restart', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea', 'b/c.md': 'black tea' })
  const first = await indexed(t, folder)
  const ids = (await first.list({ limit: 10 })).map(({ id }) => id)
  await first.close()
  const second = await indexed(t, folder)
  assert.deepEqual(
    (await second.list({ limit: 10 })).map(({ id }) => id),
    ids,
  )
})

for (const others of [0, 1]) {
  test(`documents of a folder that is no longer served are gone from the first answer on (${others} kept)`, async (t) => {
    const one = testFolder(t, { 'a.md': 'private tea' })
    const two = testFolder(t, { 'b.md': 'public tea' })
    const kept = Array.from({ length: others }, () => testFolder(t, { 'c.md': 'public tea' }).path)
    await (await indexed(t, one, { folders: [one.path, ...kept] })).close()
    const corpus = await openCorpus({ folders: [two.path, ...kept], dataDir: one.dataDir, emit: () => {} })
    t.after(() => corpus.close())
    await becomes(async () => {
      const paths = (await corpus.search('tea', 10)).map(({ path }) => path)
      assert.ok(!paths.includes('a.md'))
      return paths.includes('b.md') && paths.length === 1 + others
    })
  })
}

test('a damaged index is made anew', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea' })
  await (await indexed(t, folder)).close()
  writeFileSync(join(folder.dataDir, 'corpus.db'), 'this is no database, whatever its name says'.repeat(200))
  const corpus = await indexed(t, folder)
  assert.deepEqual(await corpus.paths('green'), ['a.md'])
})
