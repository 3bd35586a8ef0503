import type { CorpusStatus } from '../corpus/corpus.ts'

/** Milliseconds between two looks. */
const LOOK = 250
const WIDTH = 20
/** First indexings that end sooner than this need no line. Milliseconds. */
const NOTICED = 500

/** Files that are known of, read or not. */
function filesOf({ documents, pending, sources }: CorpusStatus): number {
  return sources.reduce((sum, source) => sum + source.problems, documents + pending)
}

/**
 * `Indexing [#####---------------] 25 % of 4,000 files`: short, so that a line of the log covers it. `all`: the files that
 * were ever known of. What turns out to be no document, and no problem either (a picture without an ending), is done too.
 */
export function progressLine({ pending }: Pick<CorpusStatus, 'pending'>, all: number): string {
  if (pending === 0) return 'Indexing: looking for files'
  const done = all - pending
  const filled = Math.floor((done / all) * WIDTH)
  const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled)
  return `Indexing [${bar}] ${Math.floor((done / all) * 100)} % of ${all.toLocaleString('en')} file${all === 1 ? '' : 's'}`
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
  let all = 0
  for (let now = await status(); now.indexing; now = await status()) {
    // The cursor goes back to the beginning: whatever the log writes next takes the line's place.
    all = Math.max(all, filesOf(now))
    terminal.write(`\u001B[2K${progressLine(now, all)}\r`)
    shown = true
    await pause(LOOK)
  }
  if (shown) terminal.write('\u001B[2K')
}
