import { isUnspaced } from './analyse.ts'
import type { Segment } from './segment.ts'

/** Letters of a stretch by which words are compared, its edges counting as one. */
const LETTERS = 4
/** A word shorter than this has too little in common with any; one with digits in it is a name or a number: exact. */
const SHORTEST = 4
/** Slots for stretches; those that share one count as the same, which at this number is rare. */
const SLOTS = 1 << 17
/** How alike words must be: of the weight of both their stretches what they share. */
const LEAST = 0.33
/** The most look-alikes of one word. */
const MOST = 20

/** A word of the index and how alike it is, 1 at most. */
export type Alike = { readonly term: string; readonly weight: number }

/**
 * The words of the index that look like one of a question: other inflections, compounds that hold it, slips of the
 * keyboard, in any language that writes words of letters. A rare stretch of letters says more than one that many words
 * have, so that what `-ation` shares counts little. Most alike first.
 */
export function lookAlikes(term: string, segments: readonly Segment[]): Alike[] {
  if (!isComparable(term)) return []
  const found = new Map<string, number>()
  for (const segment of segments) {
    for (const { term: other, weight } of vocabularyOf(segment).alike(term)) {
      if (weight > (found.get(other) ?? 0)) found.set(other, weight)
    }
  }
  return best([...found].map(([other, weight]) => ({ term: other, weight })))
}

function best(found: Alike[]): Alike[] {
  return found
    .sort((one, other) => other.weight - one.weight || (one.term < other.term ? -1 : 1))
    .slice(0, MOST)
}

function isComparable(term: string): boolean {
  return term.length >= SHORTEST && !/\p{N}/u.test(term) && !isUnspaced(term)
}

type Vocabulary = { alike(term: string): Alike[] }

/** A segment's words never change, whatever is deleted of it: its documents' array stands for them. */
const known = new WeakMap<Uint32Array, Vocabulary>()

function vocabularyOf({ documents, terms }: Segment): Vocabulary {
  const vocabulary = known.get(documents) ?? createVocabulary(terms(''))
  known.set(documents, vocabulary)
  return vocabulary
}

function createVocabulary(all: Iterable<{ readonly term: string }>): Vocabulary {
  const terms: string[] = []
  for (const { term } of all) if (isComparable(term)) terms.push(term)
  // Which words have a stretch: those of slot s stand from ends[s] on, once all are placed.
  const ends = new Uint32Array(SLOTS + 1)
  for (const term of terms) for (const slot of stretchesOf(term)) ends[slot + 1] = (ends[slot + 1] ?? 0) + 1
  const weights = new Float32Array(SLOTS)
  for (let slot = 0; slot < SLOTS; slot++) {
    weights[slot] = Math.log(1 + terms.length / Math.max(1, ends[slot + 1] ?? 0))
    ends[slot + 1] = (ends[slot + 1] ?? 0) + (ends[slot] ?? 0)
  }
  const owners = new Uint32Array(ends[SLOTS] ?? 0)
  const next = ends.slice()
  const totals = new Float32Array(terms.length)
  for (const [number, term] of terms.entries()) {
    for (const slot of stretchesOf(term)) {
      owners[next[slot] as number] = number
      next[slot] = (next[slot] as number) + 1
      totals[number] = (totals[number] as number) + (weights[slot] as number)
    }
  }
  const shared = new Float32Array(terms.length)
  return {
    alike(term) {
      const met: number[] = []
      let total = 0
      for (const slot of stretchesOf(term)) {
        const weight = weights[slot] as number
        total += weight
        for (let at = ends[slot] as number; at < (ends[slot + 1] as number); at++) {
          const number = owners[at] as number
          if (shared[number] === 0) met.push(number)
          shared[number] = (shared[number] as number) + weight
        }
      }
      const found: Alike[] = []
      for (const number of met) {
        const weight = (2 * (shared[number] as number)) / (total + (totals[number] as number))
        shared[number] = 0
        const other = terms[number] as string
        if (weight >= LEAST && other !== term) found.push({ term: other, weight: Math.min(1, weight) })
      }
      return best(found)
    },
  }
}

/** The slots of a word's stretches, each once. */
function stretchesOf(term: string): Set<number> {
  const slots = new Set<number>()
  for (let at = -1; at + LETTERS <= term.length + 1; at++) {
    let hash = 0x811c9dc5
    for (let letter = at; letter < at + LETTERS; letter++) {
      hash = Math.imul(hash ^ (letter < 0 || letter >= term.length ? 0 : term.charCodeAt(letter)), 0x01000193)
    }
    slots.add((hash ^ (hash >>> 15)) & (SLOTS - 1))
  }
  return slots
}
