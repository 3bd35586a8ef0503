import type { BigIntStats } from 'node:fs'
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
import { isLeftOut } from './left-out.ts'

/** A folder that is served: `root` is its real path, `name` what its documents' ids are drawn from. */
export type Folder = {
  readonly name: string
  readonly root: string
  /** Real paths of folders inside it that are never entered: our own data directory. */
  readonly excluded: readonly string[]
}

/** What changes when a file changes: size, time of the content, time of anything else. */
export type Stamp = string

export type Found =
  | { readonly kind: 'file'; readonly path: string; readonly stamp: Stamp }
  /** Neither file nor folder. */
  | { readonly kind: 'other'; readonly path: string; readonly stamp: Stamp; readonly reason: string }
  /** A folder that cannot be listed now: nothing is known of what is below. */
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string }

/**
 * All that is at or below `under` (relative, `''`: everything), links named but never followed, so that nothing
 * outside is met and nothing circles. `enter` is called with each folder before it is listed.
 */
export function* walk(folder: Folder, under: string, enter: (path: string) => void): Generator<Found> {
  const pending = [under]
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const absolute = join(folder.root, path)
    try {
      // A hint may name what stands behind a link; what a walk meets below its start cannot.
      if (path === under && path !== '' && realpathSync(dirname(absolute)) !== dirname(absolute)) continue
      // As well below: on systems that watch whole trees a hint comes from within what is never entered.
      if (folder.excluded.some((own) => absolute === own || absolute.startsWith(own + sep))) continue
      const stats = lstatSync(absolute, { bigint: true })
      if (!stats.isDirectory()) {
        if (path !== '') yield found(path, stats)
        continue
      }
      enter(path)
      for (const name of readdirSync(absolute)) {
        if (!isLeftOut(name)) pending.push(path === '' ? name : `${path}/${name}`)
      }
    } catch (fault) {
      if (!isGone(fault)) yield { kind: 'unreadable', path, reason: codeOf(fault) }
    }
  }
}

function found(path: string, stats: BigIntStats): Found {
  const stamp = stampOf(stats)
  if (stats.isFile()) return { kind: 'file', path, stamp }
  const reason = stats.isSymbolicLink() ? 'a symbolic link, not followed' : 'not a regular file'
  return { kind: 'other', path, stamp, reason }
}

export type FileContent = {
  readonly bytes: Uint8Array
  readonly stamp: Stamp
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
    if (realpathSync(absolute) !== absolute) return { problem: 'a symbolic link, not followed' }
    const standing = lstatSync(absolute, { bigint: true })
    if (standing.ino !== stats.ino || standing.dev !== stats.dev)
      return { problem: 'replaced while it was opened' }
    const bytes = stats.size > limit ? undefined : readAtMost(file, Number(stats.size), limit)
    if (!bytes) return { problem: `larger than ${limit.toLocaleString('en')} bytes` }
    return { bytes, stamp: stampOf(stats), modified: new Date(Number(stats.mtimeMs)).toISOString() }
  } catch (fault) {
    if (isGone(fault)) return undefined
    const code = codeOf(fault)
    return { problem: code === 'ELOOP' ? 'a symbolic link, not followed' : `cannot be read: ${code}` }
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** The whole file, which may have grown since it was measured; undefined beyond `limit`. */
function readAtMost(file: number, expected: number, limit: number): Uint8Array | undefined {
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.min(Math.max(expected - size, 1) + 1, 1024 * 1024))
    const read = readSync(file, chunk, 0, chunk.length, size)
    if (read === 0) return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    size += read
    if (size > limit) return undefined
    chunks.push(chunk.subarray(0, read))
  }
}

function stampOf(stats: BigIntStats): Stamp {
  return `${stats.size}-${stats.mtimeNs}-${stats.ctimeNs}`
}

function isGone(fault: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(fault))
}

/** The system's word for a fault, e.g. `EACCES`. */
export function codeOf(fault: unknown): string {
  if (fault instanceof Error && 'code' in fault && typeof fault.code === 'string') return fault.code
  return fault instanceof Error ? fault.message : String(fault)
}
