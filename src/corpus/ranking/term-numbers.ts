import { isPlain, isUnspaced, partsOfIdentifiers, termOf, unspacedTerms, wordsOf } from './analyse.ts'
import { copied, createWordTable, hashWith, NO_CHARACTERS } from './word-table.ts'

/** Words and terms that are remembered. */
const REMEMBERED = 100_000

/**
 * Texts as numbers, one for each term, given as they are met: a word is analysed once, however often it is met, and
 * most are looked up where they stand. Whoever reads many texts does so with one of these.
 */
export type TermNumbers = {
  /** Calls `visit` with the number of each term of the text, in the order of `analyse`. */
  read(text: string, visit: (number: number) => void): void
  numberOf(term: string): number
  readonly terms: readonly string[]
  /** Forgets what is known once it is much, and says whether it did: numbers are given anew from 0. */
  tidy(): boolean
}

export function createTermNumbers(): TermNumbers {
  const words = createWordTable()
  /** By a word's number: that of its term. */
  const termOfWord: number[] = []
  const numbers = new Map<string, number>()
  const terms: string[] = []

  function numberOf(term: string): number {
    let number = numbers.get(term)
    if (number === undefined) {
      number = terms.length
      numbers.set(term, number)
      terms.push(term)
    }
    return number
  }

  function numberOfWord(text: string, from: number, to: number, hash: number): number {
    let number = words.find(text, from, to, hash)
    if (number === -1) {
      const word = copied(text, from, to)
      number = words.add(word, hash)
      termOfWord.push(numberOf(termOf(word)))
    }
    return termOfWord[number] as number
  }

  /** A text in ASCII, lower case: the same words as `wordsOf` finds. */
  function readPlain(text: string, visit: (number: number) => void): void {
    let from = -1
    let hash = NO_CHARACTERS
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) {
        if (from === -1) from = at
        hash = hashWith(hash, code)
      } else if (from !== -1) {
        visit(numberOfWord(text, from, at, hash))
        from = -1
        hash = NO_CHARACTERS
      }
    }
    if (from !== -1) visit(numberOfWord(text, from, text.length, hash))
  }

  return {
    ...{ numberOf, terms },
    read(text, visit) {
      for (const part of partsOfIdentifiers(text)) visit(numberOf(termOf(part)))
      if (isPlain(text)) {
        readPlain(text.toLowerCase(), visit)
        return
      }
      for (const word of wordsOf(text)) {
        if (isUnspaced(word)) for (const term of unspacedTerms(word)) visit(numberOf(term))
        else {
          let hash = NO_CHARACTERS
          for (let at = 0; at < word.length; at++) hash = hashWith(hash, word.charCodeAt(at))
          visit(numberOfWord(word, 0, word.length, hash))
        }
      }
    },
    tidy() {
      if (Math.max(termOfWord.length, terms.length) <= REMEMBERED) return false
      words.clear()
      numbers.clear()
      termOfWord.length = 0
      terms.length = 0
      return true
    },
  }
}
