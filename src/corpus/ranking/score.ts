import type { Alike } from './look-alike.ts'
import type { Postings, Segment } from './segment.ts'

/** BM25: how soon a term that is said again says nothing new, and how much a long passage is held against it. */
const SATURATION = 1.2
const LENGTH = 0.7
/** How often a word of title, path and headings counts besides, those of the text's own headings being in its body. */
const HEADINGS = 1
/** What a document's second best passage adds. */
const SECOND = 0.2
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

/** A term's postings, segment by segment, and how many passages have it. */
export function lookUp(
  term: string,
  segments: readonly Segment[],
): { found: (Postings | undefined)[]; count: number } {
  const found = segments.map((segment) => segment.find(term))
  return { found, count: found.reduce((sum, postings) => sum + (postings?.passages.length ?? 0), 0) }
}

/** How much a term says that `count` of the passages have. */
export function rarity({ live }: Statistics, count: number): number {
  return Math.log(1 + Math.max(0, live - count + 0.5) / (count + 0.5))
}

/** What a passage's place `index` among a term's postings is worth: 1 at most. */
export function saturated(postings: Postings, index: number, norm: number): number {
  const often = (postings.body[index] as number) + HEADINGS * (postings.headings[index] as number)
  return often / (often + norm)
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
      const variants = alike.map(({ term: other, weight }) => {
        const { found, count } = lookUp(other, segments)
        return { found, count, weight: importance * weight * Math.min(most, rarity(statistics, count)) }
      })
      variants.push({ ...own, weight: importance * rarity(statistics, own.count) })
      return { count: own.count, variants: variants.filter(({ count }) => count > 0) }
    })
    .filter(({ variants }) => variants.length > 0)
  const most = statistics.live < COMMON.passages ? statistics.live : statistics.live * COMMON.share
  const telling = asked.filter(({ count }) => count <= most)
  const counted = telling.length > 0 ? telling : asked
  const best = createBest(limit)
  for (const [index, segment] of segments.entries()) {
    const scores = new Float32Array(segment.passages)
    const worth = new Float32Array(segment.passages)
    for (const { variants } of counted) {
      for (const { found, weight } of variants) {
        const postings = found[index]
        if (postings) raise(scores, worth, postings, weight * (SATURATION + 1), segment, statistics)
      }
      for (const { found } of variants) if (found[index]) clear(worth, found[index])
    }
    if (counted.some(({ variants }) => variants.some(({ found }) => found[index]))) {
      collect(scores, segment, best, allowed)
    }
  }
  return best.inOrder()
}

/** Lifts what a term is worth in each passage to this variant's worth, where that is more. */
function raise(
  scores: Float32Array,
  worth: Float32Array,
  postings: Postings,
  weight: number,
  { lengths }: Segment,
  { average }: Statistics,
): void {
  const { passages, body, headings } = postings
  const fixed = SATURATION * (1 - LENGTH)
  const perTerm = (SATURATION * LENGTH) / average
  for (let index = 0; index < passages.length; index++) {
    const passage = passages[index] as number
    const often = (body[index] as number) + HEADINGS * (headings[index] as number)
    const value = (weight * often) / (often + fixed + perTerm * (lengths[passage] as number))
    const before = worth[passage] as number
    if (value <= before) continue
    worth[passage] = value
    scores[passage] = (scores[passage] as number) + value - before
  }
}

function clear(worth: Float32Array, { passages }: Postings): void {
  for (let index = 0; index < passages.length; index++) worth[passages[index] as number] = 0
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
  for (let passage = 0; passage < end; passage++) {
    if (scores[passage] === 0) continue
    const document = documents[passage] as number
    let at = passage
    let second = 0
    while (passage + 1 < end && documents[passage + 1] === document) {
      passage++
      const score = scores[passage] as number
      if (score > (scores[at] as number)) {
        second = scores[at] as number
        at = passage
      } else if (score > second) second = score
    }
    const score = (scores[at] as number) + SECOND * second
    // Most documents are none of the best: nothing more is asked about them.
    if (score < best.least() || allowed?.has(document) === false) continue
    let first = at
    while (first > 0 && documents[first - 1] === document) first--
    best.add({ document, passage: at - first, score, segment, number: at })
  }
}

/** The best few. */
function createBest(limit: number) {
  const kept: Candidate[] = []
  const isBefore = (one: Ranked, other: Ranked) =>
    one.score > other.score || (one.score === other.score && one.document < other.document)
  return {
    /** Whatever is below is not among them. */
    least: () => (kept.length < limit ? 0 : (kept.at(-1)?.score ?? 0)),
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
    },
    inOrder: () => kept,
  }
}
