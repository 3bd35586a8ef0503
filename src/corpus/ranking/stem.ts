/**
 * English inflections off a word, by M. F. Porter, "An algorithm for suffix stripping", Program 14 (1980), with the two
 * endings that he changed later (`bli`, `logi`). The word in lower case; what is not of plain Latin letters comes back
 * as it is.
 */
export function stem(word: string): string {
  if (word.length < 3 || word.length > 40 || !/^[a-z]+$/.test(word)) return word
  return step5(step4(step3(step2(step1(word)))))
}

/** Vowels as V, consonants as C: y is a vowel after a consonant. */
function shapeOf(word: string): string {
  let shape = ''
  for (const letter of word) {
    const isVowel = 'aeiou'.includes(letter) || (letter === 'y' && shape.endsWith('C'))
    shape += isVowel ? 'V' : 'C'
  }
  return shape
}

/** How often a vowel is followed by a consonant. */
function measure(word: string): number {
  let count = 0
  const shape = shapeOf(word)
  for (let at = 1; at < shape.length; at++) if (shape[at] === 'C' && shape[at - 1] === 'V') count++
  return count
}

const hasVowel = (word: string) => shapeOf(word).includes('V')
const endsDouble = (word: string) => word.at(-1) === word.at(-2) && shapeOf(word).endsWith('C')
/** Consonant, vowel, consonant that is not w, x or y. */
const endsShort = (word: string) => shapeOf(word).endsWith('CVC') && !/[wxy]$/.test(word)

function step1(word: string): string {
  let stem = word
  if (/(?:ss|i)es$/.test(stem)) stem = stem.slice(0, -2)
  else if (/[^s]s$/.test(stem)) stem = stem.slice(0, -1)
  if (stem.endsWith('eed')) {
    if (measure(stem.slice(0, -3)) > 0) stem = stem.slice(0, -1)
  } else {
    const base = stem.replace(/(?:ed|ing)$/, '')
    if (base !== stem && hasVowel(base)) {
      if (/(?:at|bl|iz)$/.test(base)) stem = `${base}e`
      else if (endsDouble(base) && !/[lsz]$/.test(base)) stem = base.slice(0, -1)
      else stem = measure(base) === 1 && endsShort(base) ? `${base}e` : base
    }
  }
  return stem.endsWith('y') && hasVowel(stem.slice(0, -1)) ? `${stem.slice(0, -1)}i` : stem
}

const STEP2: readonly (readonly [string, string])[] = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['bli', 'ble'],
  ['alli', 'al'],
  ['entli', 'ent'],
  ['eli', 'e'],
  ['ousli', 'ous'],
  ['ization', 'ize'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
  ['logi', 'log'],
]
const STEP3: readonly (readonly [string, string])[] = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
]

/** The first ending that fits decides, whether or not enough is left to take it off. */
function replaced(word: string, endings: readonly (readonly [string, string])[]): string {
  const found = endings.find(([ending]) => word.endsWith(ending))
  if (!found) return word
  const base = word.slice(0, -found[0].length)
  return measure(base) > 0 ? base + found[1] : word
}

const step2 = (word: string) => replaced(word, STEP2)
const step3 = (word: string) => replaced(word, STEP3)

const STEP4 = /(?:al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize|(?<=[st])ion)$/

function step4(word: string): string {
  const ending = STEP4.exec(word)?.[0]
  if (ending === undefined) return word
  const base = word.slice(0, -ending.length)
  return measure(base) > 1 ? base : word
}

function step5(word: string): string {
  let stem = word
  if (stem.endsWith('e')) {
    const base = stem.slice(0, -1)
    const left = measure(base)
    if (left > 1 || (left === 1 && !endsShort(base))) stem = base
  }
  return stem.endsWith('ll') && measure(stem) > 1 ? stem.slice(0, -1) : stem
}
