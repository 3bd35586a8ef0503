import type { Extract } from './format.ts'

/** JSON as it stands; what is written in escapes (`\u6771`), as the characters they are. */
export const extractJson: Extract = (source) => ({
  title: '',
  text: /\\u[0-9a-f]{4}/i.test(source) ? source.split('\n').map(unescaped).join('\n') : source,
})

/** Pairs of surrogates are one character; control characters and quotes stay escaped, so that it is still JSON. */
function unescaped(line: string): string {
  return line.replace(/\\\\|((?:\\u[0-9a-f]{4})+)/gi, (all, escapes: string | undefined) => {
    if (escapes === undefined) return all
    const codes = escapes
      .split('\\u')
      .slice(1)
      .map((code) => Number.parseInt(code, 16))
    const text = String.fromCharCode(...codes)
    return /[\u0000-\u001f"\\]/.test(text) || !text.isWellFormed() ? all : text
  })
}
