import { chmodSync, closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openCatalogue } from './catalogue.ts'

/** Counts up with every change of tables, extraction or analysis: an index of another version is made anew. */
export const INDEX_VERSION = 2

/**
 * A document's text stands in its passages, whose numbers are its own times `PASSAGES` plus their place: the index of
 * words needs no other link. `words` holds no text (`content=''`), only what `ranking/words` makes of it.
 */
const TABLES = `
create table source (
  name text primary key,
  root text not null
) strict;
create table document (
  number integer primary key,
  id text not null unique,
  source text not null,
  path text not null,
  title text not null,
  media_type text not null,
  bytes integer not null,
  modified text not null,
  stamp text not null,
  digest text not null,
  unique (source, path)
) strict;
create table passage (
  number integer primary key,
  start integer not null,
  heading text not null,
  page integer,
  text text not null
) strict;
create virtual table words using fts5 (
  title, path, body,
  content='', contentless_delete=1,
  tokenize="porter unicode61 remove_diacritics 2 categories 'L* M* N* Co'"
);
insert into words (words, rank) values ('rank', 'bm25(2.0, 1.0, 1.0)');
create table problem (
  source text not null,
  path text not null,
  stamp text not null,
  reason text not null,
  primary key (source, path)
) strict, without rowid;
`

type Source = { readonly name: string; readonly root: string }

/**
 * Makes the index's file ready for its readers and its one writer: readable by the owner alone, of this version, and
 * without a document of folders that are no longer served. One that is damaged or of no use is made anew, since the
 * folders hold all that it knows.
 */
export function prepareDatabase(file: string, sources: readonly Source[]): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  try {
    prepare(file, sources)
  } catch (fault) {
    if (!isUseless(fault)) throw fault
    for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(file + ending, { force: true })
    prepare(file, sources)
  }
}

function prepare(file: string, sources: readonly Source[]): void {
  // SQLite gives its -wal and -shm files the mode of this one.
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
  const database = openDatabase(file)
  try {
    const version = database.prepare('pragma user_version').get()?.user_version
    const tables = database.prepare('select count(*) as count from sqlite_schema').get()?.count
    if (version === 0 && tables === 0) {
      database.exec('pragma journal_mode = wal')
      database.exec(`begin immediate; ${TABLES} pragma user_version = ${INDEX_VERSION}; commit`)
    } else if (version !== INDEX_VERSION) throw new Useless()
    keepSources(database, sources)
  } finally {
    database.close()
  }
}

/** Drops what comes from folders that are no longer served, or that stand under another's name. */
function keepSources(database: DatabaseSync, sources: readonly Source[]): void {
  const before = database.prepare('select name, root from source').all()
  const isKept = (row: (typeof before)[number]) =>
    sources.some(({ name, root }) => row.name === name && row.root === root)
  if (before.length > 0 && !before.some(isKept)) throw new Useless()
  const catalogue = openCatalogue(database)
  catalogue.commit(() => {
    for (const row of before) if (!isKept(row)) catalogue.removeSource(String(row.name))
    for (const { name, root } of sources) catalogue.addSource(name, root)
  })
}

class Useless extends Error {}

function isUseless(fault: unknown): boolean {
  if (fault instanceof Useless) return true
  // SQLITE_CORRUPT, SQLITE_NOTADB
  return fault instanceof Error && 'errcode' in fault && (fault.errcode === 11 || fault.errcode === 26)
}

/** What is written here can be made again, so a commit needn't wait for the disk; it is whole all the same (WAL). */
export function openDatabase(file: string, options: { readOnly?: boolean } = {}): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: options.readOnly ?? false, timeout: 10_000 })
  database.exec('pragma synchronous = normal')
  return database
}
