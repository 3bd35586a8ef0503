import { createByteReader, createByteWriter } from './varbyte.ts'

/** Terms that are written relative to the one before: looked through one by one, so few. */
const BLOCK = 16

/** Where a term's postings stand: how many, from which byte on, how many bytes. */
export type Entry = { readonly count: number; readonly offset: number; readonly size: number }

/**
 * Sorted terms as bytes: blocks of sixteen, in which a term is how many bytes it shares with the one before and the
 * rest. Before them the number of terms and, for each block, where it begins and where its first term's postings do.
 */
export type DictionaryWriter = {
  /** Terms as UTF-8, ascending by their bytes, each once; their postings follow one another. */
  add(term: Uint8Array, count: number, size: number): void
  end(): Uint8Array
}

export function createDictionaryWriter(): DictionaryWriter {
  const blocks: number[] = []
  const body = createByteWriter(1 << 16)
  let terms = 0
  let offset = 0
  let before = new Uint8Array(64)
  let beforeLength = 0
  return {
    add(term, count, size) {
      let common = 0
      if (terms % BLOCK === 0) blocks.push(body.length(), offset)
      else {
        while (common < beforeLength && common < term.length && term[common] === before[common]) common++
        body.number(common)
      }
      body.number(term.length - common)
      body.bytes(term.subarray(common))
      body.number(count)
      body.number(size)
      if (term.length > before.length) before = new Uint8Array(term.length * 2)
      before.set(term)
      beforeLength = term.length
      terms++
      offset += size
    },
    end() {
      const head = Uint32Array.from([terms, ...blocks])
      const rest = body.take()
      const bytes = new Uint8Array(head.byteLength + rest.length)
      bytes.set(new Uint8Array(head.buffer))
      bytes.set(rest, head.byteLength)
      return bytes
    },
  }
}

/** Goes through the terms in order. `term` is overwritten by each `next`. */
export type DictionaryCursor = {
  next(): boolean
  term(): Uint8Array
  entry(): Entry
}

export type Dictionary = {
  readonly terms: number
  find(term: Uint8Array): Entry | undefined
  /** From the first term that is not before `start`. */
  from(start: Uint8Array): DictionaryCursor
}

/** Reads what `DictionaryWriter` wrote, in place: opening it costs nothing. */
export function readDictionary(bytes: Uint8Array): Dictionary {
  const head = new Uint32Array(bytes.slice(0, 4).buffer)
  const terms = head[0] ?? 0
  const blocks = Math.ceil(terms / BLOCK)
  const table = new Uint32Array(bytes.slice(4, 4 + blocks * 8).buffer)
  const body = bytes.subarray(4 + blocks * 8)

  /** Where `find` reads: it is asked hundreds of times a question, so nothing is made for it. */
  let at = 0
  function number(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = body[at++]
      if (byte === undefined) throw new RangeError('a number goes beyond the end')
      value |= (byte & 127) << shift
      if (byte < 128) return value >>> 0
    }
    throw new RangeError('a number of more than 32 bits')
  }

  /** Negative where `term` is before the block's first term. */
  function compareToFirst(term: Uint8Array, block: number): number {
    at = table[block * 2] ?? 0
    const length = number()
    const common = Math.min(length, term.length)
    for (let index = 0; index < common; index++) {
      const difference = (term[index] as number) - (body[at + index] as number)
      if (difference !== 0) return difference
    }
    return term.length - length
  }

  /** The last block whose first term is not after `term`; 0 where all are. */
  function blockOf(term: Uint8Array): number {
    let low = 0
    let high = blocks - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (compareToFirst(term, middle) < 0) high = middle - 1
      else low = middle
    }
    return low
  }

  function cursorAt(block: number): DictionaryCursor {
    const reader = createByteReader(body, table[block * 2] ?? 0)
    let index = block * BLOCK
    let term = new Uint8Array(256)
    let length = 0
    let count = 0
    let offset = table[block * 2 + 1] ?? 0
    let size = 0
    let shown: Uint8Array | undefined
    return {
      next() {
        if (index >= terms) return false
        shown = undefined
        const common = index % BLOCK === 0 ? 0 : reader.number()
        const rest = reader.number()
        if (common + rest > term.length) {
          const larger = new Uint8Array((common + rest) * 2)
          larger.set(term)
          term = larger
        }
        for (let at = 0; at < rest; at++) term[common + at] = body[reader.at + at] ?? 0
        reader.at += rest
        length = common + rest
        offset += size
        count = reader.number()
        size = reader.number()
        index++
        return true
      },
      term() {
        shown ??= term.subarray(0, length)
        return shown
      },
      entry: () => ({ count, offset, size }),
    }
  }

  function from(start: Uint8Array): DictionaryCursor {
    const cursor = cursorAt(blockOf(start))
    let waiting = false
    while (!waiting && cursor.next()) waiting = compareBytes(cursor.term(), start) >= 0
    return {
      ...cursor,
      next() {
        if (!waiting) return cursor.next()
        waiting = false
        return true
      },
    }
  }

  return {
    terms,
    find(term) {
      if (terms === 0) return undefined
      const block = blockOf(term)
      at = table[block * 2] ?? 0
      let offset = table[block * 2 + 1] ?? 0
      // How many of the term's bytes the one before begins with.
      let same = 0
      for (let index = block * BLOCK; index < Math.min(terms, (block + 1) * BLOCK); index++) {
        const common = index % BLOCK === 0 ? 0 : number()
        const rest = number()
        const from = at
        at += rest
        // What shares more with the one before than the term does stands before the term as that one did.
        if (common < same) return undefined
        if (common === same) {
          while (same < term.length && same - common < rest && body[from + same - common] === term[same])
            same++
          if (same === term.length && same === common + rest)
            return { count: number(), offset, size: number() }
          const next = same - common < rest ? (body[from + same - common] ?? 0) : -1
          if (same === term.length || next > (term[same] as number)) return undefined
        }
        number()
        offset += number()
      }
      return undefined
    },
    from,
  }
}

/** The order of the dictionary. */
export function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0)
    if (difference !== 0) return difference
  }
  return one.length - other.length
}
