import { setImmediate } from 'node:timers/promises'
import { formatOf } from '../extract/formats.ts'
import { createWalk, type Folder, type Found } from '../sources/folder.ts'

/** Files looked at between two turns of the event loop. */
const TURN = 500

export type Survey = {
  /** Files that are new or were touched, in the order of the walk. */
  readonly touched: readonly Touched[]
  /** Known files that stand there no more. */
  readonly gone: readonly string[]
  /** Folders that were listed. */
  readonly entered: ReadonlySet<string>
}

export type Touched = Exclude<Found, { kind: 'unreadable' }>

/**
 * Compares what stands at or below `paths` (`''`: everything) with what is known, by stamps alone: reads no file.
 * Undefined where it was stopped.
 */
export async function survey(options: {
  folder: Folder
  paths: ReadonlySet<string>
  /** Whether the file is as it was when it was read. */
  isAsBefore: (found: Touched) => boolean
  isKnown: (path: string) => boolean
  known: () => Iterable<string>
  /** Whether there may be known files below the path. */
  wasFolder: (path: string) => boolean
  enter: (path: string) => void
  report: (path: string, reason: string) => void
  stopped: () => boolean
}): Promise<Survey | undefined> {
  const { folder, paths, isAsBefore, isKnown, known, wasFolder, enter, report, stopped } = options
  const entered = new Set<string>()
  const met = new Set<string>()
  const unreadable = new Set<string>()
  const touched: Touched[] = []
  const walk = createWalk(
    folder,
    (path) => {
      entered.add(path)
      enter(path)
    },
    report,
  )
  let turn = 0
  for (const path of paths) {
    for (const found of walk(path)) {
      if (stopped()) return undefined
      turn += 1
      if (turn % TURN === 0) await setImmediate()
      if (found.kind === 'unreadable') {
        unreadable.add(found.path)
        report(found.path || folder.root, `cannot be read: ${found.reason}`)
        continue
      }
      if (!formatOf(found.path)) continue
      met.add(found.path)
      if (!isAsBefore(found)) touched.push(found)
    }
  }
  const gone: string[] = []
  const isGone = (path: string) => !met.has(path) && !isAtOrBelow(path, unreadable)
  const folders = new Set([...paths].filter((path) => wasFolder(path)))
  for (const path of paths) if (isKnown(path) && isGone(path)) gone.push(path)
  if (folders.size > 0) {
    for (const path of known()) if (isAtOrBelow(path, folders) && isGone(path)) gone.push(path)
  }
  return { touched, gone, entered }
}

/** Whether the path or a folder that it stands in is among `folders`. */
function isAtOrBelow(path: string, folders: ReadonlySet<string>): boolean {
  if (folders.has('') || folders.has(path)) return true
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    if (folders.has(path.slice(0, at))) return true
  }
  return false
}
