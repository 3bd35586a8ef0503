import type { Stats } from 'node:fs'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
} from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { systemMilliseconds } from '../../ops/clock.ts'
import { messageOf, systemCode } from '../../ops/fault.ts'
import { parentOf } from '../path.ts'
import { type Ignoring, ignoringNothing } from './ignore-files.ts'
import { isLeftOut, isPathLeftOut } from './left-out.ts'
import { identityOf, type Stamp, stampRead } from './stamp.ts'

/** Bytes of an ignore file that is honoured. */
const IGNORE_FILE = 256 * 1024

/** A folder that is served: `root` is its real path, `name` what its documents' ids are drawn from. */
export type Folder = {
  readonly name: string
  readonly root: string
  /** Real paths of folders inside it that are never entered: our own data directory. */
  readonly excluded: readonly string[]
  /** Of a single file that is served, its name; `root` is the folder that it stands in. */
  readonly only?: string
}

export type Found =
  | { readonly kind: 'file'; readonly path: string; readonly stats: Stats }
  /** Neither file nor folder. */
  | { readonly kind: 'other'; readonly path: string; readonly stats: Stats; readonly reason: string }
  /** A folder that cannot be listed now: nothing is known of what is below. */
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string }

/**
 * Looks through a folder, several times for one moment: ignore files are read once. `enter` is called with each folder
 * before it is listed, `problem` with what cannot be honoured.
 */
export function createWalk(
  folder: Folder,
  enter: (path: string) => void,
  problem: (path: string, reason: string) => void = () => {},
): (under: string) => Generator<Found> {
  const nothing = ignoringNothing((path) => {
    const content = readFile(folder, path, IGNORE_FILE)
    if (content && 'bytes' in content) return new TextDecoder().decode(content.bytes)
    if (content) problem(path, content.problem)
    return undefined
  })
  const known = new Map<string, Ignoring>()
  const inside = (path: string, names?: readonly string[]): Ignoring => {
    const before = known.get(path)
    if (before) return before
    const above = path === '' ? nothing : inside(parentOf(path))
    const ignoring = above.below(path, names)
    known.set(path, ignoring)
    return ignoring
  }
  const isWithinIgnored = (path: string): boolean =>
    path !== '' && (isWithinIgnored(parentOf(path)) || inside(parentOf(path)).isIgnored(path, true))

  return function* walk(under) {
    if (folder.only !== undefined) {
      yield* theOnly(folder, under, folder.only, enter)
      return
    }
    if (under !== '' && (isPathLeftOut(under) || isWithinIgnored(parentOf(under)))) return
    const pending = [under]
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      const absolute = path === '' ? folder.root : join(folder.root, path)
      try {
        // A hint may name what stands behind a link; what a walk meets below its start cannot.
        if (path === under && path !== '' && realpathSync(dirname(absolute)) !== dirname(absolute)) continue
        // As well below: on systems that watch whole trees a hint comes from within what is never entered.
        if (folder.excluded.some((own) => absolute === own || absolute.startsWith(own + sep))) continue
        const stats = lstatSync(absolute)
        if (path !== '' && inside(parentOf(path)).isIgnored(path, stats.isDirectory())) continue
        if (!stats.isDirectory()) {
          if (path !== '') yield found(path, stats)
          continue
        }
        enter(path)
        const entries = readdirSync(absolute, { withFileTypes: true })
        const ignoring = inside(
          path,
          entries.map(({ name }) => name),
        )
        for (const entry of entries) {
          if (isLeftOut(entry.name)) continue
          const below = path === '' ? entry.name : `${path}/${entry.name}`
          if (entry.isDirectory()) {
            pending.push(below)
          } else if (!ignoring.isIgnored(below, false)) {
            const own = lstatSync(join(folder.root, below), { throwIfNoEntry: false })
            if (own?.isDirectory()) pending.push(below)
            else if (own) yield found(below, own)
          }
        }
      } catch (fault) {
        if (!isGone(fault)) yield { kind: 'unreadable', path, reason: codeOf(fault) }
      }
    }
  }
}

/**
 * All that is at or below `under` (relative, `''`: everything), links named but never followed, so that nothing
 * outside is met and nothing circles; without what ignore files leave out.
 */
export function walk(folder: Folder, under: string, enter: (path: string) => void): Generator<Found> {
  return createWalk(folder, enter)(under)
}

function* theOnly(
  folder: Folder,
  under: string,
  only: string,
  enter: (path: string) => void,
): Generator<Found> {
  if (under !== '' && under !== only) return
  enter('')
  try {
    const stats = lstatSync(join(folder.root, only))
    if (!stats.isDirectory()) yield found(only, stats)
  } catch (fault) {
    if (!isGone(fault)) yield { kind: 'unreadable', path: only, reason: codeOf(fault) }
  }
}

function found(path: string, stats: Stats): Found {
  if (stats.isFile()) return { kind: 'file', path, stats }
  const reason = stats.isSymbolicLink() ? 'a symbolic link, not followed' : 'not a regular file'
  return { kind: 'other', path, stats, reason }
}

export type FileContent = {
  readonly bytes: Uint8Array
  readonly stamp: Stamp
  /** See `identityOf`. */
  readonly identity: string
  /** ISO 8601. */
  readonly modified: string
}

/**
 * The content of the regular file at `path`, at most `limit` bytes. `undefined` where it is gone; a reason where it
 * is not to be read.
 *
 * A folder on the way may be swapped for a link between the walk and here, so what was opened is compared with what
 * stands at the real path (CWE-367): only the very same file, inside the folder, is read.
 */
export function readFile(
  folder: Folder,
  path: string,
  limit: number,
): FileContent | { problem: string } | undefined {
  const absolute = join(folder.root, path)
  let file: number | undefined
  try {
    // O_NONBLOCK: opening a FIFO would wait for its writer. Neither flag exists on Windows.
    file = openSync(absolute, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    const stats = fstatSync(file, { bigint: true })
    if (!stats.isFile()) return { problem: 'not a regular file' }
    if (realpathSync.native(absolute) !== absolute) return { problem: 'a symbolic link, not followed' }
    const standing = lstatSync(absolute, { bigint: true })
    if (standing.ino !== stats.ino || standing.dev !== stats.dev)
      return { problem: 'replaced while it was opened' }
    const before = fstatSync(file)
    const stamp = stampRead(before, systemMilliseconds())
    const bytes = stats.size > limit ? undefined : readAtMost(file, Number(stats.size), limit)
    if (!bytes) return { problem: `larger than ${limit.toLocaleString('en')} bytes` }
    return { bytes, stamp, identity: identityOf(before), modified: new Date(before.mtimeMs).toISOString() }
  } catch (fault) {
    if (isGone(fault)) return undefined
    const code = codeOf(fault)
    return { problem: code === 'ELOOP' ? 'a symbolic link, not followed' : `cannot be read: ${code}` }
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** The whole file, which may have grown since it was measured; undefined beyond `limit`. A short read is its end. */
function readAtMost(file: number, expected: number, limit: number): Uint8Array | undefined {
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.min(Math.max(expected - size, 1) + 1, 1024 * 1024))
    const read = readSync(file, chunk, 0, chunk.length, size)
    size += read
    if (size > limit) return undefined
    chunks.push(chunk.subarray(0, read))
    if (read < chunk.length) return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
  }
}

function isGone(fault: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(fault))
}

/** The system's word for a fault, e.g. `EACCES`. */
export function codeOf(fault: unknown): string {
  return systemCode(fault) ?? messageOf(fault)
}
