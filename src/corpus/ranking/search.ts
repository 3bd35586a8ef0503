import type { Segment } from '../segments/segment.ts'
import { type AskedTerm, analyseQuestion, isUnspaced } from './analyse.ts'
import { likeness } from './feedback.ts'
import { type Alike, lookAlikes } from './look-alike.ts'
import { nearness } from './near.ts'
import {
  type Candidate,
  lookUp,
  type Ranked,
  type RankOptions,
  rank,
  rarity,
  statisticsOf,
  type Wanted,
} from './score.ts'
import { createTermNumbers } from './term-numbers.ts'

/** Documents that are looked at again: all of them for likeness, the first for words close together. */
const POOL = { likeness: 100, nearness: 30 }
/** Characters of a passage that are read for that. */
const READ = 4000
/** Terms that one beginning stands for, at most. */
const BEGINNINGS = 64
/** What a stop word says: little more than which language is meant. */
const STOP = 0.35

/**
 * What was read of passages is remembered word by word: the next has mostly the same words. Safe as long as `search`
 * awaits nothing: its numbers are good until the next question.
 */
const numbers = createTermNumbers()

/** How a score came about: its parts add up to it. */
export type Found = Ranked & { readonly words: number; readonly near: number; readonly alike: number }

export type SearchingOptions = RankOptions & {
  /** A document's passage, as it was indexed. */
  readonly textOf: (document: number, passage: number) => string
}

/**
 * The best documents for a question, best first, each once by its best passage; the whole recipe (README.md). Never
 * throws, and never empty where a word of the question, or one like it, stands in a document that is allowed.
 */
export function search(
  segments: readonly Segment[],
  question: string,
  { limit, allowed, textOf }: SearchingOptions,
): Found[] {
  const statistics = statisticsOf(segments)
  const wanted = wantedOf(question, segments)
  const candidates = rank(segments, wanted, { limit: Math.max(limit, POOL.likeness), allowed })
  numbers.tidy()
  const read = new Map<number, readonly number[]>()
  const termsOf = ({ document, passage }: Candidate) => {
    const known = read.get(document)
    if (known) return known
    const terms: number[] = []
    numbers.read(textOf(document, passage).slice(0, READ), (number) => terms.push(number))
    read.set(document, terms)
    return terms
  }
  // Neighbours in a script without spaces are pairs already.
  const spaced = wanted.filter(({ term, importance }) => importance >= 1 && !isUnspaced(term))
  const said = spaced.map(({ term }) => rarity(statistics, lookUp(term, segments).count))
  const places = placesOf(spaced)
  const near = candidates
    .slice(0, POOL.likeness)
    .map((candidate, place) => {
      const isRead = spaced.length > 1 && place < POOL.nearness
      const gain = isRead ? nearness(termsOf(candidate), places, said) : 0
      return { ...candidate, words: candidate.score, near: gain, score: candidate.score + gain }
    })
    .sort((one, other) => other.score - one.score)
  // Pairs of characters are shared by chance: likeness by them says little.
  const wordy = spaced.length / Math.max(1, wanted.filter(({ importance }) => importance >= 1).length)
  const gains = wordy > 0 ? likeness(near, segments, statistics, termsOf, numbers.terms) : []
  const again = near.map(({ document, passage, score, words, near }, place) => {
    const alike = (gains[place] ?? 0) * wordy
    return { document, passage, score: score + alike, words, near, alike }
  })
  again.sort((one, other) => other.score - one.score || one.document - other.document)
  const rest = candidates
    .slice(POOL.likeness)
    .map(({ document, passage, score }) => ({ document, passage, score, words: score, near: 0, alike: 0 }))
  return [...again, ...rest].slice(0, limit)
}

/** Of terms that are wanted and what may stand for them, by their numbers: which of the wanted. */
function placesOf(wanted: readonly Wanted[]): ReadonlyMap<number, number> {
  const places = new Map<number, number>()
  for (const [place, { term, alike }] of wanted.entries()) {
    for (const other of [term, ...alike.map((each) => each.term)]) {
      const number = numbers.numberOf(other)
      if (!places.has(number)) places.set(number, place)
    }
  }
  return places
}

/** The terms of a question with what may stand for them. */
export function wantedOf(question: string, segments: readonly Segment[]): Wanted[] {
  return analyseQuestion(question).map((asked) => ({
    term: asked.term,
    importance: asked.isStop ? STOP : asked.times,
    alike: standInsFor(asked, segments),
  }))
}

function standInsFor(
  { term, isBeginning, isStop }: AskedTerm,
  segments: readonly Segment[],
): readonly Alike[] {
  if (isBeginning) return beginnings(term, segments)
  return isStop ? [] : lookAlikes(term, segments)
}

function beginnings(prefix: string, segments: readonly Segment[]): Alike[] {
  const found = new Set<string>()
  for (const segment of segments) {
    let met = 0
    for (const { term } of segment.terms(prefix)) {
      if (term !== prefix) found.add(term)
      met++
      if (met === BEGINNINGS) break
    }
  }
  return [...found].slice(0, BEGINNINGS).map((term) => ({ term, weight: 1 }))
}
