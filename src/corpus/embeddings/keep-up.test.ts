import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { meaning } from '../../../test/support/embeddings-endpoint.ts'
import { indexUnderTest } from '../../../test/support/embeddings-index.ts'
import { type Embedder, EmbedFault } from './embedder.ts'
import { createKeepUp } from './keep-up.ts'
import { openNearDocuments } from './near-documents.ts'
import { openNearest } from './nearest.ts'
import { quantise } from './quantise.ts'
import { openVectors } from './vectors.ts'

function setUp(t: TestContext) {
  const index = indexUnderTest(t)
  const file = join(index.folder, 'vectors.db')
  const vectors = openVectors(file)
  t.after(() => vectors.close())
  const asked: string[] = []
  const waits: number[] = []
  const reports: string[] = []
  const scene = {
    length: 8,
    batch: 4,
    /** Takes the place of an answer. */
    instead: undefined as ((texts: readonly string[]) => EmbedFault | undefined) | undefined,
  }
  const embedder: Embedder = {
    get batch() {
      return scene.batch
    },
    async embed(texts) {
      const fault = scene.instead?.(texts)
      if (fault) return fault
      asked.push(...texts)
      return texts.map((text) => Float32Array.from(meaning(text, scene.length)))
    },
  }
  const ending = new AbortController()
  const keepUp = (model = 'm') =>
    createKeepUp({
      index: index.reader,
      vectors,
      embedder,
      model,
      report: (reason) => reports.push(reason),
      wait: async (seconds) => {
        waits.push(seconds)
      },
      signal: ending.signal,
    })
  let time = 0
  const nearest = openNearest(file, 'm', () => time)
  t.after(() => nearest.close())
  const near = openNearDocuments(index.reader, nearest)
  return {
    ...index,
    vectors,
    asked,
    waits,
    reports,
    scene,
    keepUp,
    async all(model?: string) {
      const { step } = keepUp(model)
      while (await step());
    },
    find(question: string, allowed?: ReadonlySet<number>) {
      const vector = quantise(Float32Array.from(meaning(question, scene.length)))
      assert.ok(vector)
      time += 60_000
      return near(vector, 10, allowed).map(({ document, passage }) => `${document}#${passage}`)
    },
    nearest,
  }
}

test('each passage gets a vector, and what is like a question is found without a word in common', async (t) => {
  const { put, all, find, asked, vectors } = setUp(t)
  put(1, 'One', 'A car.', 'A dog.')
  put(2, 'Two', 'A house.')
  put(3, 'Three', '  ', 'Some tea.')
  await all()
  assert.deepEqual(asked.toSorted(), [
    'One\n\nA car.',
    'One\n\nA dog.',
    'Three\n\nSome tea.',
    'Two\n\nA house.',
  ])
  assert.equal(find('automobile')[0], '1#0')
  assert.equal(find('hound')[0], '1#1')
  assert.equal(find('brew')[0], '3#1')
  assert.equal(find('automobile', new Set([2, 3])).includes('1#0'), false)
  assert.equal(new Set(find('automobile').map((one) => one.split('#')[0])).size, find('automobile').length)
  assert.deepEqual(vectors.count('m'), { texts: 4, vectors: 4 })
})

test('what has not changed is never embedded twice: not by a restart, a change elsewhere, a copy, or another model and back', async (t) => {
  const { put, all, asked } = setUp(t)
  put(1, 'One', 'A car.', 'A dog.')
  await all()
  await all()
  assert.equal(asked.length, 2)
  put(1, 'One', 'New.', 'A car.', 'A dog.')
  put(2, 'One', 'A car.')
  await all()
  assert.deepEqual(asked.slice(2), ['One\n\nNew.'])
  await all('other')
  assert.equal(asked.length, 6)
  await all()
  assert.equal(asked.length, 6)
})

test('an index that is made anew finds its vectors again', async (t) => {
  const { put, all, asked, writer, find, remove } = setUp(t)
  put(1, 'One', 'A car.')
  await all()
  remove(1)
  writer.exec('pragma user_version = 2')
  put(7, 'One', 'A car.')
  await all()
  assert.equal(asked.length, 1)
  assert.deepEqual(find('automobile'), ['7#0'])
})

test('a text that changed or went is not found by its old vector, not even before it is embedded', async (t) => {
  const { put, remove, all, find } = setUp(t)
  put(1, 'One', 'A car.')
  put(2, 'Two', 'A vehicle.')
  put(3, 'Three', 'An automobile.')
  await all()
  assert.equal(find('car').length, 3)
  put(1, 'One', 'A dog.')
  remove(2)
  assert.deepEqual(find('car'), ['3#0'])
  await all()
  assert.equal(find('hound')[0], '1#0')
})

test('an index of another form may cut a document otherwise, though the document is the same', async (t) => {
  const { put, all, writer, find } = setUp(t)
  put(1, 'One', 'A car.', 'A dog.')
  await all()
  writer.exec("pragma user_version = 2; update passage set text = 'A car. A dog.' where number = 65536")
  writer.exec('delete from passage where number = 65537')
  await all()
  assert.deepEqual(find('hound'), ['1#0'])
})

