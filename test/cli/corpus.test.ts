/** `corpusiq corpus …`: beside a running server, and without one. */
import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startServer } from '../support/running-server.ts'
import { corpusiq, emptyDirectory } from './program.ts'

const listed = async (data: readonly string[]) =>
  JSON.parse((await corpusiq(['corpus', 'list', '--json', ...data])).output) as {
    name: string
    documents: number
    from: string
    place: string
  }[]

test('corpus add and remove take effect in a running server; list, status and problems say what is there', async (t) => {
  const directory = await emptyDirectory(t)
  const folder = join(directory, 'papers')
  mkdirSync(folder)
  writeFileSync(join(folder, 'a.md'), 'green tea')
  writeFileSync(join(folder, 'broken.md'), 'a\0b')
  writeFileSync(join(folder, 'program'), Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1))
  await using server = await startServer()
  const data = ['--data-dir', server.dataDir]

  const added = await corpusiq(['corpus', 'add', folder, ...data])
  assert.equal(added.code, 0, added.errors)
  assert.match(added.output, /^Added papers: .*papers\. A running server serves it within two seconds/)
  await server.says(/Corpus: broken\.md: not text/)
  for (let turn = 0; turn < 40; turn++) {
    if ((await listed(data)).some(({ name, documents }) => name === 'papers' && documents === 1)) break
  }
  const rows = await listed(data)
  assert.deepEqual(
    rows.map(({ name, from }) => [name, from]),
    [
      ['notes', 'settings'],
      ['papers', 'corpusiq corpus add'],
    ],
  )
  assert.equal(rows[1]?.documents, 1)
  assert.match(
    (await corpusiq(['corpus', 'list', ...data])).output,
    /papers +folder +1 +1 +corpusiq corpus add/,
  )

  const problems = await corpusiq(['corpus', 'problems', ...data])
  assert.match(problems.output, /papers +broken\.md +not text/)
  const status = await corpusiq(['corpus', 'status', ...data])
  assert.match(status.output, /papers +2 +1 +0 +0 +0 +1 +\d{4}-/, 'what is no document is not counted')
  assert.match(status.output, /A server is running; its indexing gave its last sign of life \d+ s ago/)

  const reindexed = await corpusiq(['corpus', 'reindex', 'papers', ...data])
  assert.match(reindexed.output, /^Asked for papers: /)

  assert.equal((await corpusiq(['corpus', 'remove', 'papers', ...data])).code, 0)
  for (let turn = 0; turn < 40 && (await listed(data)).length > 1; turn++);
  assert.deepEqual(
    (await listed(data)).map(({ name }) => name),
    ['notes'],
  )
})

/** Makes a process one that the system allows no watch, in all of its threads. */
const WATCHLESS = `data:text/javascript,${encodeURIComponent(`
  import fs from 'node:fs'
  import { syncBuiltinESMExports } from 'node:module'
  fs.watch = () => { throw Object.assign(new Error('no space left'), { code: 'ENOSPC' }) }
  syncBuiltinESMExports()`)}`

