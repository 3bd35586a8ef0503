import type { AnalysedDocument } from './segment.ts'
import { createSegmentWriter, type SegmentBytes } from './segment-bytes.ts'
import { copied, createWordTable, hashWith, NO_CHARACTERS, type WordTable } from './word-table.ts'

/** Documents that become a segment together. */
export type Gathering = {
  add(document: number, analysed: AnalysedDocument): void
  /** True where it was in here. */
  remove(document: number): boolean
  /** Passages in here. */
  passages(): number
  clear(): void
  /** All of it as a segment; what was gathered is gone then. */
  write(keepChunk: (chunk: Uint8Array) => void): SegmentBytes
}

/** Which passages, and where their occurrences begin; the terms by their numbers here. */
type Gathered = { readonly numbers: Uint32Array; readonly analysed: AnalysedDocument }

export function createGathering(): Gathering {
  let gathered = new Map<number, Gathered>()
  const terms = createWordTable()
  let passages = 0

  const clear = () => {
    gathered = new Map()
    terms.clear()
    passages = 0
  }
  return {
    add(document, analysed) {
      const numbers = numbersOf(analysed.terms, terms)
      gathered.set(document, { numbers, analysed })
      passages += analysed.ends.length
    },
    remove(document) {
      passages -= gathered.get(document)?.analysed.ends.length ?? 0
      return gathered.delete(document)
    },
    passages: () => passages,
    clear,
    write(keepChunk) {
      const bytes = write(gathered, terms.words, passages, keepChunk)
      clear()
      return bytes
    },
  }
}

/** The numbers of terms that are joined by `\n`. */
function numbersOf(joined: string, terms: WordTable): Uint32Array {
  const numbers: number[] = []
  let from = 0
  let hash = NO_CHARACTERS
  for (let at = 0; at <= joined.length; at++) {
    const code = at < joined.length ? joined.charCodeAt(at) : 10
    if (code !== 10) hash = hashWith(hash, code)
    else if (at > from) {
      const known = terms.find(joined, from, at, hash)
      numbers.push(known === -1 ? terms.add(copied(joined, from, at), hash) : known)
    }
    if (code === 10) {
      from = at + 1
      hash = NO_CHARACTERS
    }
  }
  return Uint32Array.from(numbers)
}

function write(
  gathered: ReadonlyMap<number, Gathered>,
  terms: readonly string[],
  passages: number,
  keepChunk: (chunk: Uint8Array) => void,
): SegmentBytes {
  // Sorted by counting: where each term's postings end, then each posting into its place.
  const ends = new Uint32Array(terms.length)
  for (const { numbers, analysed } of gathered.values()) {
    for (const occurrence of analysed.occurrences) count(ends, numbers[occurrence >>> 8] ?? 0)
  }
  let total = 0
  for (let term = 0; term < ends.length; term++) {
    total += ends[term] ?? 0
    ends[term] = total
  }
  const at = new Uint32Array(ends.length)
  for (let term = 1; term < ends.length; term++) at[term] = ends[term - 1] ?? 0
  const passageOf = new Uint32Array(total)
  const oftenOf = new Uint8Array(total)
  const documents = new Uint32Array(passages)
  const lengths = new Uint16Array(passages)
  let passage = 0
  for (const [document, { numbers, analysed }] of gathered) {
    const { occurrences } = analysed
    let begin = 0
    for (let place = 0; place < analysed.ends.length; place++) {
      const end = analysed.ends[place] ?? begin
      for (; begin < end; begin++) {
        const occurrence = occurrences[begin] ?? 0
        const slot = count(at, numbers[occurrence >>> 8] ?? 0)
        passageOf[slot] = passage
        oftenOf[slot] = occurrence & 255
      }
      documents[passage] = document
      lengths[passage] = analysed.lengths[place] ?? 0
      passage++
    }
  }
  const writer = createSegmentWriter(keepChunk)
  const encode = createEncoder()
  for (const term of sortedPlaces(terms)) {
    writer.term(encode(terms[term] ?? ''))
    const end = ends[term] ?? 0
    for (let slot = term === 0 ? 0 : (ends[term - 1] ?? 0); slot < end; slot++) {
      writer.posting(passageOf[slot] ?? 0, oftenOf[slot] ?? 0)
    }
  }
  return { documents, lengths, dictionary: writer.end() }
}

/** One more at this place; what was there before. */
function count(counts: Uint32Array, place: number): number {
  const before = counts[place] ?? 0
  counts[place] = before + 1
  return before
}

/** The terms' places, in the order of the terms' UTF-8 bytes. */
function sortedPlaces(terms: readonly string[]): Uint32Array {
  // JavaScript compares UTF-16 units, which is the same order as long as no character is beyond the first plane.
  const isBeyond = terms.some((text) => /[\ud800-\udfff]/.test(text))
  const compare = (one: number, other: number) => {
    const [first = '', second = ''] = [terms[one], terms[other]]
    if (isBeyond) return Buffer.compare(Buffer.from(first), Buffer.from(second))
    return first < second ? -1 : 1
  }
  // By their beginnings as numbers, which is quick, each with its place; the rest decides where those are the same.
  const keys = Float64Array.from(terms, (term, place) => beginningOf(term) * PLACES + place).sort()
  const places = Uint32Array.from(keys, (key) => key % PLACES)
  for (let from = 0, to = 1; to <= places.length; to++) {
    const isSame =
      to < places.length &&
      Math.floor((keys[from] as number) / PLACES) === Math.floor((keys[to] as number) / PLACES)
    if (isSame) continue
    if (to - from > 1) places.subarray(from, to).sort(compare)
    from = to
  }
  return places
}

/** More than terms are ever gathered; with it beginnings are whole numbers below 2^53. */
const PLACES = 2 ** 23
/** Letters of a beginning, and what one is. */
const BEGINNING = 5
const LETTERS = 64

/**
 * A term's first letters as a number of their order: digits and plain letters up to the first that is neither, all of
 * which are as one.
 */
function beginningOf(term: string): number {
  let beginning = 0
  let isPlain = true
  for (let at = 0; at < BEGINNING; at++) {
    const unit: number = isPlain && at < term.length ? term.charCodeAt(at) : -1
    const isDigit = unit >= 48 && unit <= 57
    const isLetter = unit >= 97 && unit <= 122
    isPlain = isDigit || isLetter
    const rank = isDigit
      ? unit - 46
      : isLetter
        ? unit - 84
        : unit < 0
          ? 0
          : unit < 48
            ? 1
            : unit < 97
              ? 12
              : 39
    beginning = beginning * LETTERS + rank
  }
  return beginning
}

/** A text as UTF-8, until the next one; a letter at a time, which for words is quicker than to call for help. */
function createEncoder(): (text: string) => Uint8Array {
  const encoder = new TextEncoder()
  const bytes = new Uint8Array(256)
  return (text) => {
    if (text.length > bytes.length) return encoder.encode(text)
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code > 127) return encoder.encode(text)
      bytes[at] = code
    }
    return bytes.subarray(0, text.length)
  }
}
