import { mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Emit } from '../ops/events.ts'
import type { EmbeddingsSource } from '../ops/settings.ts'
import { startAnswering } from './answering/ask.ts'
import type {
  Corpus,
  CorpusDocument,
  CorpusProblem,
  CorpusStatus,
  DocumentSummary,
  Freshness,
  SearchHit,
} from './corpus.ts'
import { startEmbeddings, VECTORS } from './embeddings/embeddings.ts'
import { modelOf } from './embeddings/model-name.ts'
import { INDEX, prepareDatabase } from './index/database.ts'
import type { IndexingMessage, IndexingOptions } from './indexing/worker.ts'
import { readAddedSources } from './sources/source-file.ts'
import { currentSources, resolveSources, specsOf, webSources } from './sources/source-list.ts'
import { startMirrors } from './sources/web/mirrors.ts'
import { pageProblems } from './sources/web/page-table.ts'
import type { WebOptions } from './sources/web/refresh.ts'
import { startThread } from './thread.ts'

export type CorpusOptions = {
  /** Absolute paths of folders and files, and https URLs, each with `name=` before it or not. */
  readonly folders: readonly string[]
  /** The person named none: `folders` is a sample, which anything that was added takes the place of. */
  readonly isSample?: boolean
  /** Where `corpus.db` stands; created 0700 where it is missing. */
  readonly dataDir: string
  readonly emit: Emit
  /** Seconds between two scans of everything, beside the watching; default five minutes. */
  readonly rescan?: number
  /** Bytes beyond which a text file is not read, default 8 MB; of the other formats eight times as many. */
  readonly limit?: number
  /** Seconds after which web sources are asked again, 0: never; default a day. */
  readonly webRefresh?: number
  /** For tests: lets web sources stand on this machine. */
  readonly unsafeWeb?: WebOptions
  /** Where passages and questions get vectors from; default nowhere: nothing leaves the machine. */
  readonly embeddings?: EmbeddingsSource | undefined
}

/** Longer than any id of ours. */
const ID = 64

/**
 * Opens the folders as a corpus, and returns before they are read: what was indexed before is found at once, the
 * rest as it is indexed. Throws an Error of one sentence where a folder cannot be served.
 */
export async function openCorpus(options: CorpusOptions): Promise<Corpus> {
  const { emit, rescan = 300, limit = 8 * 1024 * 1024 } = options
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
  const dataDir = realpathSync(options.dataDir)
  const named = resolveSources(specsOf(options.folders), readAddedSources(dataDir), dataDir)
  const served = { dataDir, named, isSample: options.isSample ?? false }
  const file = join(options.dataDir, INDEX)
  const { documents } = prepareDatabase(file, currentSources(served))

  let status: CorpusStatus = {
    ...{ documents, indexing: true, indexed_at: undefined, pending: 0, alive_at: undefined, sources: [] },
  }
  const { embeddings: source } = options
  const vectors = source && { file: join(options.dataDir, VECTORS), model: modelOf(source) }
  const mirrors = startMirrors({
    sources: webSources(currentSources(served)),
    refresh: options.webRefresh ?? 86_400,
    emit,
    unsafe: options.unsafeWeb,
  })
  const answering = startAnswering({ file, vectors }, emit)
  const embeddings =
    source &&
    startEmbeddings({
      index: file,
      dataDir: options.dataDir,
      source,
      emit,
      elapsed: () => performance.now(),
    })
  const data: IndexingOptions = { ...served, file, rescan, limit }
  const indexer = startThread({
    module: './indexing/worker',
    data,
    receive: (received) => {
      const message = received as IndexingMessage
      if ('event' in message) return emit(message.event)
      if ('web' in message) return mirrors.update(message.web)
      if ('beat' in message) status = { ...status, alive_at: message.beat }
      else status = { ...message.state, alive_at: status.alive_at }
    },
    showsLife: true,
    failed: (fault) => {
      emit({
        type: 'corpus.problem',
        path: file,
        reason: `indexing failed and is started again: ${String(fault)}`,
      })
    },
  })

  return {
    async search(query, count, options = {}) {
      const meaning = await embeddings?.vectorOf(query)
      const asked = { ...options, meaning }
      const question = { ask: 'search', text: query, limit: within(count, 50), options: asked } as const
      return (await answering.ask(question)) as SearchHit[]
    },
    async fetch(id, part = {}) {
      if (id.length > ID) return undefined
      return (await answering.ask({ ask: 'fetch', id, part })) as CorpusDocument | undefined
    },
    async list({ cursor = '', limit: count }) {
      const page = { cursor: cursor.slice(0, ID), limit: within(count, 1000) }
      return (await answering.ask({ ask: 'list', ...page })) as DocumentSummary[]
    },
    freshness: () => freshnessOf(status),
    status: async () => status,
    async problems() {
      const files = (await answering.ask({ ask: 'problems' })) as CorpusProblem[]
      return [...files, ...pageProblems(webSources(currentSources(served)))]
    },
    async close() {
      await Promise.all([indexer.close(), answering.close(), embeddings?.close(), mirrors.close()])
    },
  }
}

function freshnessOf({ indexing, indexed_at, documents, pending }: CorpusStatus): Freshness {
  const progress = { files: documents, of: documents + pending }
  return { indexing, indexed_at, ...(indexing && { progress }) }
}

/** A whole number from 1 to `most`. */
function within(count: number, most: number): number {
  return Math.min(Math.max(Math.trunc(count) || 1, 1), most)
}
