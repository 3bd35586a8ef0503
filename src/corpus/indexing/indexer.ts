import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { endingOf, extract, formatOf } from '../extract/extract.ts'
import type { Catalogue, Known } from '../index/catalogue.ts'
import { createWalk, type Folder, type Found, readFile } from '../sources/folder.ts'
import { sameStamp, stampOf } from '../sources/stamp.ts'
import type { Watch } from '../sources/watch.ts'
import { type Batch, createBatch } from './batch.ts'

/** Documents that people expect to find and that are not read yet: told, other files are not. */
const UNREAD = new Set(['pdf', 'docx', 'doc', 'pptx', 'xlsx', 'odt', 'epub', 'eml', 'mbox', 'rtf', 'ipynb'])

/** Files looked at between two turns of the event loop. */
const TURN = 500

export type Report = (path: string, reason: string) => void

/** One folder's share of the index, brought up to date by looking at the files themselves. */
export type Indexer = {
  /**
   * Makes the index say what stands on disk at or below each of the paths (`''`: everything); resolves to the number
   * of files that it changed. Files whose stamp is as before are not read, files whose content is as before are not
   * indexed.
   */
  reconcile(paths: ReadonlySet<string>): Promise<number>
}

export function createIndexer(options: {
  folder: Folder
  catalogue: Catalogue
  watch: Pick<Watch, 'cover' | 'keepOnly'>
  report: Report
  /** Bytes beyond which a file is not read. */
  limit: number
  /** True once the indexer is to stop at the next file. */
  stopped: () => boolean
}): Indexer {
  const { folder, catalogue, watch, report, limit, stopped } = options
  const source = folder.name
  const known = catalogue.known(source)
  let toldUnread = false

  async function reconcile(paths: ReadonlySet<string>): Promise<number> {
    const entered = new Set<string>()
    const met = new Set<string>()
    const unreadable = new Set<string>()
    const unread = new Map<string, number>()
    const batch = createBatch(catalogue, known)
    const enter = (path: string) => {
      entered.add(path)
      watch.cover(path)
    }

    const walk = createWalk(folder, enter, report)
    let turn = 0
    for (const path of paths) {
      for (const found of walk(path)) {
        if (stopped()) return batch.commit()
        turn += 1
        if (turn % TURN === 0) await setImmediate()
        if (found.kind === 'unreadable') {
          unreadable.add(found.path)
          report(found.path || folder.root, `cannot be read: ${found.reason}`)
          continue
        }
        const ending = endingOf(found.path)
        if (UNREAD.has(ending)) unread.set(ending, (unread.get(ending) ?? 0) + 1)
        if (!formatOf(found.path)) continue
        met.add(found.path)
        if (known.get(found.path)?.stamp === stampOf(found.stats)) continue
        look(found, batch)
        if (batch.isFull()) batch.commit()
      }
    }
    for (const path of known.keys()) {
      if (isBelowAny(path, paths) && !met.has(path) && !isBelowAny(path, unreadable)) {
        batch.add(path, undefined, 0, () => catalogue.remove(source, path))
      }
    }
    for (const path of paths) watch.keepOnly(path, entered)
    if (!toldUnread && paths.has('')) {
      toldUnread = true
      for (const [ending, count] of unread)
        report(`*.${ending}`, `${count} files of a format that is not read`)
    }
    return batch.commit()
  }

  /** Reads a file that is new or was touched, and puts what follows into the batch. */
  function look(found: Exclude<Found, { kind: 'unreadable' }>, batch: Batch): void {
    const { path } = found
    const skip = (stamp: string, reason: string) => {
      // Programs and pictures without an ending are no failed documents.
      if (endingOf(path) !== '' && !isToldOf(path, stamp)) report(path, reason)
      const next = { stamp, digest: undefined }
      batch.add(path, next, 0, () => catalogue.problem(source, path, stamp, reason))
    }
    if (found.kind === 'other') {
      skip(stampOf(found.stats), found.reason)
      return
    }
    const content = readFile(folder, path, limit)
    if (!content) {
      if (known.has(path)) batch.add(path, undefined, 0, () => catalogue.remove(source, path))
      return
    }
    if ('problem' in content) {
      skip(stampOf(found.stats), content.problem)
      return
    }
    const digest = createHash('sha256').update(content.bytes).digest('base64url')
    const next: Known = { stamp: content.stamp, digest }
    if (known.get(path)?.digest === digest) {
      batch.add(path, next, 0, () => catalogue.touch(source, path, content))
      return
    }
    const extracted = extract(path, content.bytes)
    if ('problem' in extracted) {
      skip(content.stamp, extracted.problem)
      return
    }
    const put = () => catalogue.put(source, path, content, digest, extracted)
    batch.add(path, next, content.bytes.byteLength, put)
  }

  function isToldOf(path: string, stamp: string): boolean {
    const before = known.get(path)
    return before !== undefined && before.digest === undefined && sameStamp(before.stamp, stamp)
  }

  return { reconcile }
}

/** Whether the path or a folder that it stands in is among `folders`. */
function isBelowAny(path: string, folders: ReadonlySet<string>): boolean {
  if (folders.has('') || folders.has(path)) return true
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    if (folders.has(path.slice(0, at))) return true
  }
  return false
}
