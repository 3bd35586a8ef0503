import type { DatabaseSync } from 'node:sqlite'
import type { Explanation } from '../corpus.ts'
import { openSegmentReader } from '../index/segment-reader.ts'
import { analyseQuestion } from '../ranking/analyse.ts'
import { type Ranked, rank } from '../ranking/score.ts'
import type { Segment } from '../ranking/segment.ts'

/** A document by its best passage, which counts from 0 within it; a higher score is better. */
export type Match = Ranked

export type Matcher = {
  /** The `limit` best documents for plain words, best first, each once; of `allowed` alone where that is given. */
  find(
    words: string,
    options: { readonly limit: number; readonly allowed?: { has(document: number): boolean } | undefined },
  ): Match[]
  /** How a document that was found for the words came to its score. */
  explain(words: string, match: Match): Explanation
}

/** Terms that one beginning stands for, at most. */
const BEGINNINGS = 64

/** Over the segments of the index; to be asked within a transaction. A document is as good as its best passage. */
export function openMatcher(database: DatabaseSync): Matcher {
  const reader = openSegmentReader(database)
  return {
    find: (words, options) => {
      const segments = reader.segments()
      return rank(segments, termsOf(words, segments), options)
    },

    explain(words, { document, passage, score }) {
      const segments = reader.segments()
      const held = termsOf(words, segments).filter((term) =>
        segments.some((segment) => {
          const number = segment.documents.indexOf(document) + passage
          return segment.documents[number] === document && segment.find(term)?.passages.includes(number)
        }),
      )
      return { bm25: score, words: held.join(' ') }
    },
  }
}

function termsOf(words: string, segments: readonly Segment[]): string[] {
  return analyseQuestion(words).flatMap(({ term, isBeginning }) =>
    isBeginning ? beginning(term, segments) : [term],
  )
}

function beginning(prefix: string, segments: readonly Segment[]): string[] {
  const found = new Set<string>()
  for (const segment of segments) {
    let met = 0
    for (const { term } of segment.terms(prefix)) {
      found.add(term)
      met++
      if (met === BEGINNINGS) break
    }
  }
  return [...found].slice(0, BEGINNINGS)
}
