import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { dot, type Quantised } from './quantise.ts'

/**
 * What was read is not looked after for so many milliseconds, and not read again for so many times what it took: while
 * passages are being embedded, questions shall not wait for it again and again.
 */
const AGE = { least: 1000, times: 20 }

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

/** The texts' vectors, one behind the other, and which passages have which text. */
type Loaded = {
  /** Until when it is good. */
  readonly until: number
  readonly version: unknown
  readonly length: number
  readonly digests: readonly Uint8Array[]
  readonly scales: Float32Array
  readonly numbers: Int8Array
  /** The passages of text `n` are those from `first[n]` to before `first[n + 1]`. */
  readonly first: Uint32Array
  readonly passages: Float64Array
}

/** Reads the vectors of `model` from `file` on the first question, and again when there are others. */
export function openNearest(file: string, model: string, elapsed: () => number): Nearest {
  let database: DatabaseSync | undefined
  let loaded: Loaded | undefined

  function current(): Loaded | undefined {
    const began = elapsed()
    if (loaded && began < loaded.until) return loaded
    if (!database) {
      if (!existsSync(file)) return undefined
      database = new DatabaseSync(file, { readOnly: true, timeout: 1000 })
    }
    const version = database.prepare('pragma data_version').get()?.data_version
    if (loaded && loaded.version === version) {
      loaded = { ...loaded, until: began + AGE.least }
    } else {
      const read = load(database, model)
      const ended = elapsed()
      loaded = { ...read, version, until: ended + Math.max(AGE.least, AGE.times * (ended - began)) }
    }
    return loaded
  }

  return {
    find({ numbers: question, scale }, count, allowed = () => true) {
      const all = current()
      if (!all || all.length !== question.length || count < 1) return []
      const { numbers, scales, first, passages, digests, length } = all
      const best: { passage: number; text: number; score: number }[] = []
      let least = Number.NEGATIVE_INFINITY
      for (let text = 0; text < scales.length; text++) {
        const score = dot(question, numbers, text * length) * (scales[text] as number)
        if (best.length === count && score <= least) continue
        for (let at = first[text] as number; at < (first[text + 1] as number); at++) {
          const passage = passages[at] as number
          if (!allowed(passage) || (best.length === count && score <= least)) continue
          if (best.length === count) best.pop()
          let place = best.length
          while (place > 0 && (best[place - 1] as { score: number }).score < score) place -= 1
          best.splice(place, 0, { passage, text, score })
          least = (best.at(-1) as { score: number }).score
        }
      }
      return best.map(({ passage, text, score }) => ({
        ...{ passage, digest: digests[text] as Uint8Array, score: score * scale },
      }))
    },
    close() {
      database?.close()
      database = undefined
      loaded = undefined
    },
  }
}

/** Both tables from end to end, of one moment: looking up each passage's vector would take several times as long. */
function load(database: DatabaseSync, model: string): Omit<Loaded, 'until' | 'version'> {
  database.exec('begin')
  try {
    const size = database
      .prepare('select count(*) as texts, max(length(numbers)) as length from vector where model = ?')
      .get(model)
    const texts = Number(size?.texts)
    const length = Number(size?.length)
    const numbers = new Int8Array(texts * length)
    const scales = new Float32Array(texts)
    const digests: Uint8Array[] = []
    const textOf = new Map<string, number>()
    const vectors = database.prepare(
      'select digest, scale, numbers from vector where model = ? and length(numbers) = ?',
    )
    for (const row of vectors.iterate(model, length)) {
      const digest = row.digest as Uint8Array
      const blob = row.numbers as Uint8Array
      numbers.set(new Int8Array(blob.buffer, blob.byteOffset, blob.length), digests.length * length)
      scales[digests.length] = Number(row.scale)
      textOf.set(keyOf(digest), digests.length)
      digests.push(digest)
    }
    const found: { text: number; passage: number }[] = []
    for (const { number, digest } of database.prepare('select number, digest from passage').iterate()) {
      const text = textOf.get(keyOf(digest as Uint8Array))
      if (text !== undefined) found.push({ text, passage: Number(number) })
    }
    found.sort((one, other) => one.text - other.text || one.passage - other.passage)
    const first = new Uint32Array(digests.length + 1)
    for (const { text } of found) first[text + 1] = (first[text + 1] as number) + 1
    for (let text = 0; text < digests.length; text++) {
      first[text + 1] = (first[text + 1] as number) + (first[text] as number)
    }
    const passages = Float64Array.from(found, ({ passage }) => passage)
    return { length, digests, scales: scales.subarray(0, digests.length), numbers, first, passages }
  } finally {
    database.exec('commit')
  }
}

function keyOf(digest: Uint8Array): string {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.length).toString('latin1')
}
