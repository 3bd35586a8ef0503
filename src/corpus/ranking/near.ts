/** Terms further apart than this, in terms, have nothing to do with each other. */
const REACH = 5
/** What two terms beside each other add: this share of what the commoner of them says. */
const SHARE = 0.2

/**
 * What a passage gains by question words that stand close together in it: for each two that follow one another the
 * closest they come. `terms` are the passage's, in their order; `places` says of those that are asked for, or stand for
 * what is, which word of the question it is; `said` how much each of those says (`rarity`).
 */
export function nearness(
  terms: readonly number[],
  places: ReadonlyMap<number, number>,
  said: readonly number[],
): number {
  const pairs = new Map<number, number>()
  let last = -1
  let lastAt = 0
  for (let at = 0; at < terms.length; at++) {
    const place = places.get(terms[at] as number)
    if (place === undefined) continue
    if (last !== -1 && last !== place && at - lastAt <= REACH) {
      const pair = Math.min(last, place) * said.length + Math.max(last, place)
      const gain = (SHARE * Math.min(said[last] ?? 0, said[place] ?? 0)) / Math.sqrt(at - lastAt)
      if (gain > (pairs.get(pair) ?? 0)) pairs.set(pair, gain)
    }
    last = place
    lastAt = at
  }
  let sum = 0
  for (const gain of pairs.values()) sum += gain
  return sum
}
