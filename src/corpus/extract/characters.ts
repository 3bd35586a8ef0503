/** How many leading bytes decide whether a file is text. */
const SNIFFED = 8192

/**
 * The text of a file's bytes: by its byte order mark, else UTF-8, else the encoding that an HTML file names for
 * itself, else Windows-1252, which reads every byte. Undefined where the bytes are no text (a NUL among the first).
 */
export function decode(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  if (isBinary(bytes)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder(declaredEncoding(bytes) ?? 'windows-1252').decode(bytes)
  }
}

/** Text holds no NUL, except in encodings that a byte order mark announces. */
function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, SNIFFED).includes(0)
}

function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1')
  const label = /<meta[^<>]{0,200}charset=["']?([\w-]{1,40})/i.exec(head)?.[1]
  if (!label) return undefined
  try {
    return new TextDecoder(label).encoding
  } catch {
    return undefined
  }
}

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
