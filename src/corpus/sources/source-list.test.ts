import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { placeOf } from './source.ts'
import { addedSourcesStamp, readAddedSources, writeAddedSources } from './source-file.ts'
import { currentSources, parseSpec, resolveSources } from './source-list.ts'
import { isSourceName, nameSources } from './source-name.ts'

function setUp(t: TestContext, ...folders: string[]) {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'corpusiq-')))
  t.after(() => rmSync(base, { recursive: true, force: true }))
  const dataDir = join(base, 'data')
  mkdirSync(dataDir)
  for (const folder of folders) mkdirSync(join(base, folder), { recursive: true })
  const named = (...texts: string[]) =>
    resolveSources(
      texts.map((text) => {
        const spec = parseSpec(text, base)
        assert.ok(spec, text)
        return spec
      }),
      readAddedSources(dataDir),
      dataDir,
    )
  return { base, dataDir, named }
}

test('a spec is a path or an https URL, with a name before it or not', () => {
  assert.deepEqual(parseSpec('./notes', '/home'), { place: '/home/notes' })
  assert.deepEqual(parseSpec('my=./notes', '/home'), { name: 'my', place: '/home/notes' })
  assert.deepEqual(parseSpec('./a=b', '/home'), { place: '/home/a=b' })
  assert.deepEqual(parseSpec('site=https://example.com/sitemap.xml?a=b', '/'), {
    name: 'site',
    place: 'https://example.com/sitemap.xml?a=b',
  })
  for (const wrong of ['=./notes', 'a b=./notes', '.x=./notes', 'x=', `${'x'.repeat(41)}=./notes`]) {
    assert.equal(parseSpec(wrong, '/home'), undefined, wrong)
  }
})

test('folders and single files become sources with names of their own', (t) => {
  const { base, named } = setUp(t, 'My Notes', 'work/papers', 'home/papers')
  writeFileSync(join(base, 'todo.md'), '')
  const sources = named('My Notes', 'work/papers', 'home/papers', 'todo.md', 'all=.')
  assert.deepEqual(
    sources.map(({ name, kind, only }) => [name, kind, only]),
    [
      ['My-Notes', 'folder', undefined],
      ['work-papers', 'folder', undefined],
      ['home-papers', 'folder', undefined],
      ['todo.md', 'file', 'todo.md'],
      ['all', 'folder', undefined],
    ],
  )
  assert.deepEqual(sources.map(placeOf), [
    join(base, 'My Notes'),
    join(base, 'work/papers'),
    join(base, 'home/papers'),
    join(base, 'todo.md'),
    base,
  ])
})

test('a name that a source gets does not depend on the others’ order', (t) => {
  const { named } = setUp(t, 'work/papers', 'home/papers')
  const names = (...texts: string[]) =>
    Object.fromEntries(named(...texts).map((each) => [each.root, each.name]))
  assert.deepEqual(names('work/papers', 'home/papers'), names('home/papers', 'work/papers'))
})

test('the same place twice is one source, the same name twice is refused', (t) => {
  const { base, named } = setUp(t, 'notes', 'other')
  symlinkSync(join(base, 'notes'), join(base, 'alias'))
  assert.equal(named('notes', './notes/', 'alias').length, 1)
  assert.throws(
    () => named('x=notes', 'x=other'),
    /^Error: Two sources are called x: give one of them another name\.$/,
  )
})

test('added sources are kept whole in a file of their own, beside the settings’', (t) => {
  const { base, dataDir, named } = setUp(t, 'notes', 'papers')
  assert.deepEqual(readAddedSources(dataDir), [])
  const before = addedSourcesStamp(dataDir)
  const papers = { name: 'papers', place: join(base, 'papers') }
  writeAddedSources(dataDir, [papers, { name: 'later', place: join(base, 'unmounted') }])
  assert.notEqual(addedSourcesStamp(dataDir), before)
  const current = (isSample: boolean) =>
    currentSources({ dataDir, named: named('notes'), isSample }).map(({ name, added }) => [name, added])
  assert.deepEqual(current(false), [
    ['notes', false],
    ['papers', true],
    ['later', true],
  ])
  assert.deepEqual(current(true), [
    ['papers', true],
    ['later', true],
  ])
  // The settings' folder has the name by its path alone: the added one was there under that name before.
  writeAddedSources(dataDir, [{ name: 'notes', place: join(base, 'papers') }])
  assert.deepEqual(
    named('notes').map(({ name }) => name === 'notes'),
    [false],
  )
})

test('a broken file of added sources is told in one sentence', (t) => {
  const { dataDir } = setUp(t)
  for (const text of [
    '',
    '[]',
    '{"sources":{}}',
    '{"sources":[{"name":"../x","place":"/"}]}',
    '{"sources":[{"name":"x"}]}',
    '{"sources":[{"name":"x","place":"/a"},{"name":"x","place":"/b"}]}',
  ]) {
    writeFileSync(join(dataDir, 'sources.json'), text)
    assert.throws(() => readAddedSources(dataDir), /sources\.json is no list of sources: mend it/, text)
  }
})

test('A-159 neither the data directory nor a file in it nor a file of keys is ever a source', (t) => {
  const { base, dataDir, named } = setUp(t, 'notes', 'data/web')
  writeFileSync(join(dataDir, 'a.md'), '')
  writeFileSync(join(base, 'notes/.env'), '')
  symlinkSync(dataDir, join(base, 'alias'))
  for (const place of ['data', 'data/a.md', 'data/web', 'alias'])
    assert.throws(() => named(place), /is the data directory itself/, place)
  assert.throws(() => named('notes/.env'), /it is never served/)
  assert.deepEqual(named('.')[0]?.excluded, [dataDir])
})

test('whatever the places are called, names are safe, short and each their own', () => {
  const places = fc.array(
    fc.oneof(fc.webPath(), fc.string({ unit: 'binary' }), fc.constantFrom('/a/b', '/c/b', '/')),
  )
  fc.assert(
    fc.property(places, (list) => {
      const names = nameSources(
        list.map((place) => ({ place })),
        ['b', 'c-b'],
      ).map(({ name }) => name)
      for (const name of names) assert.ok(isSourceName(name), name)
      assert.equal(new Set([...names, 'b', 'c-b']).size, names.length + 2)
    }),
  )
})
