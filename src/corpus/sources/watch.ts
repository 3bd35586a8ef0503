import { type FSWatcher, lstatSync, watch } from 'node:fs'
import { join } from 'node:path'
import { codeOf } from './folder.ts'
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
  close(): void
}

export function watchFolder(
  root: string,
  hint: (path: string) => void,
  problem: (reason: string) => void,
): Watch {
  const watches = new Map<string, { watcher: FSWatcher; inode: bigint }>()
  const wholeTrees = process.platform === 'darwin' || process.platform === 'win32'
  let told = false

  const tell = (fault: unknown) => {
    if (!told) problem(`changes are noticed late, watching failed: ${codeOf(fault)}`)
    told = true
  }
  const drop = (path: string) => {
    watches.get(path)?.watcher.close()
    watches.delete(path)
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
        const watcher = watch(join(root, path), { recursive: wholeTrees, persistent: true })
        watcher.on('change', (_type, name) => {
          const below = name === null ? '' : String(name).replaceAll('\\', wholeTrees ? '/' : '\\')
          const changed = [path, below].filter((part) => part !== '').join('/')
          if (!isPathLeftOut(changed)) hint(changed)
        })
        watcher.on('error', (fault) => {
          drop(path)
          if (!['ENOENT', 'EPERM'].includes(codeOf(fault))) tell(fault)
        })
        watches.set(path, { watcher, inode })
      } catch (fault) {
        if (codeOf(fault) !== 'ENOENT') tell(fault)
      }
    },
    keepOnly(under, standing) {
      if (wholeTrees) return
      for (const path of watches.keys()) {
        const below = under === '' || path === under || path.startsWith(`${under}/`)
        if (below && !standing.has(path)) drop(path)
      }
    },
    close() {
      for (const path of [...watches.keys()]) drop(path)
    },
  }
}
