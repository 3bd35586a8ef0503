import { mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Emit } from '../ops/events.ts'
import type { EmbeddingsSource } from '../ops/settings.ts'
import { type Ask, startAnswering } from './answering/ask.ts'
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
import { DAMAGED, startMending } from './mending.ts'
import { readAddedSources } from './sources/source-file.ts'
import { currentSources, resolveSources, specsOf, webSources } from './sources/source-list.ts'
import { startMirrors } from './sources/web/mirrors.ts'
import { pageProblems } from './sources/web/page-table.ts'
import type { WebOptions } from './sources/web/refresh.ts'
import { removeDatabase } from './sqlite.ts'
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
  const problem = (reason: string) => emit({ type: 'corpus.problem', path: file, reason })
  const { documents, wasDamaged } = prepareDatabase(file, currentSources(served))
  if (wasDamaged) problem(DAMAGED)

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
  const data: IndexingOptions = { ...served, file, rescan, limit }
  const elapsed = () => performance.now()
  const startIndexing = (failed: (fault: unknown) => void) =>
    startThread({
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
        problem(`indexing failed and is started again: ${String(fault)}`)
        failed(fault)
      },
    })
  const mending = startMending({
    start: (failed) => ({
      answering: startAnswering({ file, vectors }, emit, failed),
      embeddings: source && startEmbeddings({ index: file, dataDir: options.dataDir, source, emit, elapsed }),
      indexer: startIndexing(failed),
    }),
    end: ({ answering, embeddings, indexer }) =>
      Promise.all([indexer.close(), answering.close(), embeddings?.close()]),
    makeAnew() {
      removeDatabase(file)
      prepareDatabase(file, currentSources(served))
      status = { ...status, documents: 0, indexing: true, indexed_at: undefined, pending: 0 }
    },
    tell: problem,
    elapsed,
  })

  /** A question that met a damaged index is put to the new one. */
  async function ask(question: Parameters<Ask['ask']>[0]): Promise<unknown> {
    const { answering } = await mending.threads()
    try {
      return await answering.ask(question)
    } catch (fault) {
      if (!mending.isUnderWay()) throw fault
      return (await mending.threads()).answering.ask(question)
    }
  }

  return {
    async search(query, count, options = {}) {
      const { embeddings } = await mending.threads()
      const meaning = await embeddings?.vectorOf(query)
      const asked = { ...options, meaning }
      const question = { ask: 'search', text: query, limit: within(count, 50), options: asked } as const
      return (await ask(question)) as SearchHit[]
    },
    async fetch(id, part = {}) {
      if (id.length > ID) return undefined
      return (await ask({ ask: 'fetch', id, part })) as CorpusDocument | undefined
    },
    async list({ cursor = '', limit: count }) {
      const page = { cursor: cursor.slice(0, ID), limit: within(count, 1000) }
      return (await ask({ ask: 'list', ...page })) as DocumentSummary[]
    },
    freshness: () => freshnessOf(status),
    status: async () => status,
    async problems() {
      const files = (await ask({ ask: 'problems' })) as CorpusProblem[]
      return [...files, ...pageProblems(webSources(currentSources(served)))]
    },
    async close() {
      await Promise.all([mending.close(), mirrors.close()])
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
