/**
 * What no reader sees: zero-width characters, marks that turn the direction, tag characters and the variation
 * selectors beyond the common ones. All of them can carry a text that a model reads and a person doesn't.
 */
const INVISIBLE = new RegExp(
  `[${[
    '\\u00AD\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180E\\u200B\\u200E\\u200F\\u202A-\\u202E\\u2060-\\u206F\\u3164',
    '\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF9-\\uFFFB\\u{E0000}-\\u{E0FFF}',
  ].join('')}]`,
  'gu',
)

/** Joiners, which these scripts need between two of their letters, and nobody elsewhere. */
const JOINED =
  '[\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Deva}\\p{scx=Beng}\\p{scx=Guru}\\p{scx=Gujr}\\p{scx=Orya}\\p{scx=Taml}\\p{scx=Telu}\\p{scx=Knda}\\p{scx=Mlym}\\p{scx=Sinh}]'
const STRAY_JOINERS = new RegExp(`(?<!${JOINED})[\\u200C\\u200D]|[\\u200C\\u200D](?!${JOINED})`, 'gu')

const CONTROLS = /[\u0000-\u0008\u000E-\u001F\u007F-\u009F]/g

/** Well-formed text with `\n` line ends and without what no reader sees. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(CONTROLS, '')
    .replace(INVISIBLE, '')
    .replace(STRAY_JOINERS, '')
}

/** A title on one line, at most 200 characters. */
export function cleanTitle(title: string): string {
  const line = cleanText(title).replace(/\s+/g, ' ').trim()
  return line.length <= 200
    ? line
    : `${line
        .slice(0, 199)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`
}
