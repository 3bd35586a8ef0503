import { CANDIDATES } from './encoding-candidates.ts'

/** How many bytes are judged, from the first one that is no ASCII. */
const JUDGED = 8192

/**
 * The encoding in which bytes that are no UTF-8 look most like a language. Each candidate reads them as characters of its
 * own: in the right one most of what is not ASCII are letters of the language in their places, and a good part of those
 * the frequent ones. Windows-1252 where none is like any: it reads every byte.
 */
export function judgedEncoding(bytes: Uint8Array): string {
  // With the character before it, which says whether it stands within a word.
  const start = Math.max(bytes.findIndex((byte) => byte > 0x7f) - 1, 0)
  const head = bytes.subarray(start, start + JUDGED)
  const read = new Map<string, { text: string; foreign: number; wrong: number }>()
  let best = { encoding: 'windows-1252', score: 0 }
  for (const { encoding, script, frequent, share } of CANDIDATES) {
    const { text, foreign, wrong } = read.get(encoding) ?? readAs(encoding, head)
    read.set(encoding, { text, foreign, wrong })
    if (foreign === 0) continue
    const placed = count(text, script) / foreign
    const score = placed * Math.min(count(text, frequent) / foreign / share, 1) - (2 * wrong) / foreign
    if (score > best.score) best = { encoding, score }
  }
  return best.encoding
}

function readAs(encoding: string, bytes: Uint8Array): { text: string; foreign: number; wrong: number } {
  const text = new TextDecoder(encoding).decode(bytes, { stream: true })
  const foreign = count(text, /[^\u0000-\u007f]/g)
  return { text, foreign, wrong: count(text, /[\ufffd\u0080-\u009f\ue000-\uf8ff\uff61-\uff9f]/g) }
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}
