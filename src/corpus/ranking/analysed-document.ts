import { isPlain, isUnspaced, partsOfIdentifiers, termOf, unspacedTerms, wordsOf } from './analyse.ts'
import { type AnalysedDocument, MOST_OFTEN } from './segment.ts'
import { copied, createWordTable, hashWith, NO_CHARACTERS } from './word-table.ts'

/** Words that are remembered from one document to the next. */
const REMEMBERED = 100_000

export type DocumentParts = {
  readonly title: string
  readonly path: string
  readonly passages: readonly { readonly text: string; readonly heading: string }[]
}

/**
 * Documents as the index takes them. The words of its title and path count as headings of each of a document's
 * passages, besides those that the passage stands under. A word is analysed once, however often it is met, so whoever
 * analyses many documents does so with one analyser.
 */
export function createAnalyser(): (parts: DocumentParts) => AnalysedDocument {
  const words = createWordTable()
  /** By a word's number: that of its term. */
  const termOfWord: number[] = []
  const numbers = new Map<string, number>()
  /** By a term's number: itself, the document that it was last met in, its place among that one's, in `occurrences`. */
  const terms: string[] = []
  const documents: number[] = []
  const places: number[] = []
  const slots: number[] = []
  let document = 0
  let found: string[] = []
  let occurrences: number[] = []
  let begin = 0
  let length = 0

  function numbered(term: string): number {
    let number = numbers.get(term)
    if (number === undefined) {
      number = terms.length
      numbers.set(term, number)
      terms.push(term)
      documents.push(0)
      places.push(0)
      slots.push(0)
    }
    return number
  }

  function forget(): void {
    words.clear()
    numbers.clear()
    for (const list of [termOfWord, terms, documents, places, slots]) list.length = 0
  }

  function note(number: number, amount: number): void {
    length++
    if (documents[number] !== document) {
      documents[number] = document
      places[number] = found.length
      found.push(terms[number] ?? '')
    } else if ((slots[number] ?? 0) >= begin) {
      const slot = slots[number] ?? 0
      const occurrence = occurrences[slot] ?? 0
      const often = amount === 1 ? occurrence & MOST_OFTEN : (occurrence >>> 4) & MOST_OFTEN
      if (often < MOST_OFTEN) occurrences[slot] = occurrence + amount
      return
    }
    slots[number] = occurrences.length
    occurrences.push((places[number] ?? 0) * 256 + amount)
  }

  function noteWord(text: string, from: number, to: number, hash: number, amount: number): void {
    let number = words.find(text, from, to, hash)
    if (number === -1) {
      const word = copied(text, from, to)
      number = words.add(word, hash)
      termOfWord.push(numbered(termOf(word)))
    }
    note(termOfWord[number] as number, amount)
  }

  function noteAll(text: string, amount: number): void {
    for (const part of partsOfIdentifiers(text)) note(numbered(termOf(part)), amount)
    if (isPlain(text)) {
      notePlain(text.toLowerCase(), amount)
      return
    }
    for (const word of wordsOf(text)) {
      if (isUnspaced(word)) for (const term of unspacedTerms(word)) note(numbered(term), amount)
      else {
        let hash = NO_CHARACTERS
        for (let at = 0; at < word.length; at++) hash = hashWith(hash, word.charCodeAt(at))
        noteWord(word, 0, word.length, hash, amount)
      }
    }
  }

  /** A text in ASCII, lower case: the same words as `wordsOf` finds. */
  function notePlain(text: string, amount: number): void {
    let from = -1
    let hash = NO_CHARACTERS
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) {
        if (from === -1) from = at
        hash = hashWith(hash, code)
      } else if (from !== -1) {
        noteWord(text, from, at, hash, amount)
        from = -1
        hash = NO_CHARACTERS
      }
    }
    if (from !== -1) noteWord(text, from, text.length, hash, amount)
  }

  return ({ title, path, passages }) => {
    if (Math.max(termOfWord.length, terms.length) > REMEMBERED) forget()
    document++
    found = []
    occurrences = []
    const ends = new Uint32Array(passages.length)
    const lengths = new Uint16Array(passages.length)
    for (const [index, { text, heading }] of passages.entries()) {
      begin = occurrences.length
      length = 0
      noteAll(text, 1)
      noteAll(title, 16)
      noteAll(path, 16)
      // A passage's headings begin with the title mostly.
      noteAll(heading.startsWith(title) ? heading.slice(title.length) : heading, 16)
      ends[index] = occurrences.length
      lengths[index] = Math.min(length, 65_535)
    }
    return { terms: found.join('\n'), occurrences: Uint32Array.from(occurrences), ends, lengths }
  }
}
