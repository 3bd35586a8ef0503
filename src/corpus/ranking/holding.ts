import type { Segment } from '../segments/segment.ts'
import { isUnspaced, pairsOf, termOf, wordsOf } from './analyse.ts'

/** Terms of a phrase that are looked for: those that follow hardly ever tell more. */
const TERMS = 32

/**
 * The documents with a passage that has all terms of a phrase, whatever their order: those among which the phrase is to
 * be looked for. Undefined where nothing of it is sure to be a term wherever it stands, as of a single character.
 */
export function holding(segments: readonly Segment[], phrase: string): Set<number> | undefined {
  const terms = new Set<string>()
  for (const word of wordsOf(phrase)) {
    // Which words a run has depends on what stands around it: its pairs of characters don't.
    for (const term of isUnspaced(word) ? pairsOf(word) : [termOf(word)])
      if (terms.size < TERMS) terms.add(term)
  }
  if (terms.size === 0) return undefined
  const documents = new Set<number>()
  for (const segment of segments) {
    for (const passage of passagesWith(segment, [...terms])) documents.add(segment.documents[passage] ?? 0)
  }
  return documents
}

function passagesWith(segment: Segment, terms: readonly string[]): Uint32Array {
  const found = terms.map((term) => segment.find(term))
  if (!found.every((term) => term !== undefined)) return new Uint32Array()
  const [rarest, ...others] = found.sort((one, other) => one.count - other.count)
  let left = rarest?.postings().passages.slice() ?? new Uint32Array()
  for (const other of others) {
    if (left.length === 0) break
    left = both(left, other.postings().passages)
  }
  return left
}

/** What is in both, each ascending; written into the first. */
function both(some: Uint32Array<ArrayBuffer>, others: Uint32Array): Uint32Array<ArrayBuffer> {
  let kept = 0
  let at = 0
  for (const passage of some) {
    while (at < others.length && (others[at] as number) < passage) at++
    if (others[at] === passage) some[kept++] = passage
  }
  return some.subarray(0, kept)
}
