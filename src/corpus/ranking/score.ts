import { MOST_OFTEN, type Postings, type Segment, type Term } from '../segments/segment.ts'
import type { Alike } from './look-alike.ts'

/** BM25: how soon a term that is said again says nothing new, and how much a long passage is held against it. */
const SATURATION = 1.2
const LENGTH = 0.7
/** How often a word of title, path and headings counts besides, those of the text's own headings being in its body. */
const HEADINGS = 1
/** What a document's second best passage adds. */
const SECOND = 0.1
/**
 * A term that more passages have than this share of them says nothing, where others are left; among so many passages
 * that the share is no chance.
 */
const COMMON = { share: 0.5, passages: 1000 }

/** A term of a question, how much it counts there, and what else may stand for it. */
export type Wanted = {
  readonly term: string
  readonly importance: number
  readonly alike: readonly Alike[]
}

/** A document by its best passage, which counts from 0 within it; a higher score is better. */
export type Ranked = { readonly document: number; readonly passage: number; readonly score: number }

/** The same with where it stands: in which of the segments, and its number there. */
export type Candidate = Ranked & { readonly segment: Segment; readonly number: number }

export type RankOptions = {
  readonly limit: number
  /** Of these documents alone. */
  readonly allowed?: { has(document: number): boolean } | undefined
}

export type Statistics = { readonly live: number; readonly average: number }

export function statisticsOf(segments: readonly Segment[]): Statistics {
  const live = segments.reduce((sum, segment) => sum + segment.live, 0)
  const length = segments.reduce((sum, segment) => sum + segment.totalLength, 0)
  return { live, average: Math.max(length / Math.max(live, 1), 1) }
}

/** A term segment by segment, and how many passages have it. */
export function lookUp(
  term: string,
  segments: readonly Segment[],
): { found: (Term | undefined)[]; count: number } {
  const found = segments.map((segment) => segment.find(term))
  return { found, count: found.reduce((sum, term) => sum + (term?.count ?? 0), 0) }
}

/** How much a term says that `count` of the passages have. */
export function rarity({ live }: Statistics, count: number): number {
  return Math.log(1 + Math.max(0, live - count + 0.5) / (count + 0.5))
}

/** By what postings say of how often a passage has a term: what that counts. */
const OFTEN = Float64Array.from(
  { length: 256 },
  (_, often) => (often & MOST_OFTEN) + HEADINGS * (often >>> 4),
)

/** What a passage's place `index` among a term's postings is worth: 1 at most. */
export function saturated({ often }: Postings, index: number, norm: number): number {
  const amount = OFTEN[often[index] as number] as number
  return amount / (amount + norm)
}

/** What the length of a passage is held against it. */
export function normOf(length: number, { average }: Statistics): number {
  return SATURATION * (1 - LENGTH + (LENGTH * length) / average)
}

/**
 * The best documents for the terms, best first; of equals the one with the lower number. A term is worth as much as the
 * best of what stands for it in a passage: itself, or a look-alike by how alike and how rare it is, never rarer than
 * the term itself.
 */
export function rank(
  segments: readonly Segment[],
  wanted: readonly Wanted[],
  { limit, allowed }: RankOptions,
): Candidate[] {
  const statistics = statisticsOf(segments)
  if (statistics.live === 0 || limit < 1) return []
  const asked = wanted
    .map(({ term, importance, alike }) => {
      const own = lookUp(term, segments)
      const most = own.count > 0 ? rarity(statistics, own.count) : Number.POSITIVE_INFINITY
      const variants = alike
        .map(({ term: other, weight }) => ({ ...lookUp(other, segments), weight }))
        .filter(({ count }) => count > 0)
        .map(({ found, count, weight }) => {
          return { found, weight: importance * weight * Math.min(most, rarity(statistics, count)) }
        })
      return { own, weight: importance * rarity(statistics, own.count), variants }
    })
    .filter(({ own, variants }) => own.count > 0 || variants.length > 0)
  const most = statistics.live < COMMON.passages ? statistics.live : statistics.live * COMMON.share
  const telling = asked.filter(({ own }) => own.count <= most)
  const counted = telling.length > 0 ? telling : asked
  const best = createBest(limit)
  for (const [index, segment] of segments.entries()) {
    const sums = createSums(segment, statistics)
    for (const { own, weight, variants } of counted) {
      for (const { found, weight } of variants) sums.raise(found[index], weight)
      sums.add(own.found[index], weight)
    }
    if (sums.isAny()) collect(sums.scores, segment, best, allowed)
  }
  return best.inOrder()
}

