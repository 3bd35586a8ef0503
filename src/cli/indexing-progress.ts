import type { CorpusStatus } from '../corpus/corpus.ts'

/** Milliseconds between two looks. */
const LOOK = 250
const WIDTH = 20
/** First indexings that end sooner than this need no line. Milliseconds. */
const NOTICED = 500

/** `Indexing [#####---------------] 25 % of 4,000 files`: short, so that a line of the log covers it. */
export function progressLine({ documents, pending, sources }: Omit<CorpusStatus, 'alive_at'>): string {
  const problems = sources.reduce((sum, source) => sum + source.problems, 0)
  const done = documents + problems
  const all = done + pending
  if (pending === 0) return 'Indexing: looking for files'
  const filled = Math.floor((done / all) * WIDTH)
  const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled)
  return `Indexing [${bar}] ${Math.floor((done / all) * 100)} % of ${all.toLocaleString('en')} files`
}

type Terminal = { readonly isTTY?: boolean; write(text: string): unknown }

/**
 * Shows on a terminal, and nowhere else, how far the first indexing is, on one line that goes when it is done. Resolves
 * then.
 */
export async function showProgress(
  status: () => Promise<CorpusStatus>,
  terminal: Terminal,
  pause: (milliseconds: number) => Promise<unknown>,
): Promise<void> {
  if (!terminal.isTTY) return
  await pause(NOTICED)
  let shown = false
  for (let now = await status(); now.indexing; now = await status()) {
    // The cursor goes back to the beginning: whatever the log writes next takes the line's place.
    terminal.write(`\u001B[2K${progressLine(now)}\r`)
    shown = true
    await pause(LOOK)
  }
  if (shown) terminal.write('\u001B[2K')
}