test('a document that became shorter leaves nothing of its end', async (t) => {
  const { put, all, vectors } = setUp(t)
  put(1, 'One', 'A car.', 'A dog.', 'Some tea.')
  await all()
  put(1, 'One', 'A car.')
  await all()
  assert.deepEqual(vectors.count('m'), { texts: 1, vectors: 1 })
})

test('vectors of texts that are gone go', async (t) => {
  const { put, remove, all, vectors } = setUp(t)
  put(1, 'One', 'A car.')
  put(2, 'Two', 'A dog.')
  await all()
  remove(1)
  await all()
  assert.deepEqual(vectors.count('m'), { texts: 1, vectors: 1 })
})

test('an embedder that fails is asked ever more seldom, is told of once, and what waited is embedded', async (t) => {
  const { put, keepUp, waits, reports, scene, vectors } = setUp(t)
  put(1, 'One', 'A car.')
  let failures = 12
  scene.instead = () => (failures-- > 0 ? new EmbedFault('away', 'answered 500') : undefined)
  const { step } = keepUp()
  while (await step());
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
  assert.equal(reports.length, 2)
  assert.match(reports[0] ?? '', /^answered 500/)
  assert.equal(vectors.count('m').vectors, 1)
})

test('RFC 9110 §10.2.3 an embedder that says how long to wait is left alone as long', async (t) => {
  const { put, keepUp, waits, scene } = setUp(t)
  put(1, 'One', 'A car.')
  let failures = 1
  scene.instead = () => (failures-- > 0 ? new EmbedFault('away', 'answered 429', 90) : undefined)
  const { step } = keepUp()
  while (await step());
  assert.deepEqual(waits, [90])
})

test('a text that the embedder refuses is left out, the others of its batch are not', async (t) => {
  const { put, all, scene, asked, find } = setUp(t)
  put(1, 'One', 'A car.', 'BAD', 'A dog.', 'A house.')
  scene.instead = (texts) =>
    texts.some((text) => text.includes('BAD')) ? new EmbedFault('input', 'answered 400') : undefined
  await all()
  assert.equal(asked.length, 3)
  assert.deepEqual(find('hound'), ['1#2'])
  scene.instead = undefined
  await all()
  assert.equal(asked.length, 3, 'it is not asked again')
})

test('a vector of another length than those before is no vector of this model', async (t) => {
  const { put, keepUp, scene, reports, waits, vectors } = setUp(t)
  put(1, 'One', 'A car.')
  const { step } = keepUp()
  while (await step());
  scene.length = 9
  put(2, 'Two', 'A dog.')
  await step()
  assert.deepEqual(reports, [
    'gives 9 numbers where it gave 8; until it answers, search goes on by words alone',
  ])
  assert.deepEqual(waits, [300])
  assert.equal(vectors.count('m').vectors, 1)
})

test('a question whose vector has another length finds nothing', async (t) => {
  const { put, all, scene, find } = setUp(t)
  put(1, 'One', 'A car.')
  await all()
  scene.length = 9
  assert.deepEqual(find('car'), [])
})

test('vectors of another model are not scanned', async (t) => {
  const { put, all, find } = setUp(t)
  put(1, 'One', 'A car.')
  await all('other')
  assert.deepEqual(find('car'), [])
  await all('m')
  assert.deepEqual(find('car'), ['1#0'])
})

test('a file of vectors that is broken is made anew', async (t) => {
  const { folder } = indexUnderTest(t)
  const file = join(folder, 'broken.db')
  writeFileSync(file, 'no database at all, but long enough to be looked at'.repeat(100))
  const vectors = openVectors(file)
  assert.deepEqual(vectors.pending('m', 1), [])
  vectors.close()
  const old = new DatabaseSync(file)
  old.exec('pragma user_version = 99; drop table vector; create table other (a)')
  old.close()
  const again = openVectors(file)
  assert.deepEqual(again.count('m'), { texts: 0, vectors: 0 })
  again.close()
})

test('the nearest are exact, in order, as many as asked for', async (t) => {
  const { vectors, nearest, put, all } = setUp(t)
  for (let number = 1; number <= 50; number++)
    put(number, 'T', `${'tea '.repeat(number)} ${'dog '.repeat(51 - number)}`)
  await all()
  const question = quantise(Float32Array.from(meaning('tea', 8)))
  assert.ok(question)
  const found = nearest.find(question, 5)
  assert.deepEqual(
    found.map(({ passage }) => passage / 65_536),
    [50, 49, 48, 47, 46],
  )
  assert.ok(found.every(({ score }, at) => at === 0 || score <= (found[at - 1]?.score ?? 0)))
  assert.equal(nearest.find(question, 100).length, 50)
  assert.deepEqual(nearest.find(question, 0), [])
  assert.equal(vectors.length('m'), 8)
})
