import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { CorpusProblem } from '../corpus.ts'
import type { Source } from '../sources/source.ts'
import type { Stamp } from '../sources/stamp.ts'
import { versionOf } from '../sqlite.ts'
import { INDEX_VERSION, openDatabase } from './database.ts'
import { openProblems } from './problems.ts'
import { openSources, type SourceCounts } from './sources.ts'

/** `nothing`: its content says that it is of no format that is read, as of most files without a known ending. */
export type KnownFile = { readonly stamp: Stamp; readonly is: 'document' | 'problem' | 'nothing' }

/** What another process may know of the index while a server writes it, and the one thing that it may ask for. */
export type IndexView = {
  sources(): Source[]
  counts(): Map<string, SourceCounts>
  /** The end of the last scan of everything, in seconds since the epoch. */
  scannedAt(source: string): number | undefined
  /** What was known of each file when it was read. */
  files(source: string): Map<string, KnownFile>
  /** Files that there is no document of, and why. */
  problems(): CorpusProblem[]
  /** From a running server at once, else from the next start. */
  requestReindex(source: string): void
  close(): void
}

/** Undefined where there is no index of this version: then no server of this version has run yet. */
export function openIndexView(file: string, options: { toAsk?: boolean } = {}): IndexView | undefined {
  if (!existsSync(file)) return undefined
  const database = openDatabase(file, { readOnly: options.toAsk !== true })
  if (!isOfThisVersion(database)) {
    database.close()
    return undefined
  }
  const sources = openSources(database)
  const statements = {
    documents: database.prepare('select path, stamp from document where source = ?'),
    problems: database.prepare('select path, stamp, told from problem where source = ?'),
    scanned: database.prepare('select scanned_at from source where name = ?'),
  }
  return {
    sources: sources.all,
    counts: sources.counts,
    scannedAt(source) {
      const at = statements.scanned.get(source)?.scanned_at
      return at === null || at === undefined ? undefined : Number(at)
    },
    files(source) {
      const files = new Map<string, KnownFile>()
      for (const { path, stamp, told } of statements.problems.all(source)) {
        files.set(String(path), { stamp: String(stamp), is: told === 1 ? 'problem' : 'nothing' })
      }
      for (const { path, stamp } of statements.documents.all(source)) {
        files.set(String(path), { stamp: String(stamp), is: 'document' })
      }
      return files
    },
    problems: openProblems(database),
    requestReindex: sources.requestReindex,
    close: () => database.close(),
  }
}

function isOfThisVersion(database: DatabaseSync): boolean {
  try {
    return versionOf(database) === INDEX_VERSION
  } catch {
    return false
  }
}
