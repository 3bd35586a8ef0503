import type { DatabaseSync } from 'node:sqlite'
import { systemClock } from '../../ops/clock.ts'
import type { ExtractedDocument } from '../extracting/prepared-extraction.ts'
import type { Stamp } from '../sources/stamp.ts'
import { inTransaction } from '../sqlite.ts'
import { openIds } from './ids.ts'
import { openPassages } from './passages.ts'
import { openSources } from './sources.ts'

/** What the index knows of a document, for whoever compares it with the disk. */
export type KnownDocument = {
  readonly number: number
  readonly id: string
  readonly path: string
  readonly title: string
  readonly stamp: Stamp
  readonly identity: string
  readonly digest: string
}

/** What is kept of a file beside its text. */
export type FileFacts = {
  readonly size: number
  readonly stamp: Stamp
  readonly identity: string
  /** ISO 8601. */
  readonly modified: string
}

export type Catalogue = ReturnType<typeof openCatalogue>

/** The writer's side of the index: verbs to be called within `commit`. */
export function openCatalogue(database: DatabaseSync) {
  const columns = 'number, id, path, title, stamp, identity, digest'
  const statements = {
    documents: database.prepare('select path, stamp from document where source = ?'),
    problems: database.prepare('select path, stamp from problem where source = ?'),
    problem: database.prepare('select reason from problem where source = ? and path = ?'),
    find: database.prepare(`select ${columns} from document where source = ? and path = ?`),
    ofIdentity: database.prepare(`select ${columns} from document where identity = ? and source = ?`),
    ofSource: database.prepare(`select ${columns} from document where source = ? limit ?`),
    insert:
      database.prepare(`insert into document (number, id, source, path, origin, title, media_type, bytes, modified, stamp, identity, digest)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    update:
      database.prepare(`update document set origin = ?, title = ?, media_type = ?, bytes = ?, modified = ?, stamp = ?, identity = ?, digest = ?
       where number = ?`),
    touch: database.prepare(
      'update document set stamp = ?, identity = ?, modified = ? where source = ? and path = ?',
    ),
    move: database.prepare('update document set path = ?, stamp = ? where number = ?'),
    removeDocument: database.prepare('delete from document where number = ?'),
    removeProblem: database.prepare('delete from problem where source = ? and path = ?'),
    insertProblem: database.prepare(
      'insert or replace into problem (source, path, stamp, reason, told) values (?, ?, ?, ?, ?)',
    ),
    removeProblems: database.prepare('delete from problem where source = ?'),
    count: database.prepare('select count(*) as count from document'),
  }
  const ids = openIds(database)
  const passages = openPassages(database)
  const sources = openSources(database)

  const find = (source: string, path: string) => knownOf(statements.find.get(source, path))

  const removeDocument = (document: KnownDocument) => {
    passages.remove(document.number)
    statements.removeDocument.run(document.number)
  }

  /** The document goes, its id is remembered. */
  const depart = (source: string, path: string) => {
    const document = find(source, path)
    if (!document) return
    removeDocument(document)
    ids.depart(document.id, source, path, document.digest, document.number)
  }

  return {
    /** Every file of the source that was met before, document or problem, with the stamp that it had. */
    known(source: string): Map<string, Stamp> {
      const known = new Map<string, Stamp>()
      for (const { path, stamp } of statements.documents.iterate(source))
        known.set(String(path), String(stamp))
      for (const { path, stamp } of statements.problems.iterate(source))
        known.set(String(path), String(stamp))
      return known
    },

    find,

    /** The source's documents that were drawn from this very file, whatever it was called. */
    ofIdentity: (source: string, identity: string) =>
      statements.ofIdentity.all(identity, source).flatMap((row) => knownOf(row) ?? []),

    /** Why there is no document of the file, if that is known. */
    problemOf(source: string, path: string): string | undefined {
      const reason = statements.problem.get(source, path)?.reason
      return reason === undefined ? undefined : String(reason)
    },

    /** New or changed: the document keeps number and id, or gets back those that it had before it went. */
    put(
      source: string,
      path: string,
      content: FileFacts,
      digest: string,
      extracted: ExtractedDocument,
      origin?: string,
    ): void {
      statements.removeProblem.run(source, path)
      const { title, media_type } = extracted
      const values = [
        ...[title, media_type, content.size, content.modified],
        ...[content.stamp, content.identity, digest],
      ]
      let number = find(source, path)?.number
      if (number === undefined) {
        const { id, number: before } = ids.take(source, path, digest)
        const { lastInsertRowid } = statements.insert.run(
          before ?? null,
          ...[id, source, path, origin ?? null, ...values],
        )
        number = Number(lastInsertRowid)
      } else {
        statements.update.run(origin ?? null, ...values, number)
        passages.remove(number)
      }
      passages.add(number, extracted)
    },

    /** The file's content is as before, its stamp is not. */
    touch(source: string, path: string, content: Omit<FileFacts, 'size'>): void {
      statements.touch.run(content.stamp, content.identity, content.modified, source, path)
    },

    /** The file is called otherwise, and nothing else has changed. */
    move(document: KnownDocument, path: string, stamp: Stamp): void {
      statements.move.run(path, stamp, document.number)
      passages.rename(document.number, { title: document.title, path })
    },

    remove(source: string, path: string): void {
      depart(source, path)
      statements.removeProblem.run(source, path)
    },

    /** There is no document of the file, and why. `told`: whether a person is to hear of it. */
    problem(source: string, path: string, stamp: Stamp, reason: string, told: boolean): void {
      depart(source, path)
      statements.insertProblem.run(source, path, stamp, reason, told ? 1 : 0)
    },

    sources: sources.all,
    addSource: sources.add,
    scanned: sources.scanned,
    reindexRequests: sources.reindexRequests,
    forgetStamps: sources.forgetStamps,
    counts: sources.counts,

    /** Some of the source's documents go, for good; how many. The source itself goes with the last. */
    removeSome(source: string, most: number): number {
      const documents = statements.ofSource.all(source, most).flatMap((row) => knownOf(row) ?? [])
      for (const document of documents) removeDocument(document)
      if (documents.length < most) {
        statements.removeProblems.run(source)
        sources.remove(source)
        ids.forget(source)
      }
      return documents.length
    },

    /** The source with all that came from it. */
    removeSource(source: string): void {
      while (this.removeSome(source, 1000) > 0);
    },

    depart: ids.depart,

    /** Forgets the ids of what has been gone for long. */
    tidy: () => ids.tidy(systemClock()),

    count: () => Number(statements.count.get()?.count),

    /** Merges parts of the index of words for about so many milliseconds; true where more is to be done; less where `isBusy`. */
    tend: passages.tend,

    /** Runs `work` in one transaction: all of it is in the index, or nothing. */
    commit(work: () => void): void {
      try {
        inTransaction(database, () => {
          work()
          passages.flush()
        })
      } catch (fault) {
        passages.forget()
        throw fault
      }
    },
  }
}

function knownOf(row: Record<string, unknown> | undefined): KnownDocument | undefined {
  if (!row) return undefined
  return {
    number: Number(row.number),
    id: String(row.id),
    path: String(row.path),
    title: String(row.title),
    stamp: String(row.stamp),
    identity: String(row.identity),
    digest: String(row.digest),
  }
}
