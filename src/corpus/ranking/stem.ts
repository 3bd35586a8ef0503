import { stemmer } from 'stemmer'

/** Letters of a word that is looked at: longer ones are no words. */
const LETTERS = { least: 3, most: 40 }

/**
 * English inflections off a word (M. F. Porter, "An algorithm for suffix stripping", Program 14, 1980). The word in lower
 * case; what is not of plain Latin letters comes back as it is.
 */
export function stem(word: string): string {
  const isWord = word.length >= LETTERS.least && word.length <= LETTERS.most && /^[a-z]+$/.test(word)
  return isWord ? stemmer(word) : word
}
