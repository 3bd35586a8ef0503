/** Terms of a question beyond which nothing is gained. */
const TERMS = 64
/** Characters of a question that are looked at. */
const QUESTION = 4000

/** Scripts that write words without spaces between them, or grow them at their ends: indexed as character pairs. */
const UNSPACED =
  '\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\u30FC\\p{sc=Hang}\\p{sc=Bopo}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmr}\\p{sc=Mymr}'
const RUNS = new RegExp(`[${UNSPACED}]+`, 'gu')
const WORDS = new RegExp(`[${UNSPACED}]+|(?:(?![${UNSPACED}])[\\p{L}\\p{M}\\p{N}])+`, 'gu')

/** A text as the index's tokenizer is to see it: one form for each character, pairs where no spaces are. */
export function indexable(text: string): string {
  return text.normalize('NFKC').replace(RUNS, (run) => ` ${pairs(run).join(' ')} `)
}

/** `東京都` → `東京`, `京都`, `都`: each character begins one term, so that a single one is found by prefix. */
function pairs(run: string): string[] {
  const characters = Array.from(run)
  return characters.map((character, index) => character + (characters[index + 1] ?? ''))
}

/**
 * The FTS5 expression for a person's words, taken as plain words whatever they are: each one quoted, joined with OR.
 * Undefined where there is no word in it.
 */
export function matchExpression(question: string): string | undefined {
  const terms = new Set<string>()
  for (const [word] of question
    .slice(0, QUESTION)
    .toWellFormed()
    .normalize('NFKC')
    .toLowerCase()
    .matchAll(WORDS)) {
    for (const term of termsOf(word)) {
      if (terms.size < TERMS) terms.add(term)
    }
  }
  return terms.size === 0 ? undefined : [...terms].join(' OR ')
}

function termsOf(word: string): string[] {
  if (!new RegExp(`^[${UNSPACED}]`, 'u').test(word)) return [`"${word.slice(0, 100)}"`]
  const all = pairs(word)
  return all.length === 1 ? [`"${all[0]}"*`] : all.slice(0, -1).map((pair) => `"${pair}"`)
}
