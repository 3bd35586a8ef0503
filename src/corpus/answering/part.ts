import type { Part } from '../corpus.ts'

/** A passage as it stands in its document: `start` in characters. */
export type StandingPassage = { readonly start: number; readonly text: string }

/** The most of a document that is handed out at once, in bytes of UTF-8. */
const MOST = 4_000_000
/** In characters. */
const MOST_CHARACTERS = 1_000_000

/** A stretch of passages, `from` the first to before `to`; `offset` is where its text begins. */
export type Stretch = { readonly from: number; readonly to: number; readonly offset: number }

/**
 * Which passages a part holds: the whole where it fits (and no offset is asked for); else from the offset on; else
 * around the passage, a quarter of the space before it; else from the beginning. At least one passage, so that whoever
 * asks for the rest gets on.
 */
export function stretchOf(passages: readonly StandingPassage[], part: Part): Stretch {
  const most = Math.max(1, Math.min(part.bytes ?? MOST, MOST))
  const { offset } = part
  if (offset !== undefined) {
    const from = Math.max(
      0,
      passages.findLastIndex(({ start }) => start <= offset),
    )
    const first = passages[from]
    const within = Math.min(Math.max(offset - (first?.start ?? 0), 0), first?.text.length ?? 0)
    const skipped = within - (isLowSurrogate(first?.text, within) ? 1 : 0)
    const to = fillForward(passages, from, most + Buffer.byteLength(first?.text.slice(0, skipped) ?? ''))
    return { from, to, offset: (first?.start ?? 0) + skipped }
  }
  const whole = fillForward(passages, 0, most)
  const asked = part.passage ?? 0
  if (whole === passages.length || asked <= 0 || asked >= passages.length)
    return { from: 0, to: whole, offset: 0 }
  const before = fillBackward(passages, asked, most / 4)
  const to = Math.max(fillForward(passages, before, most), asked + 1)
  // Near the end there is room for more before it.
  const from = to < passages.length ? before : Math.min(before, fillBackward(passages, to, most))
  return { from, to, offset: passages[from]?.start ?? 0 }
}

/** The first passage from `from` on that doesn't fit any more. */
function fillForward(passages: readonly StandingPassage[], from: number, bytes: number): number {
  let left = bytes
  let characters = MOST_CHARACTERS
  for (let at = from; at < passages.length; at++) {
    const text = passages[at]?.text ?? ''
    left -= Buffer.byteLength(text)
    characters -= text.length
    if ((left < 0 || characters < 0) && at > from) return at
  }
  return passages.length
}

/** The first passage of as many before `to` as fit. */
function fillBackward(passages: readonly StandingPassage[], to: number, bytes: number): number {
  let left = bytes
  let characters = MOST_CHARACTERS
  for (let at = to - 1; at >= 0; at--) {
    const text = passages[at]?.text ?? ''
    left -= Buffer.byteLength(text)
    characters -= text.length
    if (left < 0 || characters < 0) return at + 1
  }
  return 0
}

function isLowSurrogate(text: string | undefined, at: number): boolean {
  const unit = text?.charCodeAt(at) ?? 0
  return unit >= 0xdc00 && unit <= 0xdfff
}
