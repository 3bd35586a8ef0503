import type { Segment } from '../segments/segment.ts'
import { hashWith, NO_CHARACTERS } from '../segments/word-table.ts'
import { isUnspaced } from './analyse.ts'

/** Letters of a stretch by which words are compared, its edges counting as one. */
const LETTERS = 4
/** A word shorter than this has too little in common with any; one with digits in it is a name or a number: exact. */
const SHORTEST = 4
/** Slots for stretches, about one for each; those that share one count as the same, which is rare enough. */
const SLOTS = { least: 1 << 10, most: 1 << 17 }
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

/** Learns the words of one more segment, so that the next question needn't; false where all are known. */
export function learnWords(segments: readonly Segment[]): boolean {
  const unknown = segments.find(({ documents }) => !known.has(documents))
  if (unknown) vocabularyOf(unknown)
  return unknown !== undefined
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
  const listed: string[] = []
  /** All words' stretches, one word's after the other's; where each word's begin. */
  let hashes = new Int32Array(1024)
  const begins = [0]
  for (const { term } of all) {
    if (!isComparable(term)) continue
    const from = begins.at(-1) ?? 0
    if (from + term.length > hashes.length) hashes = grown(hashes, from + term.length)
    listed.push(term)
    begins.push(from + stretchesOf(term, hashes, from))
  }
  const count = listed.length
  const end = begins.at(-1) ?? 0
  let slots = SLOTS.least
  while (slots < SLOTS.most && slots < end) slots *= 2
  // Which words have a stretch: those of slot s stand from starts[s] on.
  const starts = new Uint32Array(slots + 1)
  for (let at = 0; at < end; at++) {
    const slot = (hashes[at] as number) & (slots - 1)
    hashes[at] = slot
    starts[slot + 1] = (starts[slot + 1] as number) + 1
  }
  for (let slot = 0; slot < slots; slot++) {
    starts[slot + 1] = (starts[slot + 1] as number) + (starts[slot] as number)
  }
  const weightOf = (slot: number) => {
    return Math.log(1 + count / Math.max(1, (starts[slot + 1] as number) - (starts[slot] as number)))
  }
  const owners = new Uint32Array(end)
  const next = starts.slice()
  const totals = new Float32Array(count)
  for (let number = 0; number < count; number++) {
    let total = 0
    for (let at = begins[number] as number; at < (begins[number + 1] as number); at++) {
      const slot = hashes[at] as number
      owners[next[slot] as number] = number
      next[slot] = (next[slot] as number) + 1
      total += weightOf(slot)
    }
    totals[number] = total
  }
  // All in one: a string for each takes several times as much.
  const terms = listed.join('')
  const ends = new Uint32Array(count)
  for (let number = 0, at = 0; number < count; number++) {
    at += (listed[number] as string).length
    ends[number] = at
  }
  const termOf = (number: number) => terms.slice(number === 0 ? 0 : ends[number - 1], ends[number])

  return {
    alike(term) {
      const own = new Int32Array(term.length)
      const stretches = new Set(own.subarray(0, stretchesOf(term, own, 0)).map((hash) => hash & (slots - 1)))
      const weighted = Array.from(stretches, (slot) => ({ slot, weight: weightOf(slot) }))
      weighted.sort((one, other) => other.weight - one.weight)
      const total = weighted.reduce((sum, { weight }) => sum + weight, 0)
      // A word that shares less than this is not alike, however short it is.
      const least = (LEAST * total) / (2 - LEAST)
      const { shared, met } = roomFor(count)
      let metCount = 0
      let left = total
      for (const { slot, weight } of weighted) {
        const isEnough = left >= least
        left -= weight
        for (let at = starts[slot] as number; at < (starts[slot + 1] as number); at++) {
          const number = owners[at] as number
          const before = shared[number] as number
          if (before === 0) {
            if (!isEnough) continue
            met[metCount++] = number
          }
          shared[number] = before + weight
        }
      }
      const found: Alike[] = []
      for (let index = 0; index < metCount; index++) {
        const number = met[index] as number
        const weight = (2 * (shared[number] as number)) / (total + (totals[number] as number))
        shared[number] = 0
        if (weight < LEAST) continue
        const other = termOf(number)
        if (other !== term) found.push({ term: other, weight: Math.min(1, weight) ** FALL })
      }
      return best(found)
    },
  }
}

/**
 * What is counted of the words that a question's word shares stretches with; all 0 between two words, since nothing in
 * between awaits or fails. Kept: made anew for each word and segment it would take longer than to count.
 */
const room = { shared: new Float32Array(), met: new Uint32Array() }

function roomFor(count: number): typeof room {
  if (room.shared.length < count) {
    room.shared = new Float32Array(count)
    room.met = new Uint32Array(count)
  }
  return room
}

function grown(numbers: Int32Array, least: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(numbers.length * 2, least))
  larger.set(numbers)
  return larger
}

/** Writes the hashes of a word's stretches, each once, from `from` on; returns how many, no more than it has letters. */
function stretchesOf(term: string, hashes: Int32Array, from: number): number {
  let count = 0
  for (let at = -1; at + LETTERS <= term.length + 1; at++) {
    let hash = NO_CHARACTERS
    for (let letter = at; letter < at + LETTERS; letter++) {
      hash = hashWith(hash, letter < 0 || letter >= term.length ? 0 : term.charCodeAt(letter))
    }
    hash ^= hash >>> 15
    let before = 0
    while (before < count && hashes[from + before] !== hash) before++
    if (before === count) hashes[from + count++] = hash
  }
  return count
}
