import type { DatabaseSync } from 'node:sqlite'
import type { Explanation } from '../corpus.ts'
import { PASSAGES } from '../index/passages.ts'
import { matchExpression } from '../ranking/words.ts'

/** A document by its best passage, which counts from 0 within it; a higher score is better. */
export type Match = { readonly document: number; readonly passage: number; readonly score: number }

export type Matcher = {
  /** The `limit` best documents for plain words, best first, each once; of `allowed` alone where that is given. */
  find(
    words: string,
    options: { readonly limit: number; readonly allowed?: { has(document: number): boolean } | undefined },
  ): Match[]
  /** How a document that was found for the words came to its score. */
  explain(words: string, match: Match): Explanation
}

/** Over SQLite's FTS5; a document is as good as its best passage. */
export function openMatcher(database: DatabaseSync): Matcher {
  const matches = database.prepare('select rowid, rank from words where words match ? order by rank limit ?')
  const holds = database.prepare('select 1 from words where words match ? and rowid = ?')
  return {
    find(words, { limit, allowed }) {
      const expression = matchExpression(words)
      if (expression === undefined) return []
      for (let take = limit * 8; ; take *= 8) {
        const best = new Map<number, Match>()
        const rows = matches.all(expression, take)
        for (const row of rows) {
          const number = Number(row.rowid)
          const document = Math.floor(number / PASSAGES)
          if (best.has(document) || allowed?.has(document) === false) continue
          best.set(document, { document, passage: number - document * PASSAGES, score: -Number(row.rank) })
        }
        if (best.size >= limit || rows.length < take) return [...best.values()].slice(0, limit)
      }
    },

    explain(words, { document, passage, score }) {
      const number = document * PASSAGES + passage
      const terms = matchExpression(words)?.split(' OR ') ?? []
      const held = terms.filter((term) => holds.get(term, number))
      return { bm25: score, words: held.map((term) => term.replace(/["*]/g, '')).join(' ') }
    },
  }
}
