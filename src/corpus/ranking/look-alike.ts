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
const MOST = 12
/** A look-alike's weight falls faster than its likeness, to this power. */
const FALL = 1.25

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
  /** All words' stretches, one word's after the other's; where each word's begin. */
  let slots = new Int32Array(1024)
  const begins = [0]
  for (const { term } of all) {
    if (!isComparable(term)) continue
    const from = begins.at(-1) ?? 0
    if (from + term.length > slots.length) slots = grown(slots, from + term.length)
    terms.push(term)
    begins.push(from + stretchesOf(term, slots, from))
  }
  const end = begins.at(-1) ?? 0
  // Which words have a stretch: those of slot s stand from starts[s] on.
  const starts = new Uint32Array(SLOTS + 1)
  for (let at = 0; at < end; at++) {
    const slot = slots[at] as number
    starts[slot + 1] = (starts[slot + 1] as number) + 1
  }
  const weights = new Float32Array(SLOTS)
  for (let slot = 0; slot < SLOTS; slot++) {
    weights[slot] = Math.log(1 + terms.length / Math.max(1, starts[slot + 1] as number))
    starts[slot + 1] = (starts[slot + 1] as number) + (starts[slot] as number)
  }
  const owners = new Uint32Array(end)
  const next = starts.slice()
  const totals = new Float32Array(terms.length)
  for (let number = 0; number < terms.length; number++) {
    for (let at = begins[number] as number; at < (begins[number + 1] as number); at++) {
      const slot = slots[at] as number
      owners[next[slot] as number] = number
      next[slot] = (next[slot] as number) + 1
      totals[number] = (totals[number] as number) + (weights[slot] as number)
    }
  }
  const shared = new Float32Array(terms.length)
  const met = new Uint32Array(terms.length)
  return {
    alike(term) {
      const own = new Int32Array(term.length)
      const weighted = Array.from(own.subarray(0, stretchesOf(term, own, 0)), (slot) => {
        return { slot, weight: weights[slot] as number }
      }).sort((one, other) => other.weight - one.weight)
      const total = weighted.reduce((sum, { weight }) => sum + weight, 0)
      // A word that shares less than this is not alike, however short it is.
      const least = (LEAST * total) / (2 - LEAST)
      let count = 0
      let left = total
      for (const { slot, weight } of weighted) {
        const isEnough = left >= least
        left -= weight
        for (let at = starts[slot] as number; at < (starts[slot + 1] as number); at++) {
          const number = owners[at] as number
          const before = shared[number] as number
          if (before === 0) {
            if (!isEnough) continue
            met[count++] = number
          }
          shared[number] = before + weight
        }
      }
      const found: Alike[] = []
      for (let index = 0; index < count; index++) {
        const number = met[index] as number
        const weight = (2 * (shared[number] as number)) / (total + (totals[number] as number))
        shared[number] = 0
        if (weight < LEAST) continue
        const other = terms[number] as string
        if (other !== term) found.push({ term: other, weight: Math.min(1, weight) ** FALL })
      }
      return best(found)
    },
  }
}

function grown(slots: Int32Array, least: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(slots.length * 2, least))
  larger.set(slots)
  return larger
}

/** Writes the slots of a word's stretches, each once, from `from` on; returns how many, no more than it has letters. */
function stretchesOf(term: string, slots: Int32Array, from: number): number {
  let count = 0
  for (let at = -1; at + LETTERS <= term.length + 1; at++) {
    let hash = 0x811c9dc5
    for (let letter = at; letter < at + LETTERS; letter++) {
      hash = Math.imul(hash ^ (letter < 0 || letter >= term.length ? 0 : term.charCodeAt(letter)), 0x01000193)
    }
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    let before = 0
    while (before < count && slots[from + before] !== slot) before++
    if (before === count) slots[from + count++] = slot
  }
  return count
}
