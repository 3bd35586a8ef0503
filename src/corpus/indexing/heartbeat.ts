import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../ops/clock.ts'

/**
 * For whoever looks from another process: its time says when the indexing thread last lived, its content which sources'
 * changes are noticed late at present, and why.
 */
const FILE = 'corpus.alive'

export function beat(dataDir: string): void {
  const file = join(dataDir, FILE)
  const now = systemClock()
  try {
    utimesSync(file, now, now)
  } catch {
    closeSync(openSync(file, 'a', 0o600))
  }
}

/** The last of all: the thread ends in order, and nobody need wait to see whether it still lives. */
export function endBeat(dataDir: string): void {
  rmSync(join(dataDir, FILE), { force: true })
}

/** In seconds since the epoch; undefined where no server ever ran, or the last one ended in order. */
export function lastBeat(dataDir: string): number | undefined {
  const stats = statSync(join(dataDir, FILE), { throwIfNoEntry: false })
  return stats && Math.floor(stats.mtimeMs / 1000)
}

/** By the name of each source whose changes are noticed late: why. */
export type Late = Readonly<Record<string, string>>

/** A beat that says what is noticed late from now on: `Late` as JSON. Whole or not at all. */
export function beatLate(dataDir: string, late: string): void {
  const file = join(dataDir, FILE)
  writeFileSync(`${file}.new`, late, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** What was noticed late at the last beat; empty where none can be read. */
export function lastLate(dataDir: string): Late {
  try {
    const late: unknown = JSON.parse(readFileSync(join(dataDir, FILE), 'utf8'))
    return Object.fromEntries(Object.entries(late ?? {}).map(([source, reason]) => [source, String(reason)]))
  } catch {
    return {}
  }
}

/**
 * Tells when a clock has gone on without the process: the machine slept, and whatever changed meanwhile may never be
 * told of. Called about every second, with both clocks in milliseconds.
 */
export function createSleepWatch(wall: number, steady: number): (wall: number, steady: number) => boolean {
  let [lastWall, lastSteady] = [wall, steady]
  return (wallNow, steadyNow) => {
    const [wallGone, steadyGone] = [wallNow - lastWall, steadyNow - lastSteady]
    ;[lastWall, lastSteady] = [wallNow, steadyNow]
    // Some systems stop the steady clock while they sleep, others let it go on.
    return Math.abs(wallGone - steadyGone) > JUMP || steadyGone > JUMP
  }
}

/** Milliseconds. */
const JUMP = 10_000