test('where the system allows no more watches, log and status say so, and a new file is found all the same', async (t) => {
  const folder = await emptyDirectory(t)
  writeFileSync(join(folder, 'a.md'), 'green tea')
  await using server = await startServer({ folder, node: ['--import', WATCHLESS] })
  const data = ['--data-dir', server.dataDir]
  const why = /changes are noticed late, by scans alone: the system allows no more watches \(fs\.inotify/
  await server.says(why)
  const { output } = await corpusiq(['corpus', 'status', ...data])
  assert.match(output, new RegExp(`^[\\w-]+: ${why.source}`, 'm'))
  const { sources } = JSON.parse((await corpusiq(['corpus', 'status', '--json', ...data])).output)
  assert.match(sources[0].late, why)

  writeFileSync(join(folder, 'b.md'), 'black tea')
  for (let turn = 0; turn < 60 && (await listed(data))[0]?.documents !== 2; turn++);
  assert.equal((await listed(data))[0]?.documents, 2)
})

test('corpus commands without a server: what is added before the first start, and what changed since the last', async (t) => {
  const directory = await emptyDirectory(t)
  const dataDir = join(directory, 'data')
  const data = ['--data-dir', dataDir]
  const folder = join(directory, 'notes')
  mkdirSync(folder)
  for (const name of ['kept', 'changed', 'deleted']) writeFileSync(join(folder, `${name}.md`), `${name} tea`)
  assert.equal((await corpusiq(['corpus', 'add', folder, ...data])).code, 0)
  assert.deepEqual(
    (await listed(data)).map(({ name, documents }) => [name, documents]),
    [['notes', 0]],
  )
  await using server = await startServer({ dataDir, args: [] })
  await server.says(/Corpus indexed/)
  await server.stop()

  appendFileSync(join(folder, 'changed.md'), ' and more')
  rmSync(join(folder, 'deleted.md'))
  writeFileSync(join(folder, 'new.md'), 'new tea')
  const { output } = await corpusiq(['corpus', 'status', '--json', ...data])
  const { sources, running } = JSON.parse(output)
  const { scanned_at, ...counts } = sources.find(({ name }: { name: string }) => name.startsWith('notes'))
  assert.deepEqual(counts, {
    ...{ name: counts.name, kind: 'folder' },
    ...{ on_disk: 3, up_to_date: 1, stale: 1, missing: 1, gone: 1, problems: 0 },
  })
  assert.ok(scanned_at > 1_000_000_000)
  assert.equal(running, false, 'it ended in order a moment ago')
})

test('sources that are added and removed at the same moment are all added and removed', async (t) => {
  const directory = await emptyDirectory(t)
  const data = ['--data-dir', join(directory, 'data')]
  const folders = Array.from({ length: 6 }, (_, index) => join(directory, `${index}`, 'notes'))
  for (const folder of folders) mkdirSync(folder, { recursive: true })
  const run = async (args: readonly string[]) => {
    const { code, errors } = await corpusiq(['corpus', ...args, ...data])
    assert.equal(code, 0, errors)
  }
  const names = async () => (await listed(data)).map(({ name }) => name)

  await Promise.all(folders.map((folder) => run(['add', folder])))
  assert.deepEqual((await listed(data)).map(({ place }) => place).toSorted(), folders)
  const [first = '', second = '', third = '', ...kept] = await names()

  await Promise.all([first, second, third].map((name) => run(['remove', name])))
  assert.deepEqual(await names(), kept)
})

test('corpus commands that cannot be done say so in one line', async (t) => {
  const directory = await emptyDirectory(t)
  const data = ['--data-dir', join(directory, 'data')]
  const env = { CORPUSIQ_CORPUS: `named=${directory}` }
  const folder = join(directory, 'notes')
  mkdirSync(folder)
  const refused = async (...args: string[]) => {
    const { code, errors } = await corpusiq(['corpus', ...args, ...data], { env })
    assert.equal(code, 1, args.join(' '))
    assert.match(errors, /^corpusiq: [^\n]+\n$/)
    return errors
  }
  assert.match(await refused('add', join(directory, 'nowhere')), /does not exist/)
  assert.match(await refused('add', join(directory, 'data')), /is the data directory itself/)
  assert.match(await refused('add', folder, '--name', '../x'), /is no name for a source/)
  assert.match(await refused('add', folder, '--name', 'named'), /There is a source named already/)
  assert.match(await refused('add', directory), /is served already, as named/)
  assert.match(await refused('add', 'http://example.com/sitemap.xml'), /is not https/)
  assert.match(await refused('add', 'https://'), /is no URL/)
  const secret = await refused('add', 'https://maria:geheim@example.com/sitemap.xml')
  assert.match(secret, /at example\.com has a user name or password in its URL/)
  assert.doesNotMatch(secret, /geheim/)
  assert.match(
    await refused('add', `papers=${folder}`),
    /A name is given by --name\. Example: corpusiq corpus add \S+notes --name papers/,
  )
  assert.match(await refused('remove', 'named'), /is named by CORPUSIQ_CORPUS/)
  assert.match(await refused('remove', 'nobody'), /There is no source nobody/)
  assert.match(await refused('reindex'), /There is no index in/)
  assert.match(
    (await corpusiq(['corpus', 'problems', ...data], { env })).output,
    /^Nothing has been read yet/,
  )
})
