import { formatOf } from '../extract/formats.ts'
import type { IndexView } from '../index/view.ts'
import { createWalk } from '../sources/folder.ts'
import type { Source } from '../sources/source.ts'
import { sameStamp, stampOf } from '../sources/stamp.ts'

/** How a source's files and its part of the index compare, in files. */
export type Comparison = {
  /** Files of a format that is read. */
  readonly on_disk: number
  /** In the index as they are on disk. */
  readonly up_to_date: number
  /** In the index as they were before. */
  readonly stale: number
  /** Not in the index yet. */
  readonly missing: number
  /** In the index, on disk no more. */
  readonly gone: number
  /** That could not be read. */
  readonly problems: number
}

/** Looks at every file of the source, by size and times alone, and compares it with what the index knows. */
export function compareSource(source: Source, view: IndexView | undefined): Comparison {
  const files = view?.files(source.name) ?? new Map()
  const problems = view?.counts().get(source.name)?.problems ?? 0
  let [on_disk, up_to_date, stale, missing, met] = [0, 0, 0, 0, 0]
  const walk = createWalk(source, () => {})
  for (const found of walk('')) {
    if (found.kind === 'unreadable' || !formatOf(found.path)) continue
    const known = files.get(found.path)
    if (known) met++
    // What is no regular file, or could not be read, is told among the problems.
    if (found.kind === 'other') continue
    const isSame = known && sameStamp(known.stamp, stampOf(found.stats))
    if (isSame && known.is === 'nothing') continue
    on_disk++
    if (!known) missing++
    else if (!isSame) stale++
    else if (known.is === 'document') up_to_date++
  }
  return { on_disk, up_to_date, stale, missing, gone: files.size - met, problems }
}
