import assert from 'node:assert/strict'
import { closeSync, openSync, statSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { becomes, indexed, type TestFolder, testFolder } from './folder.ts'

const PAGE = 4096

/** A folder of some hundred documents, and its index as one file. */
async function served(t: TestContext): Promise<TestFolder & { readonly file: string }> {
  const folder = testFolder(t)
  for (let number = 0; number < 300; number++) {
    folder.write(`note ${number}.md`, `# Note ${number}\n\n${`word${number} of tea and more. `.repeat(20)}\n`)
  }
  await (await indexed(t, folder)).close()
  const file = join(folder.dataDir, 'corpus.db')
  const database = new DatabaseSync(file)
  database.exec('pragma wal_checkpoint(truncate)')
  database.close()
  return { ...folder, file }
}

/** Overwrites pages but the first, which says what the file is. */
function overwrite(file: string, isHit: (page: number) => boolean): void {
  const pages = Math.floor(statSync(file).size / PAGE)
  const opened = openSync(file, 'r+')
  for (let page = 1; page < pages; page++) {
    if (isHit(page)) writeSync(opened, Buffer.alloc(PAGE, 0xa5), 0, PAGE, page * PAGE)
  }
  closeSync(opened)
}

/** Where the rows of a table begin, as a page that counts from 0. */
function rootOf(file: string, name: string): number {
  const database = new DatabaseSync(file, { readOnly: true })
  const row = database.prepare('select rootpage from sqlite_schema where name = ?').get(name)
  database.close()
  return Number(row?.rootpage) - 1
}

async function isMadeAnew(t: TestContext, folder: TestFolder): Promise<void> {
  const corpus = await indexed(t, folder)
  await becomes(async () => {
    const found = await corpus.paths('word123').catch(() => [])
    return found[0] === 'note 123.md' && (await corpus.status()).documents === 300
  })
  const reasons = corpus.events.flatMap((event) => (event.type === 'corpus.problem' ? [event.reason] : []))
  assert.deepEqual(
    reasons.filter((reason) => reason.includes('made anew')),
    ['the index is damaged and is made anew'],
  )
  // Each thread that met the damage says so once: none runs into it again and again.
  assert.ok(reasons.length <= 3, reasons.join('\n'))
  assert.equal((await corpus.list({ limit: 1000 })).length, 300)
}

for (const table of ['document', 'passage', 'segment', 'segment_chunk']) {
  test(`A-188 an index whose table ${table} is damaged is told of and made anew`, async (t) => {
    const folder = await served(t)
    const root = rootOf(folder.file, table)
    overwrite(folder.file, (page) => page === root)
    await isMadeAnew(t, folder)
  })
}

test('A-188 an index that is cut off while the server runs is told of and made anew', async (t) => {
  const folder = testFolder(t)
  for (let number = 0; number < 300; number++) {
    folder.write(`note ${number}.md`, `# Note ${number}\n\n${`word${number} of tea and more. `.repeat(20)}\n`)
  }
  const corpus = await indexed(t, folder)
  const database = new DatabaseSync(join(folder.dataDir, 'corpus.db'))
  database.exec('pragma wal_checkpoint(truncate)')
  database.close()
  truncateSync(join(folder.dataDir, 'corpus.db'), PAGE * 2)
  folder.write('new.md', 'white tea')
  await becomes(async () => {
    const found = await corpus.paths('word123').catch(() => [])
    return found[0] === 'note 123.md' && (await corpus.list({ limit: 1000 })).length === 301
  })
  assert.deepEqual(await corpus.paths('white'), ['new.md'])
  assert.ok(corpus.told().some(({ reason }) => reason === 'the index is damaged and is made anew'))
})
