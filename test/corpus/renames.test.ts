import assert from 'node:assert/strict'
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openIndex } from './index-of-folder.ts'

/** Files that were there for a while, so that their stamps prove something, and an index that knows them. */
async function setUp(t: TestContext, files: Readonly<Record<string, string>>) {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'corpusiq-')))
  t.after(() => rmSync(base, { recursive: true, force: true }))
  const root = join(base, 'notes')
  const at = (path: string) => join(root, path)
  const write = (path: string, content: string) => {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), content)
  }
  for (const [path, content] of Object.entries(files)) write(path, content)
  await pause(50)
  const index = openIndex(root, join(base, 'corpus.db'))
  t.after(() => index.close())
  await index.look()
  index.extracted.length = 0
  return { base, at, write, index, remove: (path: string) => rmSync(at(path), { recursive: true }) }
}

test('a renamed file keeps its id and number, and is not read again', async (t) => {
  const { at, index } = await setUp(t, { 'a.md': '# Tea\n\ngreen', 'b.md': '# Coffee\n\nblack' })
  const { 'a.md': id, 'b.md': other } = index.ids()
  renameSync(at('a.md'), at('renamed.md'))
  await pause(50)
  await index.look('a.md', 'renamed.md')
  assert.deepEqual(index.ids(), { 'b.md': other, 'renamed.md': id })
  assert.deepEqual(index.found('green'), ['renamed.md: # Tea\n\ngreen'])
  assert.deepEqual(index.found('renamed').length, 1, 'the words of the path changed with it')
  assert.deepEqual(index.extracted, [])
  assert.equal(await index.look(), 0)
})

test('told of its new path alone, a renamed file is known all the same', async (t) => {
  const { at, index } = await setUp(t, { 'a.md': '# Tea\n\ngreen' })
  const { 'a.md': id } = index.ids()
  renameSync(at('a.md'), at('b.md'))
  await index.look('b.md')
  assert.deepEqual(index.ids(), { 'b.md': id })
})

test('told of its old path first, a renamed file is gone at once and comes back with its id and number', async (t) => {
  const { at, index } = await setUp(t, { 'a.md': '# Tea\n\ngreen', 'b.md': '# Coffee' })
  const { 'a.md': id } = index.ids()
  renameSync(at('a.md'), at('c.md'))
  await index.look('a.md')
  assert.deepEqual(index.found('green'), [])
  await index.look('c.md')
  assert.equal(index.ids()['c.md'], id)
})

test('a moved folder of 1,000 files keeps every id, and none is read or indexed again', async (t) => {
  const files = Array.from({ length: 1000 }, (_, number) => [
    `one/${number % 10}/${number}.md`,
    `plain text ${number}`,
  ])
  const { at, index } = await setUp(t, Object.fromEntries(files))
  const before = index.ids()
  renameSync(at('one'), at('two'))
  await index.look('one', 'two')
  assert.deepEqual(
    index.ids(),
    Object.fromEntries(Object.entries(before).map(([path, id]) => [path.replace('one', 'two'), id])),
  )
  assert.deepEqual(index.extracted, [])
})

test('a renamed file whose title was its name gets the new name for a title, under its old id', async (t) => {
  const { at, index } = await setUp(t, { 'first.md': 'green tea', 'second.txt': 'black tea' })
  const ids = index.ids()
  renameSync(at('first.md'), at('third.md'))
  renameSync(at('second.txt'), at('fourth.md'))
  await index.look()
  assert.deepEqual(
    index.documents().map(({ path, title }) => `${path}: ${title}`),
    ['fourth.md: fourth', 'third.md: third'],
  )
  assert.deepEqual(index.ids(), { 'third.md': ids['first.md'], 'fourth.md': ids['second.txt'] })
})

test('a new file at the path of a renamed one gets another id', async (t) => {
  const { at, index, write } = await setUp(t, { 'a.md': '# Tea\n\ngreen' })
  const { 'a.md': id } = index.ids()
  renameSync(at('a.md'), at('b.md'))
  await index.look()
  write('a.md', '# Coffee')
  await index.look()
  const ids = index.ids()
  assert.equal(ids['b.md'], id)
  assert.notEqual(ids['a.md']?.split(' ')[0], id?.split(' ')[0])
  assert.match(ids['a.md'] ?? '', /^[A-Za-z0-9_-]{1,64} \d+$/)
})

