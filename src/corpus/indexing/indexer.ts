import { createHash } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { systemMilliseconds } from '../../ops/clock.ts'
import { messageOf } from '../../ops/fault.ts'
import { titleOfName } from '../extract/extract.ts'
import { isExpected, isText } from '../extract/formats.ts'
import { endingOf } from '../extract/name.ts'
import type { Extraction } from '../extracting/prepared-extraction.ts'
import type { Catalogue, KnownDocument } from '../index/catalogue.ts'
import { nameOf } from '../path.ts'
import { type FileContent, type Folder, readFile } from '../sources/folder.ts'
import { identityOf, sameContent, sameStamp, stampOf, stampRead } from '../sources/stamp.ts'
import type { Watch } from '../sources/watch.ts'
import { createBatch } from './batch.ts'
import { createQueue, type Task } from './queue.ts'
import { survey, type Touched } from './survey.ts'

/** Pictures, fonts and markup make files of other formats larger than their text, up to this many times. */
const PICTURED = 8
/** Of what is being extracted at once. */
const WINDOW = { files: 64, bytes: 32 * 1024 * 1024 }
/** Milliseconds of reading between two turns of the event loop. */
const SLICE = 20

export type Report = (path: string, reason: string) => void

export type IndexerOptions = {
  readonly folder: Folder
  readonly catalogue: Catalogue
  readonly watch: Pick<Watch, 'cover' | 'keepOnly'>
  /** Draws the document out of a file's bytes, or says why there is none. */
  readonly extract: (path: string, bytes: Uint8Array) => Promise<Extraction>
  readonly report: Report
  /** Bytes beyond which a text file is not read. */
  readonly limit: number
  /** True once the indexer is to stop at the next file. */
  readonly stopped: () => boolean
  /** Called when something was extracted: `advance` has more to do. */
  readonly wake: () => void
  /** Where the file at a path came from, if from the web. */
  readonly originOf?: (path: string) => string | undefined
}

/** One source's share of the index, brought up to date by looking at the files themselves. */
export type Indexer = {
  /**
   * Looks at all that stands at or below each of the paths (`''`: everything). What is gone or was only renamed is
   * written at once, what is to be read is queued: files whose stamp is as before are not. Resolves to the files that
   * have changed and were not queued yet.
   */
  survey(paths: ReadonlySet<string>): Promise<readonly Touched[]>
  /** Reads and writes some of what is queued; true where it could go on at once. Throws where writing fails. */
  advance(): boolean
  /** Files that are found and not in the index yet. */
  pending(): number
  /** Files that were written since the beginning. */
  written(): number
  /** Takes what is known from the index again: somebody else has changed it. */
  reload(): void
  /** A survey and all that follows from it; resolves to the number of files that it changed. */
  reconcile(paths: ReadonlySet<string>): Promise<number>
}

