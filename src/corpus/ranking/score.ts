import type { Postings, Segment } from './segment.ts'

/** BM25: how soon a term that is said again says nothing new, and how much a long passage is held against it. */
const SATURATION = 1.2
const LENGTH = 0.75
/** How often a word of title, path and headings counts. */
const HEADINGS = 2
/**
 * A term that more passages have than this share of them says nothing, where others are left; among so many passages
 * that the share is no chance.
 */
const COMMON = { share: 0.5, passages: 1000 }

/** A document by its best passage, which counts from 0 within it; a higher score is better. */
export type Ranked = { readonly document: number; readonly passage: number; readonly score: number }

export type RankOptions = {
  readonly limit: number
  /** Of these documents alone. */
  readonly allowed?: { has(document: number): boolean } | undefined
}

/** The best documents for the terms, best first; of equals the one with the lower number. */
export function rank(
  segments: readonly Segment[],
  terms: readonly string[],
  { limit, allowed }: RankOptions,
): Ranked[] {
  const live = segments.reduce((sum, segment) => sum + segment.live, 0)
  if (live === 0 || limit < 1) return []
  const average = Math.max(segments.reduce((sum, segment) => sum + segment.totalLength, 0) / live, 1)
  const asked = terms
    .map((term) => {
      const found = segments.map((segment) => segment.find(term))
      return { found, count: found.reduce((sum, postings) => sum + (postings?.passages.length ?? 0), 0) }
    })
    .filter(({ count }) => count > 0)
  const most = live < COMMON.passages ? live : live * COMMON.share
  const telling = asked.filter(({ count }) => count <= most)
  const counted = telling.length > 0 ? telling : asked
  const best = createBest(limit)
  for (const [index, segment] of segments.entries()) {
    const scores = new Float32Array(segment.passages)
    let isTouched = false
    for (const { found, count } of counted) {
      const postings = found[index]
      if (!postings) continue
      isTouched = true
      const weight = Math.log(1 + (live - count + 0.5) / (count + 0.5)) * (SATURATION + 1)
      accumulate(scores, postings, weight, segment.lengths, average)
    }
    if (isTouched) collect(scores, segment, best, allowed)
  }
  return best.inOrder()
}

function accumulate(
  scores: Float32Array,
  { passages, body, headings }: Postings,
  weight: number,
  lengths: Uint16Array,
  average: number,
): void {
  const fixed = SATURATION * (1 - LENGTH)
  const perTerm = (SATURATION * LENGTH) / average
  for (let index = 0; index < passages.length; index++) {
    const passage = passages[index] as number
    const often = (body[index] as number) + HEADINGS * (headings[index] as number)
    const norm = fixed + perTerm * (lengths[passage] as number)
    scores[passage] = (scores[passage] as number) + (weight * often) / (often + norm)
  }
}

/** A document's passages follow one another: the best of each stretch is the document's. */
function collect(
  scores: Float32Array,
  { documents }: Segment,
  best: ReturnType<typeof createBest>,
  allowed: RankOptions['allowed'],
): void {
  const end = scores.length
  for (let passage = 0; passage < end; passage++) {
    const score = scores[passage] as number
    if (score === 0 || score < best.least()) continue
    const document = documents[passage] as number
    let at = passage
    while (passage + 1 < end && documents[passage + 1] === document) {
      passage++
      if ((scores[passage] as number) > (scores[at] as number)) at = passage
    }
    if (allowed && !allowed.has(document)) continue
    let first = at
    while (first > 0 && documents[first - 1] === document) first--
    best.add({ document, passage: at - first, score: scores[at] as number })
  }
}

/** The best few. */
function createBest(limit: number) {
  const kept: Ranked[] = []
  const isBefore = (one: Ranked, other: Ranked) =>
    one.score > other.score || (one.score === other.score && one.document < other.document)
  return {
    /** Whatever is below is not among them. */
    least: () => (kept.length < limit ? 0 : (kept.at(-1)?.score ?? 0)),
    add(ranked: Ranked): void {
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
