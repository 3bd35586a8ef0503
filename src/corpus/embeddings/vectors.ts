import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { inTransaction, isDamaged, makePrivate, removeDatabase, versionOf } from '../sqlite.ts'
import type { Quantised } from './quantise.ts'

const VERSION = 1

/**
 * Apart from the index, which is made anew whenever its own form changes: what was embedded once costs nothing again. A
 * vector belongs to a text, by its digest, and a model; `passage` says which passage of the index has which text.
 */
const TABLES = `
create table document (
  number integer primary key,
  digest text not null
) strict;
create table passage (
  number integer primary key,
  digest blob not null
) strict;
create index passage_digest on passage (digest);
create table vector (
  digest blob not null,
  model text not null,
  scale real not null,
  numbers blob not null,
  unique (digest, model)
) strict;
create table origin (
  one integer primary key check (one = 1),
  version integer not null
) strict;
`

/** The text that stands for a passage: what it says, under the name of the document that says it. */
export function embeddedText(title: string, text: string): string {
  return `${title}\n\n${text.trim()}`
}

/** Of an embedded text. */
export function textDigest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest().subarray(0, 16)
}

/** A text that has no vector of the model yet, by one of the passages that have it. */
export type Pending = { readonly digest: Uint8Array; readonly passage: number }

export type Vectors = ReturnType<typeof openVectors>

/** The file's one writer. Made anew where it is broken or of another version. */
export function openVectors(file: string) {
  const database = openDatabase(file)
  const statements = {
    documents: database.prepare('select number, digest from document'),
    putDocument: database.prepare('insert or replace into document values (?, ?)'),
    removeDocument: database.prepare('delete from document where number = ?'),
    putPassage: database.prepare('insert or replace into passage values (?, ?)'),
    removePassages: database.prepare('delete from passage where number between ? and ?'),
    pending: database.prepare(
      `select digest, min(number) as passage from passage
       where not exists (select 1 from vector where vector.digest = passage.digest and model = ?)
       group by digest limit ?`,
    ),
    count: database.prepare(
      `select count(distinct digest) as texts,
         (select count(*) from vector where model = ?) as vectors
       from passage`,
    ),
    put: database.prepare('insert or replace into vector values (?, ?, ?, ?)'),
    length: database.prepare('select max(length(numbers)) as length from vector where model = ?'),
    forget: database.prepare('delete from vector where digest not in (select digest from passage)'),
    origin: database.prepare('select version from origin'),
    setOrigin: database.prepare('insert or replace into origin values (1, ?)'),
  }

  return {
    /** The documents whose passages are known, with the digest that each had then. */
    documents: () =>
      new Map(statements.documents.all().map(({ number, digest }) => [Number(number), String(digest)])),

    /** What is known of passages holds for an index of this version alone. */
    ofIndex(version: number): void {
      if (Number(statements.origin.get()?.version) === version) return
      database.exec('delete from document; delete from passage')
      statements.setOrigin.run(version)
    },

    /** The passages of a document, all of them, by number. */
    putDocument(
      number: number,
      digest: string,
      range: readonly [number, number],
      passages: readonly { number: number; digest: Uint8Array }[],
    ): void {
      statements.removePassages.run(...range)
      for (const passage of passages) statements.putPassage.run(passage.number, passage.digest)
      statements.putDocument.run(number, digest)
    },

    removeDocument(number: number, range: readonly [number, number]): void {
      statements.removePassages.run(...range)
      statements.removeDocument.run(number)
    },

    pending: (model: string, most: number): Pending[] =>
      statements.pending
        .all(model, most)
        .map(({ digest, passage }) => ({ digest: digest as Uint8Array, passage: Number(passage) })),

    /** How many numbers the model's vectors have; undefined before the first. */
    length(model: string): number | undefined {
      return Number(statements.length.get(model)?.length) || undefined
    },

    /** `vector` undefined: the model has none for this text, and is not asked again. */
    put(digest: Uint8Array, model: string, vector: Quantised | undefined): void {
      statements.put.run(digest, model, vector?.scale ?? 0, vector?.numbers ?? new Uint8Array())
    },

    /** Vectors of texts that no passage has any more go, of whatever model. */
    forget: () => Number(statements.forget.run().changes),

    count(model: string): { texts: number; vectors: number } {
      const row = statements.count.get(model)
      return { texts: Number(row?.texts), vectors: Number(row?.vectors) }
    },

    commit: (work: () => void) => inTransaction(database, work),

    close: () => database.close(),
  }
}

function openDatabase(file: string): DatabaseSync {
  try {
    return prepared(file)
  } catch (fault) {
    if (!isDamaged(fault)) throw fault
    removeDatabase(file)
    return prepared(file)
  }
}

function prepared(file: string): DatabaseSync {
  makePrivate(file)
  const database = new DatabaseSync(file, { timeout: 10_000 })
  database.exec('pragma journal_mode = wal; pragma synchronous = normal')
  if (versionOf(database) === VERSION) return database
  const tables = database.prepare("select name from sqlite_schema where type = 'table'").all()
  for (const { name } of tables) database.exec(`drop table "${String(name)}"`)
  database.exec(`begin immediate; ${TABLES} pragma user_version = ${VERSION}; commit`)
  return database
}
