import { copied, createWordTable, hashWith, NO_CHARACTERS } from '../segments/word-table.ts'
import { isPlain, isUnspaced, partsOfIdentifiers, termOf, termsOfRun, wordsOf } from './analyse.ts'

/** Words and terms that are remembered: some 10 MiB of them. */
const REMEMBERED = 250_000

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
  /** Words and terms alike: most words are terms themselves. */
  const words = createWordTable()
  /** Of each word the number of its term; undefined where it was met as a term only. */
  const termOfWord: (number | undefined)[] = []

  function numberOf(term: string): number {
    const hash = hashOf(term)
    const number = words.find(term, 0, term.length, hash)
    return number === -1 ? add(term, hash) : number
  }

  function add(word: string, hash: number): number {
    termOfWord.push(undefined)
    return words.add(word, hash)
  }

  function numberOfWord(text: string, from: number, to: number, hash: number): number {
    let number = words.find(text, from, to, hash)
    if (number === -1) number = add(copied(text, from, to), hash)
    let term = termOfWord[number]
    if (term === undefined) {
      term = numberOf(termOf(words.words[number] as string))
      termOfWord[number] = term
    }
    return term
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
    ...{ numberOf, terms: words.words },
    read(text, visit) {
      for (const part of partsOfIdentifiers(text)) visit(numberOf(termOf(part)))
      if (isPlain(text)) {
        readPlain(text.toLowerCase(), visit)
        return
      }
      for (const word of wordsOf(text)) {
        if (isUnspaced(word)) for (const term of termsOfRun(word)) visit(numberOf(term))
        else visit(numberOfWord(word, 0, word.length, hashOf(word)))
      }
    },
    tidy() {
      if (termOfWord.length <= REMEMBERED) return false
      words.clear()
      termOfWord.length = 0
      return true
    },
  }
}

function hashOf(word: string): number {
  let hash = NO_CHARACTERS
  for (let at = 0; at < word.length; at++) hash = hashWith(hash, word.charCodeAt(at))
  return hash
}
