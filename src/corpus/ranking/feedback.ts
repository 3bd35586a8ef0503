import type { Postings, Segment } from '../segments/segment.ts'
import { type Candidate, lookUp, normOf, rarity, type Statistics, saturated } from './score.ts'

/** The passages that are taken for right, and how many of their terms are looked for in the others. */
const FIRST = 5
const TERMS = 20
/** Terms in more passages than this share say nothing, and those in one alone are found nowhere else. */
const COMMON = 0.3
/** How much less a passage is trusted that scored less than the first. */
const TRUST = 8
/** The most that likeness adds, as a share of the first's score. */
const SHARE = 0.6

/**
 * What each candidate gains by its likeness to the first five: the terms that say most of those, found in the others'
 * postings (Rocchio 1971, over the candidates alone). Where the first is far ahead it is right more often than not, and
 * those behind it are trusted little. `termsOf` are the terms of a candidate's text, by their numbers in `named`.
 */
export function likeness(
  candidates: readonly Candidate[],
  segments: readonly Segment[],
  statistics: Statistics,
  termsOf: (candidate: Candidate) => readonly number[],
  named: readonly string[],
): number[] {
  const [first] = candidates
  if (!first || candidates.length < 2) return candidates.map(() => 0)
  const telling = termsOfFirst(candidates.slice(0, FIRST), statistics, termsOf)
    .flatMap(([number, amount]) => {
      const { found, count } = lookUp(named[number] ?? '', segments)
      if (count < 2 || count > statistics.live * COMMON) return []
      const said = rarity(statistics, count)
      return [{ found, said, weight: amount * said }]
    })
    .sort((one, other) => other.weight - one.weight)
    .slice(0, TERMS)
  const sums = candidates.map(() => 0)
  for (const [index, segment] of segments.entries()) {
    const within = candidates
      .map(({ segment, number }, place) => ({ segment, number, place }))
      .filter((candidate) => candidate.segment === segment)
    if (within.length === 0) continue
    for (const { found, said, weight } of telling) {
      const postings = found[index]?.postings()
      if (!postings) continue
      for (const { number, place } of within) {
        const at = placeOf(postings, number)
        if (at === -1) continue
        const norm = normOf(segment.lengths[number] ?? 0, statistics)
        sums[place] = (sums[place] ?? 0) + weight * said * saturated(postings, at, norm)
      }
    }
  }
  const most = Math.max(...sums)
  return sums.map((sum) => (most > 0 ? (SHARE * first.score * sum) / most : 0))
}

/** The terms of the first few, each with how much it is of them. */
function termsOfFirst(
  first: readonly Candidate[],
  statistics: Statistics,
  termsOf: (candidate: Candidate) => readonly number[],
): [number, number][] {
  const amounts = new Map<number, number>()
  const highest = first[0]?.score ?? 1
  for (const candidate of first) {
    const counts = new Map<number, number>()
    for (const term of termsOf(candidate)) counts.set(term, (counts.get(term) ?? 0) + 1)
    const norm = normOf(candidate.segment.lengths[candidate.number] ?? 0, statistics)
    const trust = (candidate.score / highest) ** TRUST
    for (const [term, count] of counts) {
      amounts.set(term, (amounts.get(term) ?? 0) + (trust * count) / (count + norm))
    }
  }
  return [...amounts]
}

/** Where among the postings the passage stands, −1 where it doesn't. */
function placeOf({ passages }: Postings, passage: number): number {
  let low = 0
  let high = passages.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const at = passages[middle] as number
    if (at === passage) return middle
    if (at < passage) low = middle + 1
    else high = middle - 1
  }
  return -1
}
