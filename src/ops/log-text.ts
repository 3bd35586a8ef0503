/**
 * Text from outside, made safe for a log: one line, bounded, and nothing in it that a terminal or a reader obeys.
 * Out go control characters (and with them ANSI escapes), line separators, bidirectional controls, zero-width marks,
 * tags, and halves of surrogate pairs (CWE-117). Joiners stay: emoji and several scripts are written with them.
 */
export function safeText(text: string, limit = 200): string {
  if (text.length <= limit && PLAIN.test(text)) return text
  // Cut before looking closer: a megabyte is not worth a regular expression.
  const bounded = text.length > limit ? `${text.slice(0, limit).trimEnd()}…` : text
  return bounded.replace(UNSAFE, ' ').replace(/ {2,}/g, ' ').trim()
}

/** Words of printable ASCII with one space between them, as nearly all texts are: nothing to be done. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** `['https://a.example/cb', 'http://127.0.0.1/cb']`: at most `count` of them. */
export function quotedList(values: readonly string[], count = 20): string {
  const shown = values.slice(0, count).map((value) => `'${safeText(value, 500).replaceAll("'", '%27')}'`)
  if (values.length > count) shown.push(`… ${values.length - count} more`)
  return `[${shown.join(', ')}]`
}
