import { safeText } from '../ops/log-text.ts'

/** Rows below their headings, in columns; names from outside are made safe for the terminal. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows.map((row) => row.map((cell) => safeText(cell)))]
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** For people in columns, for programs as JSON: the same to them, though a terminal in between obeys nothing of it. */
export function show(json: boolean | undefined, value: unknown, text: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value, undefined, 2).replace(OBEYED, escaped) : text()}\n`)
}

/** What JSON leaves as it is: C1 controls, line separators, marks that turn the direction. All of one UTF-16 unit. */
const OBEYED = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Seconds since the epoch as `2026-11-24 12:00` (UTC); a dash for none. */
export function moment(seconds: number | undefined): string {
  if (seconds === undefined) return '-'
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')
}
