import type { DatabaseSync } from 'node:sqlite'
import type { Extracted } from '../extract/extract.ts'
import { cutPassages } from '../ranking/passages.ts'
import { indexable } from '../ranking/words.ts'
import { writing } from './statement.ts'

/** The most passages that one document has: a passage's number is its document's times this plus its place. */
export const PASSAGES = 65_536

type Named = { readonly title: string; readonly path: string }

/** Documents' texts and the index of their words. */
export function openPassages(database: DatabaseSync) {
  const statements = {
    ofDocument: database.prepare(
      'select number, text from passage where number between ? and ? order by number',
    ),
    insert: writing(
      database,
      'insert into passage (number, start, heading, page, text) values (?, ?, ?, ?, ?)',
    ),
    insertWords: writing(database, 'insert into words (rowid, title, path, body) values (?, ?, ?, ?)'),
    remove: writing(database, 'delete from passage where number between ? and ?'),
    removeWords: writing(database, 'delete from words where rowid between ? and ?'),
  }
  const range = (document: number) => [document * PASSAGES, (document + 1) * PASSAGES - 1] as const

  return {
    add(document: number, path: string, { title, text, media_type, pages }: Extracted): void {
      const [first] = range(document)
      const titleWords = indexable(title)
      const pathWords = indexable(path)
      const passages = cutPassages(text, { headings: media_type === 'text/markdown', pages })
      for (const [index, { start, heading, page, text }] of passages.slice(0, PASSAGES).entries()) {
        statements.insert.run(first + index, start, heading, page ?? null, text)
        statements.insertWords.run(first + index, titleWords, pathWords, indexable(text))
      }
    },

    /** The words of the path are searched too: they change with it. */
    rename(document: number, { title, path }: Named): void {
      const titleWords = indexable(title)
      const pathWords = indexable(path)
      const rows = statements.ofDocument.all(...range(document))
      statements.removeWords.run(...range(document))
      for (const { number, text } of rows) {
        statements.insertWords.run(Number(number), titleWords, pathWords, indexable(String(text)))
      }
    },

    remove(document: number): void {
      statements.removeWords.run(...range(document))
      statements.remove.run(...range(document))
    },
  }
}
