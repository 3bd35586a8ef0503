import type { DatabaseSync } from 'node:sqlite'
import { documentId } from '../document-id.ts'
import type { Extracted } from '../extract/extract.ts'
import { cutPassages } from '../ranking/passages.ts'
import { indexable } from '../ranking/words.ts'
import type { FileContent } from '../sources/folder.ts'

/** The most passages that one document has: a passage's number is its document's times this plus its place. */
export const PASSAGES = 65_536

/** What the index knows of a file: a document, or (`digest` undefined) why there is none. */
export type Known = { readonly stamp: string; readonly digest: string | undefined }

export type Catalogue = ReturnType<typeof openCatalogue>

/** The writer's side of the index: verbs to be called within `commit`. */
export function openCatalogue(database: DatabaseSync) {
  // Writing words moves SQLite's last row id beyond JavaScript's whole numbers, which `run` would fail to report.
  const write = (sql: string) => {
    const statement = database.prepare(sql)
    statement.setReadBigInts(true)
    return statement
  }
  const statements = {
    documents: database.prepare('select path, stamp, digest from document where source = ?'),
    problems: database.prepare('select path, stamp from problem where source = ?'),
    numberOf: database.prepare('select number from document where source = ? and path = ?'),
    insert: write(
      `insert into document (id, source, path, title, media_type, bytes, modified, stamp, digest)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    touch: write('update document set stamp = ?, modified = ? where source = ? and path = ?'),
    insertPassage: write('insert into passage (number, start, heading, page, text) values (?, ?, ?, ?, ?)'),
    insertWords: write('insert into words (rowid, title, path, body) values (?, ?, ?, ?)'),
    removeDocument: write('delete from document where number = ?'),
    removePassages: write('delete from passage where number between ? and ?'),
    removeWords: write('delete from words where rowid between ? and ?'),
    removeProblem: write('delete from problem where source = ? and path = ?'),
    insertProblem: write('insert or replace into problem (source, path, stamp, reason) values (?, ?, ?, ?)'),
    insertSource: write('insert or replace into source (name, root) values (?, ?)'),
    removeSource: write('delete from source where name = ?'),
    ofSource: database.prepare('select path from document where source = ?'),
    removeProblems: write('delete from problem where source = ?'),
    count: database.prepare('select count(*) as count from document'),
  }

  const removeDocument = (source: string, path: string) => {
    const row = statements.numberOf.get(source, path)
    if (!row) return
    const number = Number(row.number)
    const first = number * PASSAGES
    statements.removeWords.run(first, first + PASSAGES - 1)
    statements.removePassages.run(first, first + PASSAGES - 1)
    statements.removeDocument.run(number)
  }

  return {
    /** Every file of the source that was met before. */
    known(source: string): Map<string, Known> {
      const known = new Map<string, Known>()
      for (const row of statements.documents.iterate(source)) {
        known.set(String(row.path), { stamp: String(row.stamp), digest: String(row.digest) })
      }
      for (const row of statements.problems.iterate(source)) {
        known.set(String(row.path), { stamp: String(row.stamp), digest: undefined })
      }
      return known
    },

    put(source: string, path: string, content: FileContent, digest: string, extracted: Extracted): void {
      removeDocument(source, path)
      statements.removeProblem.run(source, path)
      const { title, media_type, text, pages } = extracted
      const { lastInsertRowid } = statements.insert.run(
        ...[documentId(source, path), source, path, title, media_type],
        ...[content.bytes.byteLength, content.modified, content.stamp, digest],
      )
      const first = Number(lastInsertRowid) * PASSAGES
      const titleWords = indexable(title)
      const pathWords = indexable(path)
      const passages = cutPassages(text, { headings: media_type === 'text/markdown', pages })
      for (const [index, { start, heading, page, text }] of passages.slice(0, PASSAGES).entries()) {
        statements.insertPassage.run(first + index, start, heading, page ?? null, text)
        statements.insertWords.run(first + index, titleWords, pathWords, indexable(text))
      }
    },

    /** The file's content is as before, its stamp is not. */
    touch(source: string, path: string, content: FileContent): void {
      statements.touch.run(content.stamp, content.modified, source, path)
    },

    remove(source: string, path: string): void {
      removeDocument(source, path)
      statements.removeProblem.run(source, path)
    },

    problem(source: string, path: string, stamp: string, reason: string): void {
      removeDocument(source, path)
      statements.insertProblem.run(source, path, stamp, reason)
    },

    addSource(name: string, root: string): void {
      statements.insertSource.run(name, root)
    },

    /** The source with all that came from it. */
    removeSource(name: string): void {
      for (const { path } of statements.ofSource.all(name)) removeDocument(name, String(path))
      statements.removeProblems.run(name)
      statements.removeSource.run(name)
    },

    count: () => Number(statements.count.get()?.count),

    /** Runs `work` in one transaction: all of it is in the index, or nothing. */
    commit(work: () => void): void {
      database.exec('begin immediate')
      try {
        work()
        database.exec('commit')
      } catch (fault) {
        if (database.isTransaction) database.exec('rollback')
        throw fault
      }
    },
  }
}
