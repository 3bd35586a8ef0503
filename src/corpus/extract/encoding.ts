/** How many leading bytes decide whether a file is text, and in which encoding. */
const SNIFFED = 8192
const JUDGED = 65_536

/**
 * The text of a file's bytes: by its byte order mark, else UTF-8, else the encoding that an HTML or XML file names for
 * itself, else the one whose text looks most like a language, else Windows-1252, which reads every byte. Undefined
 * where the bytes are no text.
 */
export function decode(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
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
    return new TextDecoder(declaredEncoding(bytes) ?? judgedEncoding(bytes)).decode(bytes)
  }
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

/** Characters of which every longer text of the language is full. */
const FREQUENT = {
  japanese: /[\u3041-\u3096\u3001\u3002]/g,
  simplified:
    /[的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年，。]/g,
  traditional:
    /[的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年，。]/g,
  korean: /[이다는에을의가고를은하지로서한기사도어나자인시그]/g,
  cyrillic: /[оеаинтсрвлкмдпуяыьгзб]/g,
} as const

/** What stands outside ASCII in Western texts. */
const WESTERN = /[àáâãäåæçèéêëìíîïñòóôõöøœßùúûüýÀÁÂÄÅÆÇÈÉÊËÍÎÑÓÔÖØÙÚÜ‘’“”„–—…€«»°§·¿¡£]/g

/** Encodings whose bytes overlap, each with the language that is written in it. */
const CANDIDATES: readonly { encoding: string; frequent: RegExp; letter: RegExp }[] = [
  { encoding: 'shift_jis', frequent: FREQUENT.japanese, letter: /[\u3040-\u30ff\u4e00-\u9fff]/g },
  { encoding: 'euc-jp', frequent: FREQUENT.japanese, letter: /[\u3040-\u30ff\u4e00-\u9fff]/g },
  { encoding: 'gb18030', frequent: FREQUENT.simplified, letter: /[\u4e00-\u9fff]/g },
  { encoding: 'big5', frequent: FREQUENT.traditional, letter: /[\u4e00-\u9fff]/g },
  { encoding: 'euc-kr', frequent: FREQUENT.korean, letter: /[\uac00-\ud7a3]/g },
  { encoding: 'windows-1251', frequent: FREQUENT.cyrillic, letter: /[\u0400-\u04ff]/g },
  { encoding: 'koi8-r', frequent: FREQUENT.cyrillic, letter: /[\u0400-\u04ff]/g },
  { encoding: 'windows-1252', frequent: WESTERN, letter: /[^\u0000-\u007f]/g },
]

/**
 * Each candidate reads the bytes as characters of its own; in the right one most of what is not ASCII are letters of
 * the language, and a good part of those the frequent ones.
 */
function judgedEncoding(bytes: Uint8Array): string {
  let best = { encoding: 'windows-1252', score: 0 }
  for (const { encoding, frequent, letter } of CANDIDATES) {
    const text = new TextDecoder(encoding).decode(bytes.subarray(0, JUDGED), { stream: true })
    const foreign = count(text, /[^\u0000-\u007f]/g)
    if (foreign === 0) continue
    const wrong = count(text, /[\ufffd\u0080-\u009f\ue000-\uf8ff\uff61-\uff9f]/g)
    const isLetters = count(text, letter) / foreign
    const isFrequent = count(text, frequent) / foreign
    const score = isLetters * Math.min(isFrequent, 0.6) - (2 * wrong) / foreign
    if (score > best.score) best = { encoding, score }
  }
  return best.encoding
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}
