/** Characters of a passage: about 200 words. */
const TARGET = 1200
const MOST = 1800
/** A section shorter than this stays with the one before. */
const LEAST = 200

/**
 * Cuts a text into passages, at headings first, then at blank lines, then wherever it must; joined they are the text
 * again. Never empty: an empty text is one empty passage.
 */
export function cutPassages(text: string): string[] {
  const passages: string[] = []
  let start = 0
  let fenced = false
  let blank = false
  for (const [at, end] of lines(text)) {
    const line = text.slice(at, Math.min(end, at + 10))
    const length = at - start
    const heading = !fenced && /^#{1,6} /.test(line)
    if ((heading && length >= LEAST) || (blank && length >= TARGET) || (length > 0 && end - start > MOST)) {
      passages.push(text.slice(start, at))
      start = at
    }
    while (end - start > MOST) {
      const cut = cutWithin(text, start)
      passages.push(text.slice(start, cut))
      start = cut
    }
    if (/^ {0,3}(?:```|~~~)/.test(line)) fenced = !fenced
    blank = text.slice(at, end).trim() === ''
  }
  if (start < text.length || passages.length === 0) passages.push(text.slice(start))
  return passages
}

function* lines(text: string): Generator<[at: number, end: number]> {
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at)
    const end = newline === -1 ? text.length : newline + 1
    yield [at, end]
    at = end
  }
}

/** Where a line too long for one passage is cut: after a space near the target, never within a character. */
function cutWithin(text: string, start: number): number {
  const space = text.slice(start, start + TARGET).lastIndexOf(' ')
  if (space > TARGET / 2) return start + space + 1
  const within = text.charCodeAt(start + TARGET)
  return start + TARGET + (within >= 0xdc00 && within <= 0xdfff ? 1 : 0)
}
