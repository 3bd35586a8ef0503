import { type AnalysedDocument, MOST_OFTEN } from '../segments/segment.ts'
import { createTermNumbers } from './term-numbers.ts'

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
  const numbers = createTermNumbers()
  /** By a term's number: the document that it was last met in, its place among that one's, in `occurrences`. */
  const documents: number[] = []
  const places: number[] = []
  const slots: number[] = []
  let document = 0
  let found: string[] = []
  let occurrences: number[] = []
  let begin = 0
  let length = 0
  let amount = 1

  function note(number: number): void {
    length++
    if (documents[number] !== document) {
      documents[number] = document
      places[number] = found.length
      found.push(numbers.terms[number] ?? '')
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

  const noteAll = (text: string, each: number) => {
    amount = each
    numbers.read(text, note)
  }

  return ({ title, path, passages }) => {
    if (numbers.tidy()) for (const list of [documents, places, slots]) list.length = 0
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
