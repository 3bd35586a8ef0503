/**
 * Several rankings as one, by reciprocal rank (Cormack, Clarke, Büttcher 2009): what is early in many comes first. Only
 * places count, so scores of different kinds need no common measure. `k` says how little the first places tell apart.
 */
export function reciprocalRank<T>(lists: readonly (readonly T[])[], k = 60): { item: T; score: number }[] {
  const scores = new Map<T, number>()
  for (const list of lists) {
    for (const [place, item] of list.entries()) {
      scores.set(item, (scores.get(item) ?? 0) + 1 / (k + place + 1))
    }
  }
  return [...scores].map(([item, score]) => ({ item, score })).sort((one, other) => other.score - one.score)
}
