import { rarity, type Statistics, type Wanted } from './score.ts'

/** Terms further apart than this, in terms, have nothing to do with each other. */
const REACH = 5
/** What two terms beside each other add: this share of what the commoner of them says. */
const SHARE = 0.2

/**
 * What a passage gains by question words that stand close together in it: for each two that follow one another the
 * closest they come. `terms` is the passage's text, analysed; `counts` how many passages have each of the wanted.
 */
export function nearness(
  terms: readonly string[],
  wanted: readonly Wanted[],
  counts: readonly number[],
  statistics: Statistics,
): number {
  const places = new Map<string, number>()
  for (const [place, { term, alike }] of wanted.entries()) {
    for (const other of [term, ...alike.map((each) => each.term)]) {
      if (!places.has(other)) places.set(other, place)
    }
  }
  const pairs = new Map<number, number>()
  let last = -1
  let lastAt = 0
  for (const [at, term] of terms.entries()) {
    const place = places.get(term)
    if (place === undefined) continue
    if (last !== -1 && last !== place && at - lastAt <= REACH) {
      const pair = Math.min(last, place) * wanted.length + Math.max(last, place)
      const said = Math.min(rarity(statistics, counts[last] ?? 0), rarity(statistics, counts[place] ?? 0))
      const gain = (SHARE * said) / Math.sqrt(at - lastAt)
      if (gain > (pairs.get(pair) ?? 0)) pairs.set(pair, gain)
    }
    last = place
    lastAt = at
  }
  let sum = 0
  for (const gain of pairs.values()) sum += gain
  return sum
}
