import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { CorpusProblem } from '../../corpus.ts'
import { versionOf } from '../../sqlite.ts'

/** Hidden, so that a walk of the mirror never meets it. */
const FILE = '.pages.db'

const TABLES = `
create table page (
  url text primary key,
  path text,
  place text unique,
  etag text,
  last_modified text,
  lastmod text,
  fetched_at integer,
  bytes integer not null,
  problem text
) strict, without rowid;
create table round (
  one integer primary key check (one = 1),
  url text not null,
  begun_at integer,
  ended_at integer,
  failed_at integer
) strict;
pragma user_version = 1;
`

/** What is known of a page of a mirror. */
export type Page = {
  readonly url: string
  /** Relative to the mirror; undefined where there is no copy. */
  readonly path: string | undefined
  /** Of the answer that brought the copy (RFC 9110 §8.8). */
  readonly etag: string | undefined
  readonly last_modified: string | undefined
  /** What the sitemap said then. */
  readonly lastmod: string | undefined
  /** The last good answer, in seconds since the epoch. */
  readonly fetched_at: number | undefined
  readonly bytes: number
  /** Why the last answer was none, as the end of a sentence. */
  readonly problem: string | undefined
}

/** A refresh of the whole mirror; all in seconds since the epoch. */
export type Round = {
  /** Of the one that is under way, or was when the process ended. */
  readonly begun_at: number | undefined
  readonly ended_at: number | undefined
  /** The last one that could not do all: no list of pages, or a host that had to be left alone. */
  readonly failed_at: number | undefined
}

export type PageTable = ReturnType<typeof openPageTable>

/** The table of a mirror at `root`, which is made where it is missing, and emptied where it is of another URL. */
export function openPageTable(root: string, url: string) {
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(join(root, FILE), { timeout: 10_000 })
  database.exec('pragma journal_mode = wal; pragma synchronous = normal')
  if (versionOf(database) === 0) {
    database.exec(`begin immediate; ${TABLES} commit`)
  }
  const columns = 'url, path, etag, last_modified, lastmod, fetched_at, bytes, problem'
  const statements = {
    all: database.prepare(`select ${columns} from page`),
    get: database.prepare(`select ${columns} from page where url = ?`),
    put: database.prepare(
      `insert or replace into page (${columns}, place) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    remove: database.prepare('delete from page where url = ?'),
    taken: database.prepare('select 1 from page where place = ? and url <> ?'),
    bytes: database.prepare('select coalesce(sum(bytes), 0) as bytes from page'),
    round: database.prepare('select url, begun_at, ended_at, failed_at from round'),
    setRound: database.prepare('insert or replace into round values (1, ?, ?, ?, ?)'),
  }
  const before = statements.round.get()

  return {
    /** Whether what is there comes of another URL: all of it has to go. */
    isOfAnother: before !== undefined && before.url !== url,

    all: (): Page[] => statements.all.all().map(pageOf),

    get(address: string): Page | undefined {
      const row = statements.get.get(address)
      return row && pageOf(row)
    },

    put(page: Page): void {
      const { path, etag, last_modified, lastmod, fetched_at, bytes, problem } = page
      statements.put.run(
        ...[page.url, path ?? null, etag ?? null, last_modified ?? null, lastmod ?? null],
        ...[fetched_at ?? null, bytes, problem ?? null, path === undefined ? null : placeOf(path)],
      )
    },

    remove(address: string): void {
      statements.remove.run(address)
    },

    /** Whether another page than `address` has the path, or one that a file system takes for the same. */
    isTaken: (path: string, address: string) => statements.taken.get(placeOf(path), address) !== undefined,

    /** Of all copies. */
    bytes: () => Number(statements.bytes.get()?.bytes),

    round(): Round {
      const row = statements.round.get()
      return {
        begun_at: numberOf(row?.begun_at),
        ended_at: numberOf(row?.ended_at),
        failed_at: numberOf(row?.failed_at),
      }
    },

    setRound({ begun_at, ended_at, failed_at }: Round): void {
      statements.setRound.run(url, begun_at ?? null, ended_at ?? null, failed_at ?? null)
    },

    close: () => database.close(),
  }
}

/** Where a mirrored file comes from; undefined where its mirror has no table, or the table no such file. */
export type Origins = { originOf(path: string): string | undefined; close(): void }

/** For whoever indexes the mirror; reads only, and looks anew at each question until there is a table. */
export function openOrigins(root: string): Origins {
  let database: DatabaseSync | undefined
  return {
    originOf(path) {
      try {
        database ??= new DatabaseSync(join(root, FILE), { readOnly: true, timeout: 10_000 })
        const row = database.prepare('select url from page where place = ?').get(placeOf(path))
        return row && String(row.url)
      } catch {
        return undefined
      }
    },
    close() {
      database?.close()
      database = undefined
    },
  }
}

/** The pages of these sources that could not be had, by URL, and why; for whoever is not the mirrors' writer. */
export function pageProblems(
  sources: readonly { readonly name: string; readonly root: string }[],
): CorpusProblem[] {
  return sources.flatMap(({ name, root }) => problemsOf(name, root))
}

function problemsOf(collection: string, root: string): CorpusProblem[] {
  if (!existsSync(join(root, FILE))) return []
  const database = new DatabaseSync(join(root, FILE), { readOnly: true, timeout: 10_000 })
  try {
    return database
      .prepare('select url, problem from page where problem is not null order by url')
      .all()
      .map(({ url, problem }) => ({ collection, path: String(url), reason: String(problem) }))
  } finally {
    database.close()
  }
}

function placeOf(path: string): string {
  return path.toLowerCase()
}

function pageOf(row: Record<string, unknown>): Page {
  return {
    url: String(row.url),
    path: textOf(row.path),
    etag: textOf(row.etag),
    last_modified: textOf(row.last_modified),
    lastmod: textOf(row.lastmod),
    fetched_at: numberOf(row.fetched_at),
    bytes: Number(row.bytes),
    problem: textOf(row.problem),
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
