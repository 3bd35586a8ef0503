import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { EmbeddingsSource } from '../ops/settings.ts'
import { type Answers, openAnswers } from './answering/answers.ts'
import { VECTORS } from './embeddings/embeddings.ts'
import { modelOf } from './embeddings/model-name.ts'
import { openNearDocuments } from './embeddings/near-documents.ts'
import { openNearest } from './embeddings/nearest.ts'
import { INDEX, INDEX_VERSION, openDatabase } from './index/database.ts'
import { versionOf } from './sqlite.ts'

/** An index that is only read, in the caller's own thread. */
export type Reader = Answers & { close(): void }

/**
 * The index of a data directory, beside a server that writes it or without one. Undefined where there is none, or where
 * it is of another version of the program: the next start of a server makes it. `embeddings`: where its vectors are of.
 */
export function openReader(dataDir: string, embeddings?: EmbeddingsSource): Reader | undefined {
  const file = join(dataDir, INDEX)
  if (!existsSync(file)) return undefined
  const database = openDatabase(file, { readOnly: true })
  try {
    if (versionOf(database) === INDEX_VERSION) {
      const elapsed = () => performance.now()
      const nearest = embeddings && openNearest(join(dataDir, VECTORS), modelOf(embeddings), elapsed)
      const close = () => {
        nearest?.close()
        database.close()
      }
      return { ...openAnswers(database, nearest && openNearDocuments(database, nearest)), close }
    }
  } catch (fault) {
    database.close()
    throw fault
  }
  database.close()
  return undefined
}
