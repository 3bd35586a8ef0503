import type { DatabaseSync } from 'node:sqlite'
import { createAnalyser } from '../ranking/analysed-document.ts'
import { MOST_PASSAGES, type PreparedDocument } from '../ranking/prepared-document.ts'
import { openSegments } from './segments.ts'

/** A passage's number is its document's times this plus its place. */
export const PASSAGES = MOST_PASSAGES

type Named = { readonly title: string; readonly path: string }

/** Documents' texts and the index of their words. */
export function openPassages(database: DatabaseSync) {
  const statements = {
    ofDocument: database.prepare(
      'select heading, text from passage where number between ? and ? order by number',
    ),
    insert: database.prepare(
      'insert into passage (number, start, heading, page, text) values (?, ?, ?, ?, ?)',
    ),
    remove: database.prepare('delete from passage where number between ? and ?'),
  }
  const words = openSegments(database)
  let analyse: ReturnType<typeof createAnalyser> | undefined
  const range = (document: number) => [document * PASSAGES, (document + 1) * PASSAGES - 1] as const

  return {
    add(document: number, { passages, analysed }: PreparedDocument): void {
      const [first] = range(document)
      words.add(document, analysed)
      for (const [index, { start, heading, page, text }] of passages.entries()) {
        statements.insert.run(first + index, start, heading, page ?? null, text)
      }
    },

    /** The words of the path are searched too: they change with it. */
    rename(document: number, { title, path }: Named): void {
      const passages = statements.ofDocument
        .all(...range(document))
        .map(({ heading, text }) => ({ heading: String(heading), text: String(text) }))
      analyse ??= createAnalyser()
      words.remove(document)
      words.add(document, analyse({ title, path, passages }))
    },

    remove(document: number): void {
      words.remove(document)
      statements.remove.run(...range(document))
    },

    /** The last of a transaction. */
    flush: words.flush,
    /** After a transaction that was rolled back. */
    forget: words.forget,
    tend: words.tend,
  }
}
