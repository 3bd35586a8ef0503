/** Bytes that grow, with whole numbers in them as seven bits a byte, the lowest first. */
export type ByteWriter = {
  readonly length: () => number
  byte(value: number): void
  /** 0 to 2^32 − 1. */
  number(value: number): void
  bytes(values: Uint8Array): void
  /** What was written since the last `take`, as a copy. */
  take(): Uint8Array
}

export function createByteWriter(room = 1024): ByteWriter {
  let bytes = new Uint8Array(room)
  let length = 0
  const makeRoom = (more: number) => {
    if (length + more <= bytes.length) return
    const larger = new Uint8Array(Math.max(bytes.length * 2, length + more))
    larger.set(bytes.subarray(0, length))
    bytes = larger
  }
  return {
    length: () => length,
    byte(value) {
      makeRoom(1)
      bytes[length++] = value
    },
    number(value) {
      makeRoom(5)
      let rest = value
      while (rest > 127) {
        bytes[length++] = (rest & 127) | 128
        rest >>>= 7
      }
      bytes[length++] = rest
    },
    bytes(values) {
      makeRoom(values.length)
      bytes.set(values, length)
      length += values.length
    },
    take() {
      const taken = bytes.slice(0, length)
      length = 0
      return taken
    },
  }
}

export type ByteReader = {
  /** The index of the next byte; may be set. */
  at: number
  number(): number
}

/** Throws a RangeError beyond the end: of a damaged index nothing is guessed. */
export function createByteReader(bytes: Uint8Array, start = 0): ByteReader {
  return {
    at: start,
    number() {
      let value = 0
      for (let shift = 0; shift < 35; shift += 7) {
        const byte = bytes[this.at++]
        if (byte === undefined) throw new RangeError('a number goes beyond the end')
        value |= (byte & 127) << shift
        if (byte < 128) return value >>> 0
      }
      throw new RangeError('a number of more than 32 bits')
    },
  }
}
