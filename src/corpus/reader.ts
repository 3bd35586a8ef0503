import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Answers, openAnswers } from './answering/answers.ts'
import { INDEX_VERSION, openDatabase } from './index/database.ts'

/** An index that is only read, in the caller's own thread. */
export type Reader = Answers & { close(): void }

/**
 * The index of a data directory, beside a server that writes it or without one. Undefined where there is none, or where
 * it is of another version of the program: the next start of a server makes it.
 */
export function openReader(dataDir: string): Reader | undefined {
  const file = join(dataDir, 'corpus.db')
  if (!existsSync(file)) return undefined
  const database = openDatabase(file, { readOnly: true })
  try {
    if (database.prepare('pragma user_version').get()?.user_version === INDEX_VERSION) {
      return { ...openAnswers(database), close: () => database.close() }
    }
  } catch (fault) {
    database.close()
    throw fault
  }
  database.close()
  return undefined
}
