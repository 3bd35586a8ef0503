/**
 * Words numbered in the order in which they were added. One is looked up where it stands in a longer text, so that no
 * string is made of it: that is most of the work of indexing.
 */
export type WordTable = {
  /** The number of the word at `from` to `to`, −1 where it is not known. `hash` is that of its characters, in order. */
  find(text: string, from: number, to: number, hash: number): number
  /** Of a word that is not known. */
  add(word: string, hash: number): number
  readonly words: readonly string[]
  clear(): void
}

/** The hash of no characters; FNV-1a over UTF-16 units. Words of the same hash are told apart by their characters. */
export const NO_CHARACTERS = 0x811c9dc5 | 0

/** The hash with one more character. */
export function hashWith(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193)
}

export function createWordTable(): WordTable {
  const words: string[] = []
  /** A power of two of slots, at least half of them empty; of each the word's hash and its number + 1. */
  let slots = new Int32Array(2048)

  const slotOf = (hash: number, mask: number) => ((hash ^ (hash >>> 15)) << 1) & mask

  function place(number: number, hash: number): void {
    const mask = slots.length - 1
    let slot = slotOf(hash, mask)
    while (slots[slot + 1] !== 0) slot = (slot + 2) & mask
    slots[slot] = hash
    slots[slot + 1] = number + 1
  }

  function grow(): void {
    const before = slots
    slots = new Int32Array(before.length * 2)
    for (let slot = 0; slot < before.length; slot += 2) {
      const number = before[slot + 1] ?? 0
      if (number !== 0) place(number - 1, before[slot] ?? 0)
    }
  }

  return {
    words,
    find(text, from, to, hash) {
      const mask = slots.length - 1
      for (let slot = slotOf(hash, mask); slots[slot + 1] !== 0; slot = (slot + 2) & mask) {
        if (slots[slot] !== hash) continue
        const number = (slots[slot + 1] as number) - 1
        if (isAt(text, from, to, words[number] as string)) return number
      }
      return -1
    },
    add(word, hash) {
      if (words.length * 4 >= slots.length) grow()
      words.push(word)
      place(words.length - 1, hash)
      return words.length - 1
    },
    clear() {
      words.length = 0
      slots = new Int32Array(2048)
    },
  }
}

function isAt(text: string, from: number, to: number, word: string): boolean {
  if (word.length !== to - from) return false
  for (let at = 0; at < word.length; at++) {
    if (text.charCodeAt(from + at) !== word.charCodeAt(at)) return false
  }
  return true
}

/** A part of a text that doesn't keep the whole of it in memory, as a slice of more than a dozen characters would. */
export function copied(text: string, from: number, to: number): string {
  const part = text.slice(from, to)
  return part.length < 13 ? part : Buffer.from(part, 'utf16le').toString('utf16le')
}
