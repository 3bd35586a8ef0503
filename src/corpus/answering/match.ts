import type { DatabaseSync } from 'node:sqlite'
import { PASSAGES } from '../index/catalogue.ts'
import { matchExpression } from '../ranking/words.ts'

/** A document by its best passage; a higher score is better. */
export type Match = { readonly document: number; readonly passage: number; readonly score: number }

/** The `limit` best documents for the words, best first, of `allowed` alone where that is given. */
export type FindMatches = (
  words: string,
  options: { readonly limit: number; readonly allowed?: { has(document: number): boolean } | undefined },
) => Match[]

/** Over SQLite's FTS5; a document is as good as its best passage. */
export function openMatch(database: DatabaseSync): FindMatches {
  const match = database.prepare('select rowid, rank from words where words match ? order by rank limit ?')
  return (words, { limit, allowed }) => {
    const expression = matchExpression(words)
    if (expression === undefined) return []
    for (let take = limit * 8; ; take *= 8) {
      const best = new Map<number, Match>()
      const rows = match.all(expression, take)
      for (const row of rows) {
        const number = Number(row.rowid)
        const document = Math.floor(number / PASSAGES)
        if (best.has(document) || allowed?.has(document) === false) continue
        best.set(document, { document, passage: number - document * PASSAGES, score: -Number(row.rank) })
      }
      if (best.size >= limit || rows.length < take) return [...best.values()].slice(0, limit)
    }
  }
}
