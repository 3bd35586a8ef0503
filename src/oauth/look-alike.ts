/**
 * Texts that look alike, in the manner of UTS 39: each is folded to what is left of it when a person glances at it.
 * The map is a small one of our own: the letters that can stand for those of the Latin names we compare with.
 */

/** Letters as they look, by the Latin letter that they look like, capitals apart from small ones where they differ. */
const LOOKS: Readonly<Record<string, string>> = {
  a: 'АаӐӑΑαɑᴀꭺᎪ4@',
  b: 'ВвЬьΒβʙᴃᏴ8',
  c: 'СсϹϲⅽᴄᏟ¢',
  d: 'ԀԁđÐðᴅᎠ',
  e: 'ЕеЄєҼҽΕεᴇᎬ3€',
  f: 'ꜰƒϜ',
  g: 'ԌԍɡɢցᏀ69',
  h: 'НнҺһհΗʜᎻħ',
  k: 'КкҚқΚκᴋᏦ',
  // One stroke: what a name of 1, I, i, l and | is made of can't be told apart.
  l: 'IiІіЇїΙιıɩɪӀӏlL1|!ʟłᏞᎥ׀∣',
  m: 'МмΜᴍᎷ',
  n: 'ПпΝηŋɴոռ',
  o: 'ОоӦӧΟοσօՕ0øØ°ᴏס௦๐०੦૦',
  p: 'РрΡρᴘᏢþ',
  q: 'Ԛԛգ',
  r: 'ГгʀɼᎡ',
  s: 'ЅѕꜱՏᏚ5$§',
  t: 'ТтΤτᴛᎢ7ŧ',
  u: 'ՍսυᴜμЦцʋ',
  v: 'ѴѵνᴠᏙ',
  w: 'ԜԝωшШᴡᎳ',
  x: 'ХхΧχ×',
  y: 'УуҮүΥγʏᎩ',
  z: 'ΖζᴢᏃ2',
}

const LOOK = new Map(
  Object.entries(LOOKS).flatMap(([latin, alike]) => [...alike].map((letter) => [letter, latin] as const)),
)

const UNSEEN = /[\p{M}\p{Cf}\p{Cc}\p{Zl}\p{Zp}]/gu

/** Pairs that run together to one letter. */
const PAIRS: Readonly<Record<string, string>> = { rn: 'm', vv: 'w', cl: 'd' }

/** Letters in circles and squares, which have no decomposition: each run of 26 begins here. */
const ENCLOSED = [0x1f130, 0x1f150, 0x1f170, 0x1f1e6]

/**
 * What a text looks like: lower-case Latin letters where it has letters that look like them, no accents, nothing
 * invisible, digits as the letters they resemble. Two texts that look alike fold to one. Linear in its length.
 */
export function skeleton(text: string): string {
  return runTogether(looks(text))
}

/** The first half of it, letter by letter: the looks of two texts are those of their parts. */
export function looks(text: string): string {
  let folded = ''
  for (const letter of text) folded += LOOK.get(letter) ?? decomposed(letter)
  return folded
}

/** The second half: pairs of letters that look like another one. */
export function runTogether(looks: string): string {
  return looks.replace(/rn|vv|cl/g, (pair) => PAIRS[pair] ?? pair)
}

/** What has no look of its own: its parts without accents, and nothing of what can't be seen. */
function decomposed(letter: string): string {
  let folded = ''
  for (const part of letter.normalize('NFKD').replace(UNSEEN, '')) {
    folded += LOOK.get(part) ?? LOOK.get(part.toLowerCase()) ?? enclosed(part) ?? part.toLowerCase()
  }
  return folded
}

function enclosed(letter: string): string | undefined {
  const code = letter.codePointAt(0) ?? 0
  const start = ENCLOSED.find((first) => code >= first && code < first + 26)
  if (start === undefined) return undefined
  const plain = String.fromCodePoint(0x61 + code - start)
  return LOOK.get(plain) ?? plain
}

/** Scripts that people write side by side in one word, UTS 39 §5.2 ("Highly Restrictive"). */
const TOGETHER: readonly ReadonlySet<string>[] = [
  new Set(['Latin', 'Han', 'Hiragana', 'Katakana']),
  new Set(['Latin', 'Han', 'Bopomofo']),
  new Set(['Latin', 'Han', 'Hangul']),
]

const SCRIPTS = Object.entries({
  Latin: /\p{Script=Latin}/u,
  Cyrillic: /\p{Script=Cyrillic}/u,
  Greek: /\p{Script=Greek}/u,
  Han: /\p{Script=Han}/u,
  Hiragana: /\p{Script=Hiragana}/u,
  Katakana: /\p{Script=Katakana}/u,
  Hangul: /\p{Script=Hangul}/u,
  Bopomofo: /\p{Script=Bopomofo}/u,
  Armenian: /\p{Script=Armenian}/u,
  Cherokee: /\p{Script=Cherokee}/u,
  Hebrew: /\p{Script=Hebrew}/u,
  Arabic: /\p{Script=Arabic}/u,
})
/** Signs that belong to every script, or to that of the letter before them. */
const NO_SCRIPT = /[\p{Script=Common}\p{Script=Inherited}]/u

/** The first word in which letters of several scripts stand side by side, as no honest word has them. */
export function mixedWord(text: string): string | undefined {
  const words = text.replace(/\p{Cf}/gu, '').match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  return words.find((word) => {
    const scripts = new Set<string>()
    for (const letter of word) {
      if (!NO_SCRIPT.test(letter)) scripts.add(SCRIPTS.find(([, of]) => of.test(letter))?.[0] ?? 'another')
    }
    return scripts.size > 1 && !TOGETHER.some((set) => [...scripts].every((script) => set.has(script)))
  })
}