test('a file that is deleted and written again, as some editors save, keeps its id', async (t) => {
  const { index, write, remove } = await setUp(t, { 'a.md': 'green', 'b.md': 'other' })
  const ids = index.ids()
  remove('a.md')
  await index.look()
  assert.deepEqual(Object.keys(index.ids()), ['b.md'])
  write('a.md', 'quite another text')
  await index.look()
  assert.deepEqual(index.ids(), ids)
})

test('a file that is moved by copying keeps its id; a copy beside it gets its own', async (t) => {
  const { at, index, remove } = await setUp(t, { 'a.md': '# Tea\n\ngreen' })
  const { 'a.md': id } = index.ids()
  copyFileSync(at('a.md'), at('copy.md'))
  await index.look()
  assert.notEqual(index.ids()['copy.md'], id)
  copyFileSync(at('a.md'), at('moved.md'))
  remove('a.md')
  await index.look()
  assert.equal(index.ids()['moved.md'], id)
})

test('another name for the same file (a hard link) gets a document of its own', async (t) => {
  const { at, index } = await setUp(t, { 'a.md': '# Tea\n\ngreen' })
  const { 'a.md': id } = index.ids()
  linkSync(at('a.md'), at('b.md'))
  await index.look('b.md')
  assert.equal(index.ids()['a.md'], id)
  assert.deepEqual(Object.keys(index.ids()), ['a.md', 'b.md'])
})

test('what is gone is gone at once, before anything new is read', async (t) => {
  const { index, remove, write } = await setUp(t, { 'a.md': 'green' })
  remove('a.md')
  write('b.md', 'other')
  await index.survey()
  assert.deepEqual(index.documents(), [])
})

test('a file that changes while it is being read is known by its last content, whichever comes first', async (t) => {
  const { index, write } = await setUp(t, { 'z.md': 'other' })
  write('a.md', 'earlier')
  await index.survey()
  const goOn = index.readSlowly()
  write('a.md', 'the later text')
  const looking = index.look()
  setTimeout(goOn, 100)
  await looking
  assert.deepEqual(index.found('later'), ['a.md: the later text'])
  assert.deepEqual(index.found('earlier'), [])
})

test('empty files are not taken for one another', async (t) => {
  const { index, write, remove } = await setUp(t, { 'a.md': '' })
  const { 'a.md': id } = index.ids()
  remove('a.md')
  await index.look()
  write('b.md', '')
  await index.look()
  assert.notEqual(index.ids()['b.md'], id)
})

test('renaming while no server runs keeps the id', async (t) => {
  const { at, index } = await setUp(t, { 'one/a.md': '# Tea\n\ngreen' })
  const { 'one/a.md': id } = index.ids()
  renameSync(at('one'), at('two'))
  index.restart()
  await index.look()
  assert.deepEqual(index.ids(), { 'two/a.md': id })
  assert.deepEqual(index.extracted, [])
})

test('a file renamed and changed within the same size is read again, whatever its times say', async (t) => {
  const { at, index, write } = await setUp(t, { 'a.md': '# Tea\n\ngreen' })
  write('b.md', '# Tea\n\nwhite')
  rmSync(at('a.md'))
  await index.look()
  assert.deepEqual(index.found('white'), ['b.md: # Tea\n\nwhite'])
  assert.deepEqual(index.extracted, ['b.md'])
})

test('ids outlive an index of another version, and renames in between', async (t) => {
  const { at, index, base, write } = await setUp(t, { 'a.md': '# Tea\n\ngreen', 'b.md': '# Coffee' })
  renameSync(at('a.md'), at('c.md'))
  await index.look()
  const ids = Object.entries(index.ids()).map(([path, id]) => [path, id.split(' ')[0]])
  index.run('pragma user_version = 1')
  index.restart()
  write('b.md', '# Coffee, changed meanwhile')
  assert.deepEqual(index.ids(), {})
  await index.look()
  assert.deepEqual(
    Object.entries(index.ids()).map(([path, id]) => [path, id.split(' ')[0]]),
    ids,
  )
  assert.ok(readFileSync(join(base, 'corpus.db')).length > 0)
})
