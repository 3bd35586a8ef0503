/** The thread that embeds: passages in the background, questions at once. */
import { parentPort, workerData } from 'node:worker_threads'
import type { EmbeddingsSource } from '../../ops/settings.ts'
import { openDatabase } from '../index/database.ts'
import { pause } from '../pause.ts'
import { EmbedFault } from './embedder.ts'
import { createKeepUp } from './keep-up.ts'
import { modelOf } from './model-name.ts'
import { createEmbedder } from './question.ts'
import { openVectors } from './vectors.ts'

export type EmbeddingsOptions = {
  readonly index: string
  readonly file: string
  readonly source: EmbeddingsSource
}

export type EmbeddingsQuestion = {
  readonly number: number
  readonly text: string
  readonly milliseconds: number
}

export type EmbeddingsMessage =
  | { readonly number: number; readonly vector: Float32Array | undefined; readonly reason?: string }
  | { readonly report: string }

const { index, file, source } = workerData as EmbeddingsOptions
const post = (message: EmbeddingsMessage) => parentPort?.postMessage(message)
const embedder = createEmbedder(source)
const ending = new AbortController()

parentPort?.on('message', (message: EmbeddingsQuestion | 'close') => {
  if (message === 'close') ending.abort()
  else void answer(message)
})

async function answer({ number, text, milliseconds }: EmbeddingsQuestion): Promise<void> {
  const embedded = await embedder.embed([text], { milliseconds, signal: ending.signal })
  if (embedded instanceof EmbedFault) post({ number, vector: undefined, reason: embedded.reason })
  else post({ number, vector: embedded[0] })
}

const database = openDatabase(index, { readOnly: true })
const vectors = openVectors(file)
try {
  await createKeepUp({
    index: database,
    vectors,
    embedder,
    model: modelOf(source),
    report: (report) => post({ report }),
    wait: (seconds) => pause(seconds, ending.signal),
    signal: ending.signal,
  }).run()
} finally {
  vectors.close()
  database.close()
  parentPort?.close()
}
