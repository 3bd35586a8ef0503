import type { DatabaseSync } from 'node:sqlite'
import { createAnalyser } from '../ranking/analysed-document.ts'
import { MOST_PASSAGES, type PreparedDocument } from '../ranking/prepared-document.ts'
import { openSegments } from './segments.ts'

/** A passage's number: its document's times the most that one has, plus its place. */
export function numberOf(document: number, passage: number): number {
  return document * MOST_PASSAGES + passage
}

/** The numbers that a document's passages may have: the first, and the last. */
export function numbersOf(document: number): [first: number, last: number] {
  return [numberOf(document, 0), numberOf(document + 1, 0) - 1]
}

/** The document that the passage of this number belongs to. */
export function documentOf(number: number): number {
  return Math.floor(number / MOST_PASSAGES)
}

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

  return {
    add(document: number, { passages, analysed }: PreparedDocument): void {
      words.add(document, analysed)
      for (const [index, { start, heading, page, text }] of passages.entries()) {
        statements.insert.run(numberOf(document, index), start, heading, page ?? null, text)
      }
    },

    /** The words of the path are searched too: they change with it. */
    rename(document: number, { title, path }: Named): void {
      const passages = statements.ofDocument
        .all(...numbersOf(document))
        .map(({ heading, text }) => ({ heading: String(heading), text: String(text) }))
      analyse ??= createAnalyser()
      words.remove(document)
      words.add(document, analyse({ title, path, passages }))
    },

    remove(document: number): void {
      words.remove(document)
      statements.remove.run(...numbersOf(document))
    },

    /** The last of a transaction. */
    flush: words.flush,
    /** After a transaction that was rolled back. */
    forget: words.forget,
    tend: words.tend,
  }
}
