import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isSameSource, type Source } from '../sources/source.ts'
import { isDamaged, makePrivate, removeDatabase, versionOf } from '../sqlite.ts'
import { openCatalogue } from './catalogue.ts'
import { SEGMENT_TABLES } from './segment-tables.ts'

/** The index's file in the data directory. */
export const INDEX = 'corpus.db'

/** Counts up with every change of tables, extraction or analysis: an index of another version is made anew. */
export const INDEX_VERSION = 6

/**
 * A document's text stands in its passages, whose numbers (`numberOf`) hold its own: the index of
 * words (`segment-tables.ts`) needs no other link. A number is
 * never given to another document. `departed` remembers the ids of documents that are gone, and nothing of their text.
 */
const TABLES = `
create table source (
  name text primary key,
  kind text not null,
  root text not null,
  only text,
  url text,
  added integer not null,
  scanned_at integer,
  reindex integer not null default 0
) strict;
create table document (
  number integer primary key autoincrement,
  id text not null unique,
  source text not null,
  path text not null,
  origin text,
  title text not null,
  media_type text not null,
  bytes integer not null,
  modified text not null,
  stamp text not null,
  identity text not null,
  digest text not null,
  unique (source, path)
) strict;
create index document_identity on document (identity);
create table departed (
  id text primary key,
  number integer,
  source text not null,
  path text not null,
  digest text not null,
  departed_at integer not null
) strict, without rowid;
create index departed_path on departed (source, path);
create index departed_digest on departed (digest);
create table passage (
  number integer primary key,
  start integer not null,
  heading text not null,
  page integer,
  text text not null
) strict;
create table problem (
  source text not null,
  path text not null,
  stamp text not null,
  reason text not null,
  told integer not null,
  primary key (source, path)
) strict, without rowid;
${SEGMENT_TABLES}`

/** An id that an index of another version gave, and what it stood for. */
type EarlierId = {
  readonly id: string
  readonly source: string
  readonly path: string
  readonly digest: string
}

/**
 * Makes the index's file ready for its readers and its one writer: readable by the owner alone, of this version, and
 * without a document of sources that are no longer served. One that is damaged or of no use is made anew, since the
 * sources hold all that it knows; but for the ids, which outlive a change of version. Returns what is found at once, and
 * whether the file was damaged.
 */
export function prepareDatabase(
  file: string,
  sources: readonly Source[],
): { documents: number; wasDamaged: boolean } {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  try {
    return { documents: prepare(file, sources), wasDamaged: false }
  } catch (fault) {
    const wasDamaged = isDamaged(fault)
    if (!(fault instanceof Useless || wasDamaged)) throw fault
    removeDatabase(file)
    return { documents: prepare(file, sources, fault instanceof Useless ? fault.ids : []), wasDamaged }
  }
}

function prepare(file: string, sources: readonly Source[], ids: readonly EarlierId[] = []): number {
  makePrivate(file)
  const database = openDatabase(file)
  try {
    const version = versionOf(database)
    const tables = database.prepare('select count(*) as count from sqlite_schema').get()?.count
    if (version === 0 && tables === 0) {
      database.exec('pragma journal_mode = wal')
      database.exec(`begin immediate; ${TABLES} pragma user_version = ${INDEX_VERSION}; commit`)
      rememberIds(database, ids)
    } else if (version !== INDEX_VERSION) throw new Useless(earlierIds(database, sources))
    keepSources(database, sources)
    return openCatalogue(database).count()
  } finally {
    database.close()
  }
}

/** Drops what comes from sources that are no longer served, or that stand elsewhere under the same name. */
function keepSources(database: DatabaseSync, sources: readonly Source[]): void {
  const catalogue = openCatalogue(database)
  const before = catalogue.sources()
  const isKept = (row: Source) => sources.some((source) => isSameSource(source, row))
  // To begin anew is quicker than to take out all that there is.
  if (before.length > 0 && !before.some(isKept)) throw new Useless()
  catalogue.commit(() => {
    for (const row of before) if (!isKept(row)) catalogue.removeSource(row.name)
    for (const source of sources) catalogue.addSource(source)
  })
}

function earlierIds(database: DatabaseSync, sources: readonly Source[]): EarlierId[] {
  try {
    const rows = database.prepare('select id, source, path, digest from document').all()
    return rows
      .map(({ id, source, path, digest }) => ({
        ...{ id: String(id), source: String(source) },
        ...{ path: String(path), digest: String(digest) },
      }))
      .filter((row) => sources.some(({ name }) => name === row.source))
  } catch {
    // Of a version without these columns.
    return []
  }
}

function rememberIds(database: DatabaseSync, ids: readonly EarlierId[]): void {
  const catalogue = openCatalogue(database)
  catalogue.commit(() => {
    for (const { id, source, path, digest } of ids) catalogue.depart(id, source, path, digest)
  })
}

class Useless extends Error {
  readonly ids: readonly EarlierId[]
  constructor(ids: readonly EarlierId[] = []) {
    super()
    this.ids = ids
  }
}

/** What is written here can be made again, so a commit needn't wait for the disk; it is whole all the same (WAL). */
export function openDatabase(file: string, options: { readOnly?: boolean } = {}): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: options.readOnly ?? false, timeout: 10_000 })
  database.exec('pragma synchronous = normal')
  return database
}
