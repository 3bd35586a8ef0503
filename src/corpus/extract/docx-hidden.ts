import { readXml, xmlSource } from './xml.ts'

/**
 * A part of a Word document without the runs that it does not show (`w:vanish`, ISO/IEC 29500-1 §17.3.2.41): what is
 * hidden there is read by nobody but a program.
 */
export function withoutHidden(part: Uint8Array): Uint8Array {
  const hidden: { start: number; end: number }[] = []
  /** The runs that are open: a picture's text stands within one. */
  const runs: { start: number; isHidden: boolean }[] = []
  const above: string[] = []
  readXml(part, {
    open(name, attributes, start) {
      if (name === 'w:r') runs.push({ start, isHidden: false })
      else if (name === 'w:vanish' && above.at(-1) === 'w:rPr' && above.at(-2) === 'w:r') {
        const run = runs.at(-1)
        if (run) run.isHidden = !/^(?:0|false|off)$/.test(attributes['w:val'] ?? '')
      }
      above.push(name)
    },
    close(name, end) {
      above.pop()
      const run = name === 'w:r' ? runs.pop() : undefined
      if (run?.isHidden) hidden.push({ start: run.start, end })
    },
  })
  if (hidden.length === 0) return part
  const source = xmlSource(part)
  let shown = ''
  let from = 0
  // A run within a hidden one ended before it, and is gone with it.
  for (const { start, end } of hidden.toSorted((a, b) => a.start - b.start)) {
    if (start >= from) shown += source.slice(from, start)
    from = Math.max(from, end)
  }
  return Buffer.from(shown + source.slice(from))
}
