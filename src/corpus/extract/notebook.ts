import { type Extract, Refused } from './format.ts'

/** Characters of one cell's output that are kept: the rest is data. */
const OUTPUT = 2000

/** A Jupyter notebook (nbformat 4, and 3 with its worksheets): what was written, the code, what it printed. */
export const extractNotebook: Extract = (source) => {
  const notebook = parsed(source)
  const cells = listOf(
    field(notebook, 'cells'),
    ...listOf(field(notebook, 'worksheets')).map((one) => field(one, 'cells')),
  )
  if (cells.length === 0) throw new Refused('it is no notebook, or an empty one')
  const parts = cells.map((cell) => {
    const text = linesOf(field(cell, 'source') ?? field(cell, 'input'))
    if (field(cell, 'cell_type') !== 'code') return text
    const outputs = listOf(field(cell, 'outputs')).map(outputOf).filter(Boolean)
    return [fenced(text), ...outputs.map(fenced)].join('\n\n')
  })
  return { title: /^#\s+(.+)$/m.exec(parts.join('\n'))?.[1] ?? '', text: parts.filter(Boolean).join('\n\n') }
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch {
    throw new Refused('it is no notebook, or a damaged one')
  }
}

function outputOf(output: unknown): string {
  const data = field(output, 'data')
  return linesOf(field(output, 'text') ?? field(data, 'text/plain') ?? '').slice(0, OUTPUT)
}

function fenced(text: string): string {
  return text.trim() === '' ? '' : `\`\`\`\n${text.trimEnd()}\n\`\`\``
}

function linesOf(value: unknown): string {
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.filter((line) => typeof line === 'string').join('') : ''
}

function listOf(...values: unknown[]): unknown[] {
  return values.flatMap((value) => (Array.isArray(value) ? value : []))
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
