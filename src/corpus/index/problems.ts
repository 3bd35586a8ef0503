import type { DatabaseSync } from 'node:sqlite'
import type { CorpusProblem } from '../corpus.ts'

/** Files that people expect to find and that there is no document of, and why. */
export function openProblems(database: DatabaseSync): () => CorpusProblem[] {
  const told = database.prepare(
    'select source, path, reason from problem where told = 1 order by source, path',
  )
  return () =>
    told.all().map(({ source, path, reason }) => ({
      collection: String(source),
      path: String(path),
      reason: String(reason),
    }))
}
