import { reciprocalRank } from '../ranking/fuse.ts'
import type { Match, Matcher } from './match.ts'

/** Documents of each ranking that are fused, at least, and those by meaning at most: far down nearness says nothing. */
const DEPTH = { words: 50, meaning: 200 }

/** The documents nearest to one question, best first, each once; of `allowed` alone where that is given. */
export type NearMatches = (limit: number, allowed: { has(document: number): boolean } | undefined) => Match[]

/**
 * Of one question: its words and its meaning, fused by reciprocal rank. A document stands for itself by the passage of
 * the ranking that has it further ahead.
 */
export function fusedMatcher(words: Matcher, near: NearMatches): Matcher {
  const ranks = new Map<number, { byWords?: number; byMeaning?: number; cosine?: number; match?: Match }>()
  return {
    find(text, { limit, allowed }) {
      ranks.clear()
      const byWords = words.find(text, { limit: Math.max(limit, DEPTH.words), allowed })
      const byMeaning = near(Math.min(Math.max(limit, DEPTH.words), DEPTH.meaning), allowed)
      const passages = new Map<number, number>()
      for (const [at, match] of byWords.entries()) {
        ranks.set(match.document, { byWords: at + 1, match })
        passages.set(match.document, match.passage)
      }
      for (const [at, { document, passage, score }] of byMeaning.entries()) {
        const known = ranks.get(document)
        ranks.set(document, { ...known, byMeaning: at + 1, cosine: score })
        if (at + 1 < (known?.byWords ?? Number.POSITIVE_INFINITY)) passages.set(document, passage)
      }
      const lists = [byWords, byMeaning].map((list) => list.map(({ document }) => document))
      return reciprocalRank(lists)
        .slice(0, limit)
        .map(({ item: document, score }) => ({ document, passage: passages.get(document) ?? 0, score }))
    },

    holding: words.holding,

    explain(text, found) {
      const { byWords, byMeaning, cosine, match } = ranks.get(found.document) ?? {}
      return {
        fused: found.score,
        ...(byWords !== undefined && { rank_by_words: byWords }),
        ...(byMeaning !== undefined && { rank_by_meaning: byMeaning }),
        ...(cosine !== undefined && { cosine }),
        ...(match && words.explain(text, match)),
      }
    },
  }
}
