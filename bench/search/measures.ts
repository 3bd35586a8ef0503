/** Of one question: how good the first ten are. */
export type Figures = { readonly ndcg: number; readonly recall: number; readonly mrr: number }

/** nDCG@10 (gain 2^grade − 1, ideal over all that is judged), Recall@10, MRR@10. */
export function figuresOf(found: readonly string[], grades: ReadonlyMap<string, number>): Figures {
  const first = found.slice(0, 10)
  const gain = (grade: number, place: number) => (2 ** grade - 1) / Math.log2(place + 2)
  const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0)
  const ideal = [...grades.values()].toSorted((one, other) => other - one).slice(0, 10)
  const relevant = [...grades.values()].filter((grade) => grade > 0).length
  const right = first.filter((file) => (grades.get(file) ?? 0) > 0).length
  const place = first.findIndex((file) => (grades.get(file) ?? 0) > 0)
  return {
    ndcg: sum(first.map((file, at) => gain(grades.get(file) ?? 0, at))) / (sum(ideal.map(gain)) || 1),
    recall: right / Math.max(1, relevant),
    mrr: place === -1 ? 0 : 1 / (place + 1),
  }
}

/** How often chance alone, flipping the sign of each difference, makes a mean as far from nothing (10,000 tries). */
export function signFlip(differences: readonly number[]): number {
  const told = differences.filter((difference) => difference !== 0)
  const actual = Math.abs(told.reduce((sum, one) => sum + one, 0))
  let seed = 20_261
  let as = 0
  const tries = 10_000
  for (let attempt = 0; attempt < tries; attempt++) {
    let sum = 0
    for (const difference of told) {
      seed ^= seed << 13
      seed ^= seed >>> 17
      seed ^= seed << 5
      sum += seed & 1024 ? difference : -difference
    }
    if (Math.abs(sum) >= actual - 1e-12) as++
  }
  return (as + 1) / (tries + 1)
}
