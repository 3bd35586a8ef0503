import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { dot, type Quantised } from './quantise.ts'

/** Milliseconds for which what was read is not read again, while passages are being embedded. */
const AGE = 30_000

/** A passage by the likeness of its text; `digest` is that of the text that was embedded, which the index may have replaced since. */
export type Near = { readonly passage: number; readonly digest: Uint8Array; readonly score: number }

export type Nearest = {
  /**
   * The `count` passages that are most like `vector`, best first, each once; of `allowed` alone where that is given. An
   * exact scan of all.
   */
  find(vector: Quantised, count: number, allowed?: (passage: number) => boolean): Near[]
  close(): void
}

type Loaded = {
  readonly at: number
  readonly version: unknown
  readonly length: number
  readonly passages: Float64Array
  readonly digests: readonly Uint8Array[]
  readonly scales: Float32Array
  readonly numbers: Int8Array
}

/** Reads the vectors of `model` from `file` on the first question, and again when there are others. */
export function openNearest(file: string, model: string, elapsed: () => number): Nearest {
  let database: DatabaseSync | undefined
  let loaded: Loaded | undefined

  function current(): Loaded | undefined {
    if (loaded && elapsed() - loaded.at < AGE) return loaded
    if (!database) {
      if (!existsSync(file)) return undefined
      database = new DatabaseSync(file, { readOnly: true, timeout: 1000 })
    }
    const version = database.prepare('pragma data_version').get()?.data_version
    loaded =
      loaded && loaded.version === version
        ? { ...loaded, at: elapsed() }
        : load(database, model, version, elapsed())
    return loaded
  }

  return {
    find({ numbers: question, scale }, count, allowed = () => true) {
      const all = current()
      if (!all || all.length !== question.length || count < 1) return []
      const best: { at: number; score: number }[] = []
      let least = Number.NEGATIVE_INFINITY
      for (let at = 0; at < all.passages.length; at++) {
        const score = dot(question, all.numbers, at * all.length) * (all.scales[at] as number)
        if (best.length === count && score <= least) continue
        if (!allowed(all.passages[at] as number)) continue
        if (best.length === count) best.pop()
        let place = best.length
        while (place > 0 && (best[place - 1] as { score: number }).score < score) place -= 1
        best.splice(place, 0, { at, score })
        least = (best.at(-1) as { score: number }).score
      }
      return best.map(({ at, score }) => ({
        passage: all.passages[at] as number,
        digest: all.digests[at] as Uint8Array,
        score: score * scale,
      }))
    },
    close() {
      database?.close()
      database = undefined
      loaded = undefined
    },
  }
}

function load(database: DatabaseSync, model: string, version: unknown, at: number): Loaded | undefined {
  // Two reads of one moment: so many rows, of this length.
  database.exec('begin')
  try {
    const size = database
      .prepare(
        `select count(*) as count, max(length(numbers)) as length
         from passage join vector using (digest) where model = ? and length(numbers) > 0`,
      )
      .get(model)
    const count = Number(size?.count)
    const length = Number(size?.length)
    const numbers = new Int8Array(count * length)
    const passages = new Float64Array(count)
    const scales = new Float32Array(count)
    const digests: Uint8Array[] = []
    const rows = database
      .prepare(
        `select number, digest, scale, numbers from passage join vector using (digest)
         where model = ? and length(numbers) = ? order by number`,
      )
      .iterate(model, length)
    let index = 0
    for (const row of rows) {
      const blob = row.numbers as Uint8Array
      numbers.set(new Int8Array(blob.buffer, blob.byteOffset, blob.length), index * length)
      passages[index] = Number(row.number)
      scales[index] = Number(row.scale)
      digests.push(row.digest as Uint8Array)
      index += 1
    }
    return { at, version, length, passages: passages.subarray(0, index), digests, scales, numbers }
  } finally {
    database.exec('commit')
  }
}
