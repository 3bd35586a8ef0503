import { MOST_OFTEN, type Postings } from './segment.ts'
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

/** The `count` postings in `bytes`. Throws a RangeError where it holds others. */
export function readPostings(bytes: Uint8Array, count: number): Postings {
  const passages = new Uint32Array(count)
  const body = new Uint8Array(count)
  const headings = new Uint8Array(count)
  let index = 0
  scanPostings(bytes, (passage, often) => {
    passages[index] = passage
    body[index] = often & MOST_OFTEN
    headings[index] = often >>> 4
    index++
  })
  if (index !== count) throw new RangeError(`${index} postings instead of ${count}`)
  return { passages, body, headings }
}

/** Without the passages whose bit is set in `deleted`; undefined where none is left. */
export function withoutDeleted(postings: Postings, deleted: Uint8Array): Postings | undefined {
  const { passages, body, headings } = postings
  let kept = 0
  const isDeleted = (passage: number) => (deleted[passage >>> 3] ?? 0) & (1 << (passage & 7))
  const { length } = passages
  while (kept < length && !isDeleted(passages[kept] ?? 0)) kept++
  if (kept === length) return postings
  const left = { passages: passages.slice(), body: body.slice(), headings: headings.slice() }
  for (let index = kept + 1; index < length; index++) {
    const passage = passages[index] ?? 0
    if (isDeleted(passage)) continue
    left.passages[kept] = passage
    left.body[kept] = body[index] ?? 0
    left.headings[kept] = headings[index] ?? 0
    kept++
  }
  if (kept === 0) return undefined
  return {
    passages: left.passages.slice(0, kept),
    body: left.body.slice(0, kept),
    headings: left.headings.slice(0, kept),
  }
}
