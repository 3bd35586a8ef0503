import assert from 'node:assert/strict'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { openIndexView } from '../../src/corpus/index/view.ts'
import { lastBeat } from '../../src/corpus/indexing/heartbeat.ts'
import { writeAddedSources } from '../../src/corpus/sources/source-file.ts'
import { becomes, indexed, testFolder } from './folder.ts'

test('a source that is added while the server runs is served, and gone once it is removed', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea' })
  const other = testFolder(t, { 'b.md': 'black tea', 'sub/c.md': 'white tea' })
  const corpus = await indexed(t, folder)
  writeAddedSources(folder.dataDir, [{ name: 'other', place: other.path }])
  await becomes(async () => (await corpus.paths('tea')).toSorted().join() === 'a.md,b.md,sub/c.md')
  other.write('d.md', 'yellow tea')
  await becomes(async () => (await corpus.paths('yellow')).join() === 'd.md')
  const { sources } = await corpus.status()
  assert.deepEqual(
    sources.map(({ name, kind, documents }) => [name, kind, documents]),
    [
      ['notes', 'folder', 1],
      ['other', 'folder', 3],
    ],
  )
  const [hit] = await corpus.search('white', 1)
  assert.equal(hit?.collection, 'other')
  writeAddedSources(folder.dataDir, [])
  await becomes(async () => (await corpus.paths('tea')).join() === 'a.md')
  assert.equal(await corpus.fetch(hit.id), undefined)
})

test('what was added is there after the next start, and takes the sample’s place', async (t) => {
  const folder = testFolder(t, { 'a.md': 'sample tea' })
  const other = testFolder(t, { 'b.md': 'black tea' })
  const corpus = await indexed(t, folder, { isSample: true })
  assert.deepEqual(await corpus.paths('tea'), ['a.md'])
  writeAddedSources(folder.dataDir, [{ name: 'mine', place: other.path }])
  await becomes(async () => (await corpus.paths('tea')).join() === 'b.md')
  await corpus.close()
  const again = await indexed(t, folder, { isSample: true })
  assert.deepEqual(await again.paths('tea'), ['b.md'])
})

test('a broken file of added sources is told, and changes nothing', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea' })
  const corpus = await indexed(t, folder)
  writeFileSync(join(folder.dataDir, 'sources.json'), '{"sources":')
  await becomes(() => corpus.told().some(({ reason }) => reason.includes('is no list of sources')))
  folder.write('b.md', 'black tea')
  await becomes(async () => (await corpus.paths('tea')).toSorted().join() === 'a.md,b.md')
})

test('a single file is served alone, and followed as editors save it', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea', 'b.md': 'black tea' })
  const file = join(folder.path, 'a.md')
  const corpus = await indexed(t, folder, { folders: [file] })
  assert.deepEqual(await corpus.paths('tea'), ['a.md'])
  writeFileSync(join(folder.path, '.a.md.new'), 'white tea')
  renameSync(join(folder.path, '.a.md.new'), file)
  await becomes(async () => (await corpus.paths('white')).join() === 'a.md')
  folder.write('c.md', 'yellow tea')
  folder.remove('a.md')
  await becomes(async () => (await corpus.paths('tea')).length === 0)
  folder.write('a.md', 'red tea')
  await becomes(async () => (await corpus.paths('tea')).join() === 'a.md')
})

test('a name before a folder is its collection; A-157 links still lead nowhere', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea' })
  const corpus = await indexed(t, folder, { folders: [`library=${folder.path}`] })
  assert.equal((await corpus.search('tea', 1))[0]?.collection, 'library')
})

test('a folder that was not there yet is served once it is', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea' })
  const corpus = await indexed(t, folder)
  const later = join(dirname(folder.path), 'drive')
  writeAddedSources(folder.dataDir, [{ name: 'drive', place: later }])
  await becomes(() => corpus.told().some(({ reason }) => reason.startsWith('it is gone')))
  mkdirSync(later)
  writeFileSync(join(later, 'b.md'), 'black tea')
  await becomes(async () => (await corpus.paths('tea')).toSorted().join() === 'a.md,b.md')
})

test('who asks for a new index from another process gets every file read again, and its document stays', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea', 'b.md': 'black tea' })
  const corpus = await indexed(t, folder)
  const rounds = () => corpus.events.filter(({ type }) => type === 'corpus.indexed').length
  const before = await corpus.list({ limit: 10 })
  const began = rounds()
  const view = openIndexView(join(folder.dataDir, 'corpus.db'), { toAsk: true })
  assert.ok(view)
  const stamps = view.files('notes')
  view.requestReindex('notes')
  await becomes(() => rounds() > began)
  assert.deepEqual(await corpus.list({ limit: 10 }), before)
  assert.deepEqual([...view.files('notes').keys()], [...stamps.keys()])
  view.close()
})

test('the indexing thread shows signs of life, to its server and to other processes', async (t) => {
  const folder = testFolder(t, { 'a.md': 'green tea' })
  const corpus = await indexed(t, folder)
  await becomes(async () => (await corpus.status()).alive_at !== undefined)
  const { alive_at = 0 } = await corpus.status()
  await becomes(async () => Number((await corpus.status()).alive_at) > alive_at)
  assert.ok(Number(lastBeat(folder.dataDir)) >= alive_at - 60)
})

test('while the first indexing runs it is told how far it is', async (t) => {
  const folder = testFolder(t)
  for (let index = 0; index < 1500; index++) folder.write(`${index % 9}/${index}.md`, 'a note. '.repeat(100))
  const seen: { documents: number; pending: number; of: number | undefined }[] = []
  const opening = indexed(t, folder)
  const corpus = await opening
  folder.write('more/0.md', 'last')
  // Enough to read for some seconds: how far it is, is told once a second.
  for (let index = 1; index < 1500; index++) folder.write(`more/${index}.md`, `note ${index} `.repeat(4000))
  await becomes(async () => {
    const { documents, pending } = await corpus.status()
    seen.push({ documents, pending, of: corpus.freshness().progress?.of })
    return documents === 3000 && pending === 0
  })
  assert.ok(seen.some(({ pending }) => pending > 0))
})
