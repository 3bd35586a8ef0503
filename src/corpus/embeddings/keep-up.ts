import type { DatabaseSync } from 'node:sqlite'
import { documentOf, numbersOf } from '../index/passages.ts'
import { versionOf } from '../sqlite.ts'
import type { Embedder, EmbedFault } from './embedder.ts'
import { quantise } from './quantise.ts'
import { embeddedText, type Pending, textDigest, type Vectors } from './vectors.ts'

/** Characters of a text: models read some thousand words and refuse more. */
const CHARACTERS = 8_000
/** Milliseconds for one batch: a small machine takes its time. */
const PATIENCE = 120_000
/** Seconds: between two looks at an index that rests, and between two tries at an embedder that fails. */
const WAIT = { look: 2, first: 1, most: 300 }
/** Documents that are compared in one transaction. */
const COMPARED = 200

export type World = {
  /** The index, read only. */
  readonly index: DatabaseSync
  readonly vectors: Vectors
  readonly embedder: Embedder
  readonly model: string
  /** Tells once that the embedder fails, and once that it answers again. */
  readonly report: (reason: string) => void
  /** Resolves after so many seconds, or at the end. */
  readonly wait: (seconds: number) => Promise<void>
  readonly signal: AbortSignal
}

/**
 * Gives each passage of the index a vector, in batches, for as long as it is let: passages whose text is known need none,
 * an embedder that fails is asked ever more seldom, and what it refuses is split until only that is left out.
 */
export function createKeepUp({ index, vectors, embedder, model, report, wait, signal }: World) {
  const documents = index.prepare('select number, title, digest from document')
  const passages = index.prepare(
    'select number, text from passage where number between ? and ? order by number',
  )
  const passage = index.prepare('select text from passage where number = ?')
  const titled = index.prepare('select title from document where number = ?')
  const dataVersion = index.prepare('pragma data_version')
  let seen: unknown
  let isFailing = false
  let pause = WAIT.first

  /** What the passages of the index are, compared with what was known of them. */
  function compare(): void {
    vectors.ofIndex(versionOf(index))
    const known = vectors.documents()
    const changed: { number: number; title: string; digest: string }[] = []
    for (const row of documents.iterate()) {
      const number = Number(row.number)
      const title = String(row.title)
      // The title is embedded with each passage.
      const digest = `${row.digest} ${title}`
      if (known.get(number) !== digest) changed.push({ number, title, digest })
      known.delete(number)
    }
    if (known.size > 0) {
      vectors.commit(() => {
        for (const number of known.keys()) vectors.removeDocument(number, numbersOf(number))
      })
    }
    for (let at = 0; at < changed.length && !signal.aborted; at += COMPARED) {
      vectors.commit(() => {
        for (const { number, title, digest } of changed.slice(at, at + COMPARED)) {
          const rows = passages
            .all(...numbersOf(number))
            .filter(({ text }) => String(text).trim() !== '')
            .map((row) => ({
              number: Number(row.number),
              digest: textDigest(embeddedText(title, String(row.text))),
            }))
          vectors.putDocument(number, digest, numbersOf(number), rows)
        }
      })
    }
    if (known.size + changed.length > 0) vectors.forget()
  }

  /** The text that is pending, as the index has it now; undefined where it has another. */
  function textOf({ passage: number, digest }: Pending): string | undefined {
    const title = titled.get(documentOf(number))?.title
    const text = passage.get(number)?.text
    if (title === undefined || text === undefined) return undefined
    const whole = embeddedText(String(title), String(text))
    return Buffer.compare(textDigest(whole), digest) === 0 ? whole : undefined
  }

  /** Resolves to false where nothing was pending. */
  async function embedSome(): Promise<boolean> {
    const pending = vectors.pending(model, embedder.batch)
    const texts = pending.flatMap((one) => {
      const text = textOf(one)
      return text === undefined ? [] : [{ digest: one.digest, text: text.slice(0, CHARACTERS) }]
    })
    // The index has changed under us: what is pending is found out anew.
    if (pending.length > 0 && texts.length === 0) seen = undefined
    if (texts.length === 0) return false
    const fault = await embedAll(texts)
    if (!fault) {
      if (isFailing) report('answers again')
      isFailing = false
      pause = WAIT.first
      return true
    }
    if (signal.aborted) return false
    if (!isFailing) report(`${fault.reason}; until it answers, search goes on by words alone`)
    isFailing = true
    await wait(Math.max(fault.kind === 'wrong' ? WAIT.most : pause, fault.retryAfter ?? 0))
    pause = Math.min(pause * 2, WAIT.most)
    return true
  }

  async function embedAll(
    texts: readonly { digest: Uint8Array; text: string }[],
  ): Promise<EmbedFault | undefined> {
    const embedded = await embedder.embed(
      texts.map(({ text }) => text),
      { milliseconds: PATIENCE, signal },
    )
    if (!Array.isArray(embedded)) {
      if (embedded.kind !== 'input') return embedded
      if (texts.length > 1) {
        const half = texts.length >> 1
        return (await embedAll(texts.slice(0, half))) ?? (await embedAll(texts.slice(half)))
      }
      vectors.commit(() => {
        for (const { digest } of texts) vectors.put(digest, model, undefined)
      })
      return undefined
    }
    const length = vectors.length(model) ?? embedded[0]?.length
    const other = embedded.find((vector) => vector.length !== length)
    if (other)
      return {
        kind: 'wrong',
        reason: `gives ${other.length} numbers where it gave ${length}`,
        retryAfter: undefined,
      }
    vectors.commit(() => {
      for (const [at, { digest }] of texts.entries()) {
        const vector = embedded[at]
        vectors.put(digest, model, vector && quantise(vector))
      }
    })
    return undefined
  }

  return {
    /** Compares where the index has changed, embeds a batch; resolves to false where there was nothing to do. */
    async step(): Promise<boolean> {
      const version = dataVersion.get()?.data_version
      if (seen !== version) {
        compare()
        seen = version
      }
      return await embedSome()
    },

    /** Until the signal. */
    async run(): Promise<void> {
      while (!signal.aborted) {
        if (!(await this.step())) await wait(WAIT.look)
      }
    },
  }
}
