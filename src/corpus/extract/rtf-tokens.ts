/** A piece of RTF. `word`: with its number, if it has one; a `symbol` is a word of one sign, such as `\*`. */
export type RtfToken =
  | { readonly is: 'open' }
  | { readonly is: 'close' }
  | { readonly is: 'word'; readonly name: string; readonly value: number | undefined }
  | { readonly is: 'symbol'; readonly name: string }
  /** Bytes of the font's encoding, one in each character. */
  | { readonly is: 'bytes'; readonly bytes: string }

const TOKEN =
  /([{}])|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([\s\S])|[\r\n]+|([^\\{}\r\n]+)/y

/** The pieces of RTF (1.9.1, "RTF Syntax"), whose source has a byte in each character, from the first on. */
export function* rtfTokens(source: string): Generator<RtfToken> {
  const pattern = new RegExp(TOKEN)
  for (let match = pattern.exec(source); match; match = pattern.exec(source)) {
    const [, brace, name, digits, hexadecimal, symbol, text] = match
    const value = digits === undefined ? undefined : Number(digits)
    if (brace) yield { is: brace === '{' ? 'open' : 'close' }
    // Raw data, of so many bytes, in which a brace is none.
    else if (name === 'bin') pattern.lastIndex += Math.max(value ?? 0, 0)
    else if (name) yield { is: 'word', name, value }
    else if (hexadecimal) yield { is: 'bytes', bytes: String.fromCharCode(Number.parseInt(hexadecimal, 16)) }
    else if (symbol) yield { is: 'symbol', name: symbol }
    else if (text) yield { is: 'bytes', bytes: text }
  }
}
