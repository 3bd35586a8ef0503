import { stem } from './stem.ts'
import { stopWordsOf, withoutAccents } from './stop-words.ts'

/** Characters of a term that count. */
const LONGEST = 64
/** Terms of a question beyond which nothing is gained, about; and characters that are looked at. */
const TERMS = 64
const QUESTION = 4000

/** Scripts that write words without spaces between them, or grow them at their ends: character pairs are terms. */
const UNSPACED =
  '\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\u30FC\\p{sc=Hang}\\p{sc=Bopo}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmr}\\p{sc=Mymr}'
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u')
const WORDS = new RegExp(`[${UNSPACED}]+|(?:(?![${UNSPACED}])[\\p{L}\\p{M}\\p{N}])+`, 'gu')
/** The terms of a text, in their order; the same for documents and for questions. */
export function analyse(text: string): string[] {
  const terms = partsOfIdentifiers(text).map(termOf)
  for (const word of wordsOf(text)) {
    if (!isUnspaced(word)) terms.push(termOf(word))
    else terms.push(...termsOfRun(word))
  }
  return terms
}

/** A term that is asked for, `times` over. `isBeginning`: any term that begins so. `isStop`: a word that says nothing. */
export type AskedTerm = {
  readonly term: string
  readonly times: number
  readonly isBeginning: boolean
  readonly isStop: boolean
}

/** What a question asks for, each term once. */
export function analyseQuestion(question: string): AskedTerm[] {
  const asked = new Map<string, AskedTerm>()
  const ask = (term: string, isBeginning = false, isStop = false) => {
    const before = asked.get(term)
    if (!before && asked.size >= TERMS) return
    const times = (before?.times ?? 0) + 1
    asked.set(term, { term, times, isBeginning, isStop: isStop && before?.isStop !== false })
  }
  const written =
    question.slice(0, QUESTION).toWellFormed().normalize('NFKC').toLowerCase().match(WORDS) ?? []
  const stopWords = stopWordsOf(written)
  for (const one of written) {
    for (const word of wordsOf(one)) {
      if (!isUnspaced(word)) ask(termOf(word), false, stopWords.has(one))
      else if (word.length === 1 || Array.from(word).length === 1) ask(word, true)
      else for (const term of pairsAndWords(word)) ask(term)
    }
  }
  return [...asked.values()]
}

/** Whether it is a run of characters in a script that writes no spaces, rather than one word. */
export function isUnspaced(word: string): boolean {
  return word.charCodeAt(0) >= 0x300 && IS_UNSPACED.test(word)
}

/** Whether all of it is ASCII. */
export function isPlain(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text)
}

/** The words and runs of a text, in one form for each character. */
export function wordsOf(text: string): Iterable<string> {
  if (isPlain(text)) return text.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return withoutAccents(text.toWellFormed().normalize('NFKD')).toLowerCase().match(WORDS) ?? []
}

/** `writeHTMLPage` → `write`, `html`, `page`: what stands in a text beside the whole. */
export function partsOfIdentifiers(text: string): readonly string[] {
  if (!/[a-z][A-Z]/.test(text)) return []
  const parts: string[] = []
  for (const [word] of text.matchAll(/[A-Za-z0-9]+/g)) {
    if (!/[a-z][A-Z]/.test(word)) continue
    const borders = word.slice(0, LONGEST).replace(/([a-z0-9])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$& ')
    parts.push(...borders.toLowerCase().split(' '))
  }
  return parts
}

/** Of a word that is no run. */
export function termOf(word: string): string {
  return stem(word.length > LONGEST ? word.slice(0, LONGEST).toWellFormed() : word)
}

/** What a text has of a run: its last character too, so that each is a term or begins one, and a single one is found. */
export function termsOfRun(run: string): string[] {
  const terms = pairsAndWords(run)
  const last = Array.from(run).at(-1) ?? ''
  if (terms.at(-1) !== last) terms.push(last)
  return terms
}

/** `東京都は` → `東京`, `京都`, `都は`, and the words `東京都` and `は`; a word of two characters is a pair already. */
function pairsAndWords(run: string): string[] {
  const terms = pairsOf(run)
  for (const { segment } of segmenter().segment(run)) {
    if (segment.length !== 2 && segment.length <= LONGEST) terms.push(segment)
  }
  return terms
}

/** Each two characters that follow one another. */
export function pairsOf(run: string): string[] {
  const characters = Array.from(run)
  return characters.slice(1).map((character, at) => `${characters[at]}${character}`)
}

let created: Intl.Segmenter | undefined

/** Made when it is first needed: most folders have no such scripts. */
function segmenter(): Intl.Segmenter {
  created ??= new Intl.Segmenter('ja', { granularity: 'word' })
  return created
}
