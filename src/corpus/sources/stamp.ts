import type { Stats } from 'node:fs'

/** What changes when a file changes: size, time of the content, time of anything else. */
export type Stamp = string

type Times = Pick<Stats, 'size' | 'mtimeMs' | 'ctimeMs'>

/** Milliseconds: the steps in which file systems count time, where they keep fractions of a second and where not. */
const STEP = { fine: 20, coarse: 2_000 }

export function stampOf(stats: Times): Stamp {
  return `${stats.size}-${stats.mtimeMs}-${stats.ctimeMs}`
}

/**
 * The stamp of a file that is about to be read. A file may change again within the same step of the clock and keep its
 * stamp: one that is as young as that equals no stamp, so that the file is read once more by the next scan. `now` in
 * milliseconds.
 */
export function stampRead(stats: Times, now: number): Stamp {
  const step = Number.isInteger(stats.ctimeMs / 1000) ? STEP.coarse : STEP.fine
  return now - stats.ctimeMs < step ? `${stampOf(stats)}?` : stampOf(stats)
}

/** Whether two stamps are alike, whatever they prove. */
export function sameStamp(one: Stamp, other: Stamp): boolean {
  return one.replace('?', '') === other.replace('?', '')
}

/** Whether two stamps are of the same content, as far as size and time tell; renaming changes the rest. */
export function sameContent(one: Stamp, other: Stamp): boolean {
  if (one.endsWith('?') || other.endsWith('?')) return false
  const content = (stamp: Stamp) => stamp.slice(0, stamp.lastIndexOf('-'))
  return one !== '' && content(one) === content(other)
}

/** What stays with a file when it is renamed, and hardly ever comes again: its inode's number and birth. */
export function identityOf(stats: Stats): string {
  return `${stats.ino}-${stats.birthtimeMs}`
}
