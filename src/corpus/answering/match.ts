import type { DatabaseSync } from 'node:sqlite'
import type { Explanation } from '../corpus.ts'
import { numberOf } from '../index/passages.ts'
import { openSegmentReader } from '../index/segment-reader.ts'
import { holding } from '../ranking/holding.ts'
import { learnWords } from '../ranking/look-alike.ts'
import type { Ranked } from '../ranking/score.ts'
import { type Found, search, wantedOf } from '../ranking/search.ts'

/**
 * A document by its best passage, which counts from 0 within it; a higher score is better. What was ranked by words says
 * what its score is made of.
 */
export type Match = Ranked & Partial<Found>

export type Matcher = {
  /** The `limit` best documents for plain words, best first, each once; of `allowed` alone where that is given. */
  find(
    words: string,
    options: { readonly limit: number; readonly allowed?: { has(document: number): boolean } | undefined },
  ): Match[]
  /** The documents that may hold a phrase: no other does. Undefined where that can't be told. */
  holding(phrase: string): Set<number> | undefined
  /** How a document that was found for the words came to its score. */
  explain(words: string, match: Match): Explanation
}

/** Over the segments of the index; to be asked within a transaction. A document is as good as its best passage. */
export function openMatcher(database: DatabaseSync): Matcher & {
  /** Does some of what the next question would have to do first; true where there may be more. */
  warm(): boolean
} {
  const reader = openSegmentReader(database)
  const text = database.prepare('select text from passage where number = ?')
  const textOf = (document: number, passage: number) =>
    String(text.get(numberOf(document, passage))?.text ?? '')
  return {
    warm: () => learnWords(reader.segments()),

    find: (question, options) => search(reader.segments(), question, { ...options, textOf }),

    holding: (phrase) => holding(reader.segments(), phrase),

    explain(question, { document, passage, score, words = score, near = 0, alike = 0 }) {
      const segments = reader.segments()
      const stands = (term: string) =>
        segments.some((segment) => {
          const number = segment.documents.indexOf(document) + passage
          return (
            segment.documents[number] === document && segment.find(term)?.postings().passages.includes(number)
          )
        })
      const held = wantedOf(question, segments).flatMap(({ term, alike: others }) =>
        [term, ...others.map((other) => other.term)].filter(stands),
      )
      return { bm25: words, near, like_the_first: alike, words: [...new Set(held)].join(' ') }
    },
  }
}