/**
 * Kept from question to question: what is filled anew is quicker had than what is made anew. Of one segment at a time,
 * and safe as long as `rank` awaits nothing.
 */
const room = {
  scores: new Float32Array(),
  /** What the term at hand is worth in each passage; all 0 but in the first `raisedCount` of `raised`. */
  worth: new Float32Array(),
  raised: new Uint32Array(),
  raisedCount: 0,
}

/** The next term follows, or the next question after one that failed in between. */
function forgetRaised(): void {
  const { worth, raised, raisedCount } = room
  for (let index = 0; index < raisedCount; index++) worth[raised[index] as number] = 0
  room.raisedCount = 0
}

/** What a segment's passages score, term by term: for each first `raise` with what stands for it, then `add`. */
function createSums({ passages, lengths }: Segment, { average }: Statistics) {
  forgetRaised()
  if (room.scores.length < passages) {
    room.scores = new Float32Array(passages)
    room.worth = new Float32Array(passages)
    room.raised = new Uint32Array(passages)
  }
  const scores = room.scores.subarray(0, passages).fill(0)
  const { worth, raised } = room
  const fixed = SATURATION * (1 - LENGTH)
  const perTerm = (SATURATION * LENGTH) / average
  let isAny = false

  /** Lifts each passage's score where this is worth more there than what was raised; `isKept`: it is raised itself. */
  function lift(term: Term, weight: number, isKept: boolean): void {
    isAny = true
    const { passages, often } = term.postings()
    const most = weight * (SATURATION + 1)
    let { raisedCount } = room
    for (let index = 0; index < passages.length; index++) {
      const passage = passages[index] as number
      const amount = OFTEN[often[index] as number] as number
      const value = (most * amount) / (amount + fixed + perTerm * (lengths[passage] as number))
      const before = worth[passage] as number
      if (value <= before) continue
      scores[passage] = (scores[passage] as number) + value - before
      if (!isKept) continue
      if (before === 0) raised[raisedCount++] = passage
      worth[passage] = value
    }
    room.raisedCount = raisedCount
  }

  return {
    scores,
    isAny: () => isAny,

    /** Lifts what the term at hand is worth in each passage to this variant's worth, where that is more. */
    raise(variant: Term | undefined, weight: number): void {
      if (variant) lift(variant, weight, true)
    },

    /** Adds what the term itself is worth, where its variants are not worth more; the next term follows. */
    add(term: Term | undefined, weight: number): void {
      if (term) lift(term, weight, false)
      forgetRaised()
    },
  }
}

/** A document's passages follow one another: the best of each stretch is the document's. */
function collect(
  scores: Float32Array,
  segment: Segment,
  best: ReturnType<typeof createBest>,
  allowed: RankOptions['allowed'],
): void {
  const { documents } = segment
  const end = scores.length
  // Most passages are none of the best, whatever else their documents hold: nothing more is asked about them. A hair
  // less, as what is multiplied and divided is rounded.
  const enough = () => (best.least() / (1 + SECOND)) * (1 - 1e-6)
  let least = enough()
  for (let passage = 0; passage < end; passage++) {
    const score = scores[passage] as number
    if (score < least || score === 0) continue
    const document = documents[passage] as number
    let first = passage
    while (first > 0 && documents[first - 1] === document) first--
    let at = first
    let second = 0
    for (passage = first + 1; passage < end && documents[passage] === document; passage++) {
      const other = scores[passage] as number
      if (other > (scores[at] as number)) {
        second = scores[at] as number
        at = passage
      } else if (other > second) second = other
    }
    passage--
    const sum = (scores[at] as number) + SECOND * second
    if (sum < best.least() || allowed?.has(document) === false) continue
    best.add({ document, passage: at - first, score: sum, segment, number: at })
    least = enough()
  }
}

/** The best few. */
function createBest(limit: number) {
  const kept: Candidate[] = []
  let least = 0
  const isBefore = (one: Ranked, other: Ranked) =>
    one.score > other.score || (one.score === other.score && one.document < other.document)
  return {
    /** Whatever is below is not among them. */
    least: () => least,
    add(ranked: Candidate): void {
      let low = 0
      let high = kept.length
      while (low < high) {
        const middle = (low + high) >>> 1
        const other = kept[middle]
        if (other && isBefore(other, ranked)) low = middle + 1
        else high = middle
      }
      kept.splice(low, 0, ranked)
      if (kept.length > limit) kept.pop()
      if (kept.length === limit) least = kept.at(-1)?.score ?? 0
    },
    inOrder: () => kept,
  }
}
