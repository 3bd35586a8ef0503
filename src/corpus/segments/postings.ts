import type { Postings } from './segment.ts'
import type { ByteWriter } from './varbyte.ts'

/**
 * A term's postings as bytes: for each passage its distance from the one before (the first from −1, so it is never 0),
 * × 2, + 1 where the term stands in it once, in the body; else one byte more, body + 16 × headings. Most terms of most
 * passages are that one case: a posting is a byte or two.
 */
export function writePosting(
  out: ByteWriter,
  gap: number,
  /** Body + 16 × headings, each `MOST_OFTEN` at most. */
  often: number,
): void {
  if (often === 1) out.number(gap * 2 + 1)
  else {
    out.number(gap * 2)
    out.byte(often)
  }
}

/** Goes through the postings in `bytes`. Throws a RangeError where they end within one. */
export function scanPostings(bytes: Uint8Array, visit: (passage: number, often: number) => void): void {
  const end = bytes.length
  let passage = -1
  for (let at = 0; at < end; ) {
    let byte = bytes[at++] ?? 0
    let code = byte & 127
    for (let shift = 7; byte > 127 && at < end; shift += 7) {
      byte = bytes[at++] ?? 0
      code |= (byte & 127) << shift
    }
    if (byte > 127 || (at === end && !(code & 1))) throw new RangeError('postings end within one')
    passage += code >>> 1
    visit(passage, code & 1 ? 1 : (bytes[at++] ?? 0))
  }
}

/** Whether the passage's bit is set: it is deleted from its segment. */
export function isDeleted(deleted: Uint8Array, passage: number): boolean {
  return ((deleted[passage >>> 3] as number) & (1 << (passage & 7))) !== 0
}

/** Where postings are read into, over and over: nothing is made for each term. */
export type PostingsRoom = { passages: Uint32Array; often: Uint8Array }

export function createPostingsRoom(count = 0): PostingsRoom {
  return { passages: new Uint32Array(count), often: new Uint8Array(count) }
}

/**
 * The `count` postings in `bytes`, without the passages whose bit is set in `deleted`. Valid until the next are read
 * into the same room. Throws a RangeError where it holds others.
 */
export function readPostings(
  bytes: Uint8Array,
  count: number,
  deleted?: Uint8Array,
  room = createPostingsRoom(),
): Postings {
  // Of a damaged dictionary: no room is made for more than there can be.
  if (count > bytes.length) throw new RangeError(`other postings than ${count}`)
  if (room.passages.length < count) Object.assign(room, createPostingsRoom(count * 2))
  const { passages, often } = room
  const end = bytes.length
  let passage = -1
  let index = 0
  let read = 0
  let at = 0
  // As in `scanPostings`, written out: most of a question's time is spent here.
  for (; at < end && read < count; read++) {
    let code = bytes[at++] as number
    if (code > 127) {
      let byte = code
      code &= 127
      for (let shift = 7; byte > 127; shift += 7) {
        if (at === end) throw new RangeError('postings end within one')
        byte = bytes[at++] as number
        code |= (byte & 127) << shift
      }
    }
    passage += code >>> 1
    let amount = 1
    if (!(code & 1)) {
      if (at === end) throw new RangeError('postings end within one')
      amount = bytes[at++] as number
    }
    if (deleted && isDeleted(deleted, passage)) continue
    passages[index] = passage
    often[index++] = amount
  }
  if (read !== count || at !== end) throw new RangeError(`other postings than ${count}`)
  return { passages: passages.subarray(0, index), often: often.subarray(0, index) }
}
