/** Scripts that write words without spaces between them: each character stands for itself. */
const UNSPACED =
  '\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\u30FC\\p{sc=Bopo}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmr}\\p{sc=Mymr}'
const TOKENS = new RegExp(`[${UNSPACED}]|(?:(?![${UNSPACED}])[\\p{L}\\p{M}\\p{N}])+`, 'gu')
/** Letters that are the same word without their accents. */
const ACCENTED = /([\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}])\p{M}+/gu

/**
 * The words of a text in order, a space before and after each: one form for each letter, whatever its case and its
 * accents; no punctuation. A phrase stands in a text where its spelling stands in the text's: letter for letter,
 * without stems. Empty where there is no word.
 */
export function spelling(text: string): string {
  const plain = text.toWellFormed().normalize('NFKD').replace(ACCENTED, '$1').normalize('NFC').toLowerCase()
  const words = plain.match(TOKENS)
  return words ? ` ${words.join(' ')} ` : ''
}
