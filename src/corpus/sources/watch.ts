import type { EventEmitter } from 'node:events'
import { lstatSync, readFileSync, watch } from 'node:fs'
import { basename, join } from 'node:path'
import { nameOf, parentOf } from '../path.ts'
import { codeOf, type Folder } from './folder.ts'
import { IGNORE_FILES } from './ignore-files.ts'
import { isPathLeftOut } from './left-out.ts'

/**
 * Watches a folder and only hints: `path` (relative, `''`: anything) may have changed, look for yourself. Where the
 * system watches whole trees one watch does it; on Linux each folder has its own, which costs a thousandth of
 * watching each file.
 */
export type Watch = {
  /** To be called before a folder is listed, so that no change falls between the list and the watch. */
  cover(path: string): void
  /** Forgets the folders at or below `under` that are not in `standing`. */
  keepOnly(under: string, standing: ReadonlySet<string>): void
  /** Why only scans find what changes in some folders; undefined where all are watched. */
  shortage(): string | undefined
  /** Whatever is covered from now on is watched anew. */
  renew(): void
  close(): void
}

/** What the system watches a folder by: `watch` of `node:fs`, but in tests. */
export type System = (
  path: string,
  options: { recursive: boolean },
) => { on: EventEmitter['on']; close(): void }

/** `overflow`: so much changed at once that the system may have dropped some of it. */
export function watchFolder(
  folder: Pick<Folder, 'root' | 'only'>,
  tell: { hint: (path: string) => void; overflow: () => void },
  system: System = watch,
): Watch {
  const { root, only } = folder
  const { hint } = tell
  const watches = new Map<string, { watcher: ReturnType<System>; inode: bigint }>()
  const failed = new Map<string, string>()
  const wholeTrees = only === undefined && (process.platform === 'darwin' || process.platform === 'win32')
  const overflows = createOverflow()

  const drop = (path: string) => {
    watches.get(path)?.watcher.close()
    watches.delete(path)
    failed.delete(path)
  }
  const dropAll = () => {
    for (const path of [...watches.keys()]) drop(path)
  }
  const heard = (changed: string) => {
    // Some of what came with so much else may have been dropped by the system, without a word.
    if (overflows()) tell.overflow()
    if (only !== undefined) {
      if (changed === only || changed === '') hint('')
    } else if (IGNORE_FILES.some((name) => name === nameOf(changed))) {
      if (!isPathLeftOut(parentOf(changed))) hint(parentOf(changed))
    } else if (!isPathLeftOut(changed)) {
      hint(changed)
    }
  }
  return {
    cover(path) {
      if (wholeTrees && path !== '') return
      try {
        const inode = lstatSync(join(root, path), { bigint: true }).ino
        const known = watches.get(path)
        if (known?.inode === inode) return
        // A watch stays with its folder, also when that was moved away and another stands in its place.
        if (known) drop(path)
        const watcher = system(join(root, path), { recursive: wholeTrees })
        watcher.on('change', (type, name) => {
          // What is told by the folder's own name is the folder's own end, or of a file in it that is called alike. Another
          // in its place may have the very inode, and this watch would be silent.
          if (!wholeTrees && type === 'rename' && name === basename(join(root, path))) {
            drop(path)
            hint(path)
          }
          const below = name === null ? '' : String(name).replaceAll('\\', wholeTrees ? '/' : '\\')
          heard([path, below].filter((part) => part !== '').join('/'))
        })
        watcher.on('error', (fault) => {
          drop(path)
          if (!['ENOENT', 'EPERM'].includes(codeOf(fault))) failed.set(path, codeOf(fault))
        })
        watches.set(path, { watcher, inode })
        failed.delete(path)
      } catch (fault) {
        if (codeOf(fault) !== 'ENOENT') failed.set(path, codeOf(fault))
      }
    },
    keepOnly(under, standing) {
      if (wholeTrees) return
      for (const path of [...watches.keys(), ...failed.keys()]) {
        const below = under === '' || path === under || path.startsWith(`${under}/`)
        if (below && !standing.has(path)) drop(path)
      }
    },
    shortage() {
      const [code] = failed.values()
      return code && reasonOf(code)
    },
    renew: dropAll,
    close: dropAll,
  }
}

function reasonOf(code: string): string {
  const shortage = {
    ENOSPC: 'the system allows no more watches (fs.inotify.max_user_watches)',
    EMFILE: 'the system allows no more watchers (fs.inotify.max_user_instances, or open files)',
  }[code]
  return `changes are noticed late, by scans alone: ${shortage ?? `watching failed: ${code}`}`
}

/**
 * True at the event after which some may be missing. Linux keeps so many for a reader that is slow, then drops what
 * comes, and Node.js passes no word of it on; but then that many arrive at once.
 */
function createOverflow(): () => boolean {
  const bound = queueLength() / 2
  let burst = 0
  return () => {
    if (burst === 0) {
      setImmediate(() => {
        burst = 0
      })
    }
    burst++
    return burst > bound
  }
}

function queueLength(): number {
  try {
    return Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8')) || 16_384
  } catch {
    return 16_384
  }
}
