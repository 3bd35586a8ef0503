import type { DatabaseSync } from 'node:sqlite'
import { documentOf, numberOf } from '../index/passages.ts'
import type { Nearest } from './nearest.ts'
import type { Quantised } from './quantise.ts'
import { embeddedText, textDigest } from './vectors.ts'

/** Passages that are looked at for each document that is wanted. */
const PER_DOCUMENT = 4

/** A document by its nearest passage, which counts from 0 within it; the score is a cosine. */
export type NearDocument = { readonly document: number; readonly passage: number; readonly score: number }

export type NearDocuments = (
  vector: Quantised,
  limit: number,
  allowed?: { has(document: number): boolean },
) => NearDocument[]

/**
 * The documents that are most like a question, each once. A vector counts only for the text that the index has now:
 * between a change and its embedding a passage has another, or is gone.
 */
export function openNearDocuments(index: DatabaseSync, nearest: Nearest): NearDocuments {
  const current = index.prepare(
    'select title, text from document join passage on passage.number = ? where document.number = ?',
  )
  return (vector, limit, allowed) => {
    const isAllowed = allowed && ((passage: number) => allowed.has(documentOf(passage)))
    const best = new Map<number, NearDocument>()
    for (const { passage, digest, score } of nearest.find(vector, limit * PER_DOCUMENT, isAllowed)) {
      const document = documentOf(passage)
      if (best.has(document)) continue
      const row = current.get(passage, document)
      if (!row) continue
      const text = embeddedText(String(row.title), String(row.text))
      if (Buffer.compare(textDigest(text), digest) !== 0) continue
      best.set(document, { document, passage: passage - numberOf(document, 0), score })
    }
    return [...best.values()].slice(0, limit)
  }
}
