import { escapeHtml } from '../web/html.ts'

/** Of one page: where the marks are set. The first one is `#passage`. */
export type Marking = {
  /** Whether any of these lines (from the first to before the last) is of the passage. */
  touches(lines: readonly [first: number, end: number]): boolean
  /** The tag that opens a mark. */
  open(): string
  /** Lines of code as HTML, those of the passage marked; `from` is the line of the text that the code begins on. */
  code(code: string, from: number): string
}

/** Marks for the passage of a text (in characters), or none. */
export function startMarking(text: string, passage: { start: number; end: number } | undefined): Marking {
  const isEmpty = passage === undefined || passage.end <= passage.start
  const first = isEmpty ? 0 : lineAt(text, passage.start)
  const end = isEmpty ? 0 : lineAt(text, passage.end - 1) + 1
  let isSet = false

  function open(): string {
    const tag = isSet ? '<mark>' : '<mark id="passage">'
    isSet = true
    return tag
  }

  return {
    touches: ([begin, last]) => begin < end && last > first,
    open,
    code(code, from) {
      const lines = code.split('\n')
      const part = (begin: number, last: number) => lines.slice(begin, last).join('\n')
      const begin = Math.max(0, first - from)
      const last = Math.min(lines.length, end - from)
      if (begin >= last || part(begin, last).trim() === '') return escapeHtml(code)
      const before = begin > 0 ? `${part(0, begin)}\n` : ''
      const after = last < lines.length ? `\n${part(last, lines.length)}` : ''
      return `${escapeHtml(before)}${open()}${escapeHtml(part(begin, last))}</mark>${escapeHtml(after)}`
    },
  }
}

function lineAt(text: string, offset: number): number {
  let line = 0
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1
  return line
}
