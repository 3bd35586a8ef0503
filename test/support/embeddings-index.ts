/** As much of an index as embedding reads: documents of passages. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { numberOf, numbersOf } from '../../src/corpus/index/passages.ts'

export function indexUnderTest(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'corpusiq-'))
  const file = join(folder, 'corpus.db')
  const writer = new DatabaseSync(file)
  writer.exec(`pragma journal_mode = wal; pragma user_version = 1;
    create table document (number integer primary key, title text not null, digest text not null);
    create table passage (number integer primary key, text text not null)`)
  const reader = new DatabaseSync(file, { readOnly: true })
  t.after(() => {
    reader.close()
    writer.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const remove = (number: number) => {
    writer.prepare('delete from document where number = ?').run(number)
    writer.prepare('delete from passage where number between ? and ?').run(...numbersOf(number))
  }
  return {
    folder,
    file,
    writer,
    reader,
    remove,
    put(number: number, title: string, ...texts: string[]) {
      remove(number)
      writer.prepare('insert into document values (?, ?, ?)').run(number, title, texts.join('\0'))
      for (const [at, text] of texts.entries()) {
        writer.prepare('insert into passage values (?, ?)').run(numberOf(number, at), text)
      }
    },
  }
}
