import { createDictionaryWriter, type Dictionary, readDictionary } from './dictionary.ts'
import { writePosting } from './postings.ts'
import { createByteWriter } from './varbyte.ts'

/** Bytes of postings that are kept and read together. */
export const CHUNK = 1 << 15

/** What a segment is kept as, beside its postings, which are chunks of `CHUNK` bytes. */
export type SegmentBytes = {
  readonly documents: Uint32Array
  readonly lengths: Uint16Array
  readonly dictionary: Uint8Array
}

/**
 * Writes a segment, its terms ascending and each term's passages ascending; memory is needed for the dictionary and one
 * chunk of postings.
 */
export type SegmentWriter = {
  /** As UTF-8: what follows are its postings. A term without any is left out. */
  term(term: Uint8Array): void
  /** `often`: body + 16 × headings. */
  posting(passage: number, often: number): void
  /** The dictionary, once all is written. */
  end(): Uint8Array
}

export function createSegmentWriter(keepChunk: (chunk: Uint8Array) => void): SegmentWriter {
  const dictionary = createDictionaryWriter()
  const out = createByteWriter(CHUNK * 2)
  let written = new Uint8Array()
  let current: Uint8Array | undefined
  let count = 0
  let before = -1
  let began = 0

  /** The last term is in the dictionary; whole chunks are kept. */
  const settle = () => {
    if (current && count > 0) dictionary.add(current, count, out.length() - began)
    began = out.length()
    if (began < CHUNK) return
    const bytes = out.take()
    let at = 0
    for (; at + CHUNK <= bytes.length; at += CHUNK) keepChunk(bytes.subarray(at, at + CHUNK))
    out.bytes(bytes.subarray(at))
    began = out.length()
  }
  return {
    term(term) {
      settle()
      if (term.length > written.length) written = new Uint8Array(term.length * 2)
      written.set(term)
      current = written.subarray(0, term.length)
      count = 0
      before = -1
    },
    posting(passage, often) {
      writePosting(out, passage - before, often)
      before = passage
      count++
    },
    end() {
      settle()
      if (out.length() > 0) keepChunk(out.take())
      return dictionary.end()
    },
  }
}

/** A segment as it was written, before anything was deleted from it. */
export type WrittenSegment = SegmentBytes & {
  readonly terms: Dictionary
  /** The bytes of a term's postings, valid until those of another are asked for. */
  postings(offset: number, size: number): Uint8Array
}

export function readSegment(
  { documents, lengths, dictionary }: SegmentBytes,
  /** The chunk of this number, from 0. */
  readChunk: (number: number) => Uint8Array,
): WrittenSegment {
  // Terms that stand together are read together by whoever merges, and by look-alikes.
  let last: { number: number; chunk: Uint8Array } | undefined
  let joined = new Uint8Array()
  const chunkOf = (number: number) => {
    if (last?.number !== number) last = { number, chunk: readChunk(number) }
    return last.chunk
  }
  return {
    ...{ documents, lengths, dictionary },
    terms: readDictionary(dictionary),
    postings(offset, size) {
      let number = Math.floor(offset / CHUNK)
      const first = offset - number * CHUNK
      const chunk = chunkOf(number)
      if (first + size <= chunk.length) return chunk.subarray(first, first + size)
      // Read into one room: the longest postings, of the commonest words, are those that go over several chunks.
      if (joined.length < size) joined = new Uint8Array(size * 2)
      const bytes = joined.subarray(0, size)
      bytes.set(chunk.subarray(first))
      for (let at = chunk.length - first; at < size; ) {
        number++
        const part = chunkOf(number).subarray(0, size - at)
        if (part.length === 0) throw new RangeError('postings beyond the last chunk')
        bytes.set(part, at)
        at += part.length
      }
      return bytes
    },
  }
}