export function createIndexer(options: IndexerOptions): Indexer {
  const { folder, catalogue, watch, report, limit, stopped, wake } = options
  const source = folder.name
  let known = catalogue.known(source)
  const queue = createQueue()
  const batch = createBatch(catalogue, () => known)
  const told = new Map<string, string>()
  /** Those that a survey of everything met, and any since; before the first, nothing is known of them. */
  let folders: Set<string> | undefined
  let bytesUnderWay = 0
  let woken = () => {}

  async function look(paths: ReadonlySet<string>): Promise<readonly Touched[]> {
    batch.commit()
    const everything = paths.has('')
    const seen = await survey({
      folder,
      paths,
      isAsBefore: (found) => known.get(found.path) === stampOf(found.stats),
      isKnown: (path) => known.has(path) || queue.has(path),
      *known() {
        yield* known.keys()
        yield* queue.paths()
      },
      wasFolder: (path) => folders?.has(path) ?? true,
      enter(path) {
        folders?.add(path)
        watch.cover(path)
      },
      report: tellOnce,
      stopped,
    })
    if (!seen) return []
    const { touched, gone, entered } = seen
    const changed = touched.filter(
      ({ path, stats }) => !queue.has(path) && !sameStamp(known.get(path) ?? '', stampOf(stats)),
    )
    if (everything) folders = new Set(entered)
    for (const path of paths) watch.keepOnly(path, entered)
    const left = touched.filter((found) => !wasRenamed(found))
    for (const path of gone) {
      queue.drop(path)
      if (known.has(path)) batch.add(path, undefined, 0, () => catalogue.remove(source, path))
    }
    // What is gone is gone at once, however much there is to read.
    batch.commit()
    for (const found of left) queue.add(taskOf(found), { urgent: !everything })
    return changed
  }

  /**
   * Whether a file that was not known at its path is a known one under another name; then that is what is written. A
   * document that is gone from its path but has to be read again (its title came from its name) departs here, so that
   * its id comes back by its content.
   */
  function wasRenamed({ kind, path, stats }: Touched): boolean {
    if (kind !== 'file' || known.size === 0 || known.has(path)) return false
    for (const document of catalogue.ofIdentity(source, identityOf(stats))) {
      // Of two names for the same file, each has a document.
      if (lstatSync(join(folder.root, document.path), { throwIfNoEntry: false })) continue
      const stamp = stampRead(stats, systemMilliseconds())
      queue.drop(document.path)
      if (sameContent(document.stamp, stampOf(stats)) && isIndependentOfName(document, path)) {
        batch.add(document.path, undefined, 0, () => catalogue.move(document, path, stamp))
        batch.add(path, stamp, 0, () => {})
        known.delete(document.path)
        return true
      }
      batch.add(document.path, undefined, 0, () => catalogue.remove(source, document.path))
    }
    return false
  }

  function advance(): boolean {
    const until = performance.now() + SLICE
    const hasRoom = () => queue.underWay() < WINDOW.files && bytesUnderWay < WINDOW.bytes
    while (!stopped() && hasRoom() && performance.now() < until) {
      if (!begin()) break
      if (batch.isDue()) batch.commit()
    }
    if (batch.isDue() || pending() === 0) batch.commit()
    return queue.waiting() > 0 && hasRoom() && !stopped()
  }

  /** Reads the next file that waits; false where none does. */
  function begin(): boolean {
    const begun = queue.begin()
    if (!begun) return false
    const { task, isCurrent, end } = begun
    const { problem } = task
    const content =
      problem === undefined
        ? readFile(folder, task.path, isText(task.path) ? limit : limit * PICTURED)
        : { problem }
    if (!content) {
      end()
      const { path } = task
      if (known.has(path)) batch.add(path, undefined, 0, () => catalogue.remove(source, path))
      return true
    }
    if ('problem' in content) {
      end()
      skip(task.path, task.stamp, content.problem)
      return true
    }
    const digest = createHash('sha256').update(content.bytes).digest('base64url')
    const before = known.has(task.path) ? catalogue.find(source, task.path) : undefined
    if (before?.digest === digest) {
      end()
      const { bytes: _, ...rest } = content
      batch.add(task.path, content.stamp, 0, () => catalogue.touch(source, task.path, rest))
      return true
    }
    const size = content.bytes.byteLength
    bytesUnderWay += size
    options
      .extract(task.path, content.bytes)
      .catch((fault: unknown) => ({ problem: messageOf(fault) }))
      .then((extracted) => {
        if (isCurrent() && !stopped()) write(task, content, size, digest, extracted)
        bytesUnderWay -= size
        end()
        wake()
        woken()
      })
    return true
  }

  function write(
    { path }: Task,
    content: FileContent,
    size: number,
    digest: string,
    extracted: Extraction,
  ): void {
    if ('problem' in extracted) {
      skip(path, content.stamp, extracted.problem)
      return
    }
    const { stamp, identity, modified } = content
    const facts = { stamp, identity, modified, size }
    const origin = options.originOf?.(path)
    batch.add(path, stamp, size, () => catalogue.put(source, path, facts, digest, extracted, origin))
  }

  function skip(path: string, stamp: string, reason: string): void {
    const isKnown = sameStamp(known.get(path) ?? '', stamp) && catalogue.problemOf(source, path) === reason
    // Programs and pictures of any name are no failed documents.
    const told = isExpected(path)
    if (told && !isKnown) report(path, reason)
    batch.add(path, stamp, 0, () => catalogue.problem(source, path, stamp, reason, told))
  }

  function tellOnce(path: string, reason: string): void {
    if (told.get(path) !== reason) report(path, reason)
    told.set(path, reason)
  }

  const pending = () => queue.waiting() + queue.underWay()

  return {
    survey: look,
    advance,
    pending,
    written: () => batch.written(),
    reload() {
      queue.clear()
      known = catalogue.known(source)
    },
    async reconcile(paths) {
      const before = batch.written()
      await look(paths)
      while (pending() > 0 && !stopped()) {
        const { promise, resolve } = Promise.withResolvers<void>()
        woken = resolve
        if (!advance() && queue.underWay() > 0) await promise
      }
      batch.commit()
      return batch.written() - before
    },
  }
}

function taskOf(found: Touched): Task {
  const task = { path: found.path, stamp: stampOf(found.stats) }
  return found.kind === 'file' ? task : { ...task, problem: found.reason }
}

/** Whether the document would be the same if it had been read under the other name. */
function isIndependentOfName({ path, title }: KnownDocument, other: string): boolean {
  if (nameOf(path) === nameOf(other)) return true
  return endingOf(path) === endingOf(other) && title !== titleOfName(path)
}
