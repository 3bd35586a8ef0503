import { judgedEncoding } from './judged-encoding.ts'

/** How many leading bytes decide whether a file is text, and in which encoding. */
const SNIFFED = 8192

/**
 * The text of a file's bytes: by its byte order mark, else UTF-8, else the encoding that an HTML or XML file names for
 * itself, else the one whose text looks most like a language, else Windows-1252, which reads every byte. Undefined
 * where the bytes are no text.
 */
export function decode(bytes: Uint8Array): string | undefined {
  // Followed by two zeros it is the mark of UTF-32, which nobody decodes.
  const isUtf32 = bytes[2] === 0 && bytes[3] === 0
  if (bytes[0] === 0xff && bytes[1] === 0xfe && !isUtf32) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  if (bytes.subarray(0, SNIFFED).includes(0)) {
    const utf16 = unmarkedUtf16(bytes.subarray(0, SNIFFED))
    return utf16 && new TextDecoder(utf16).decode(bytes)
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    // Old Japanese mail: seven bits, and escape sequences.
    return text.includes('\u001b$') ? new TextDecoder('iso-2022-jp').decode(bytes) : text
  } catch {
    if (isBinary(bytes.subarray(0, SNIFFED))) return undefined
    return new TextDecoder(declaredEncoding(bytes) ?? judgedEncoding(bytes)).decode(bytes)
  }
}

/** In what no encoding's text holds: many control characters that are no white space. */
function isBinary(bytes: Uint8Array): boolean {
  const controls = bytes.reduce(
    (all, byte) => (byte < 32 && !(byte >= 8 && byte <= 13) && byte !== 27 ? all + 1 : all),
    0,
  )
  return controls > bytes.length / 50
}

/** Two bytes a character without a mark: most characters of most texts have a zero at the same place of the two. */
function unmarkedUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const pairs = Math.floor(bytes.length / 2)
  // Of a few bytes nothing is certain.
  if (pairs < 8) return undefined
  let low = 0
  let high = 0
  for (let at = 0; at < pairs * 2; at += 2) {
    if (bytes[at] === 0) high++
    if (bytes[at + 1] === 0) low++
  }
  if (low > pairs * 0.4 && high === 0) return 'utf-16le'
  if (high > pairs * 0.4 && low === 0) return 'utf-16be'
  return undefined
}

function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1')
  const label =
    /<meta[^<>]{0,200}charset=["']?([\w-]{1,40})/i.exec(head)?.[1] ??
    /^\s*<\?xml[^<>]{0,200}encoding=["']([\w-]{1,40})["']/i.exec(head)?.[1]
  if (!label) return undefined
  try {
    return new TextDecoder(label).encoding
  } catch {
    return undefined
  }
}
