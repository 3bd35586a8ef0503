import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openSegmentRows } from '../../src/corpus/index/segment-rows.ts'
import { readPostings } from '../../src/corpus/segments/postings.ts'
import { indexed, type TestFolder, testFolder } from './folder.ts'

const CHILD = fileURLToPath(new URL('./indexing-process.ts', import.meta.url))
const FILES = 2000

test('kill -9 while indexing leaves an index that is whole, and the next start completes it', async (t) => {
  const folder = testFolder(t)
  for (let index = 0; index < FILES; index++) {
    folder.write(
      `${index % 30}/${index}.md`,
      `# Note ${index}\n\nword${index % 7} ${'tea and more tea. '.repeat(100)}`,
    )
  }
  let midst = 0
  for (const enough of [1, 200, 500, 1000, 1600]) {
    const { stdout, signal } = spawnSync(
      process.execPath,
      [CHILD, folder.path, folder.dataDir, String(enough)],
      {
        encoding: 'utf8',
      },
    )
    assert.equal(signal, 'SIGKILL')
    const [documents = '', indexing] = stdout.trim().split(' ')
    assert.ok(Number(documents) >= enough)
    if (indexing === 'true') midst += 1
    assertWhole(folder, Number(documents))
  }
  assert.ok(midst >= 1, 'never killed in the midst')

  const corpus = await indexed(t, folder)
  const fresh = await indexed(t, folder, { dataDir: join(folder.dataDir, 'fresh') })
  assert.equal((await corpus.status()).documents, FILES)
  for (const query of ['tea', 'word3', 'note 1234']) {
    assert.deepEqual(
      (await corpus.paths(query)).toSorted().length,
      (await fresh.paths(query)).toSorted().length,
    )
  }
  const all = async (of: typeof corpus) => (await of.list({ limit: 1000 })).map(({ id }) => id)
  assert.deepEqual(await all(corpus), await all(fresh))
})

/** Looks at a copy, so that the looking mends nothing. */
function assertWhole(folder: TestFolder, atLeast: number): void {
  const copy = join(folder.dataDir, 'copy.db')
  for (const ending of ['', '-wal'].filter((end) => existsSync(join(folder.dataDir, `corpus.db${end}`))))
    copyFileSync(join(folder.dataDir, `corpus.db${ending}`), copy + ending)
  const database = new DatabaseSync(copy)
  const one = (sql: string) => Object.values(database.prepare(sql).get() ?? {})[0]
  assert.equal(one('pragma integrity_check'), 'ok')
  assert.ok(Number(one('select count(*) from document')) >= atLeast)
  const documents = 'select number from document'
  const ofPassages = 'select distinct number / 65536 from passage'
  for (const [some, others] of [
    [documents, ofPassages],
    [ofPassages, documents],
  ]) {
    assert.equal(one(`select count(*) from (${some} except ${others})`), 0)
  }
  const passages = database
    .prepare('select number from passage')
    .all()
    .map(({ number }) => Number(number))
  assert.deepEqual(
    passagesOfWords(database),
    passages.toSorted((a, b) => a - b),
  )
  database.close()
}

/** The numbers of all passages that the index of words holds. Every byte of it is read on the way. */
function passagesOfWords(database: DatabaseSync): number[] {
  const rows = openSegmentRows(database)
  const deleted = rows.deleted()
  const numbers: number[] = []
  for (const id of rows.ids()) {
    const { documents, terms, postings } = rows.read(id)
    const cursor = terms.from(new Uint8Array())
    while (cursor.next()) {
      const { offset, size, count } = cursor.entry()
      readPostings(postings(offset, size), count)
    }
    const gone = deleted.get(id)?.passages
    let place = 0
    for (const [passage, document] of documents.entries()) {
      place = documents[passage - 1] === document ? place + 1 : 0
      if (gone && (gone[passage >>> 3] ?? 0) & (1 << (passage & 7))) continue
      numbers.push(document * 65_536 + place)
    }
  }
  return numbers.sort((a, b) => a - b)
}
