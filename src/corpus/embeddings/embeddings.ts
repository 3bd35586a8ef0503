import { join } from 'node:path'
import type { Emit } from '../../ops/events.ts'
import type { EmbeddingsSource } from '../../ops/settings.ts'
import { startThread } from '../thread.ts'
import { type Quantised, quantise } from './quantise.ts'
import { QUESTION } from './question.ts'
import type { EmbeddingsMessage, EmbeddingsOptions, EmbeddingsQuestion } from './worker.ts'

/** Where the vectors stand in the data directory. */
export const VECTORS = 'vectors.db'

/** Milliseconds that a question waits for its vector, and for which no other is asked for after a failure. */
const PATIENCE = 800
const PAUSE = 10_000
/** Questions whose vectors are remembered, in memory alone. */
const REMEMBERED = 200

export type Embeddings = {
  /** The question's vector; undefined where the embedder is away, slow or has none: then words alone decide. */
  vectorOf(question: string): Promise<Quantised | undefined>
  close(): Promise<void>
}

/** Starts the thread that embeds. Only where the operator asked for it: otherwise nothing leaves the machine. */
export function startEmbeddings(options: {
  index: string
  dataDir: string
  source: EmbeddingsSource
  emit: Emit
  elapsed: () => number
  patience?: number
}): Embeddings {
  const { emit, elapsed, source, patience = PATIENCE } = options
  const name = 'folder' in source ? source.folder : nameOf(source.url)
  const waiting = new Map<number, (vector: Quantised | undefined) => void>()
  const remembered = new Map<string, Quantised>()
  let last = 0
  let awayUntil = Number.NEGATIVE_INFINITY
  let isTold = false

  const tell = (reason: string) => emit({ type: 'corpus.problem', path: `embeddings of ${name}`, reason })
  const failed = (reason: string) => {
    awayUntil = elapsed() + PAUSE
    if (!isTold) tell(`${reason}; questions are answered by words alone`)
    isTold = true
  }
  const settle = (number: number, vector: Quantised | undefined) => {
    waiting.get(number)?.(vector)
    waiting.delete(number)
  }
  const data: EmbeddingsOptions = { index: options.index, file: join(options.dataDir, VECTORS), source }
  const thread = startThread({
    module: './embeddings/worker',
    data,
    receive: (received) => {
      const message = received as EmbeddingsMessage
      if ('report' in message) return tell(message.report)
      if (!waiting.has(message.number)) return
      if (message.vector) isTold = false
      else failed(message.reason ?? 'gives none')
      settle(message.number, message.vector && quantise(message.vector))
    },
    failed: (fault) => {
      tell(`failed and is started again: ${String(fault)}`)
      for (const number of [...waiting.keys()]) settle(number, undefined)
    },
  })

  return {
    async vectorOf(question) {
      const text = question.trim().slice(0, QUESTION)
      if (text === '') return undefined
      const known = remembered.get(text)
      if (known) return known
      if (elapsed() < awayUntil) return undefined
      last += 1
      const number = last
      const asked: EmbeddingsQuestion = { number, text, milliseconds: patience }
      const vector = await new Promise<Quantised | undefined>((resolve) => {
        const timer = setTimeout(() => {
          failed(`took longer than ${patience / 1000} s`)
          settle(number, undefined)
        }, patience)
        waiting.set(number, (found) => {
          clearTimeout(timer)
          resolve(found)
        })
        if (!thread.post(asked)) settle(number, undefined)
      })
      if (!vector) return undefined
      const [oldest] = remembered.keys()
      if (remembered.size >= REMEMBERED && oldest !== undefined) remembered.delete(oldest)
      remembered.set(text, vector)
      return vector
    },
    close: () => thread.close(),
  }
}

/** A URL as it may stand in a log. */
function nameOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}
