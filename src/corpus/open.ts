import { mkdirSync, opendirSync, realpathSync, statSync } from 'node:fs'
import { basename, join, relative, resolve, sep } from 'node:path'
import type { Emit } from '../ops/events.ts'
import type { EmbeddingsSource } from '../ops/settings.ts'
import { startAnswering } from './answering/ask.ts'
import type {
  Corpus,
  CorpusDocument,
  CorpusProblem,
  DocumentSummary,
  Freshness,
  SearchHit,
} from './corpus.ts'
import { startEmbeddings, VECTORS } from './embeddings/embeddings.ts'
import { modelOf } from './embeddings/model-name.ts'
import { prepareDatabase } from './index/database.ts'
import type { IndexingMessage, IndexingOptions } from './indexing/worker.ts'
import { codeOf, type Folder } from './sources/folder.ts'
import { startThread } from './thread.ts'

export type CorpusOptions = {
  readonly folders: readonly string[]
  /** Where `corpus.db` stands; created 0700 where it is missing. */
  readonly dataDir: string
  readonly emit: Emit
  /** Seconds between two scans of everything, beside the watching; default five minutes. */
  readonly rescan?: number
  /** Bytes beyond which a file is not read; default 8 MB. */
  readonly limit?: number
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
  const folders = foldersOf(options.folders, realpathSync(options.dataDir))
  const file = join(options.dataDir, 'corpus.db')
  prepareDatabase(file, folders)

  let freshness: Freshness = { indexing: true, indexed_at: undefined }
  const { embeddings: source } = options
  const vectors = source && { file: join(options.dataDir, VECTORS), model: modelOf(source) }
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
  const data: IndexingOptions = { file, folders, rescan, limit }
  const indexer = startThread({
    module: './indexing/worker',
    data,
    receive: (received) => {
      const message = received as IndexingMessage
      if ('event' in message) return emit(message.event)
      freshness = { indexed_at: freshness.indexed_at, ...message }
    },
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
    freshness: () => freshness,
    async status() {
      return { documents: Number(await answering.ask({ ask: 'count' })), ...freshness }
    },
    async problems() {
      return (await answering.ask({ ask: 'problems' })) as CorpusProblem[]
    },
    async close() {
      await Promise.all([indexer.close(), answering.close(), embeddings?.close()])
    },
  }
}

/** A whole number from 1 to `most`. */
function within(count: number, most: number): number {
  return Math.min(Math.max(Math.trunc(count) || 1, 1), most)
}

/** The folders by their real paths, each once, each with a name of its own. */
function foldersOf(paths: readonly string[], dataDir: string): Folder[] {
  const roots = [...new Set(paths.map((path) => readableFolder(path)))]
  const names = roots.map((root) => basename(root))
  return roots.map((root, index) => {
    if (isWithin(root, dataDir)) {
      throw new Error(`The folder ${root} is the data directory itself: choose another folder to serve.`)
    }
    const name = names[index] ?? ''
    // Documents keep their ids when the folder moves, unless two folders share a name.
    const unique = names.indexOf(name) === names.lastIndexOf(name)
    return { root, name: unique ? name : root, excluded: [dataDir] }
  })
}

function readableFolder(path: string): string {
  const absolute = resolve(path)
  try {
    const root = realpathSync(absolute)
    if (!statSync(root).isDirectory())
      throw new Error(`${absolute} is a file: name the folder that holds it.`)
    opendirSync(root).closeSync()
    return root
  } catch (fault) {
    const code = codeOf(fault)
    if (code === 'ENOENT') throw new Error(`The folder ${absolute} does not exist: name one that does.`)
    if (code === 'EACCES' || code === 'EPERM') {
      throw new Error(`The folder ${absolute} cannot be read: give this user the right to read it.`)
    }
    throw fault
  }
}

function isWithin(path: string, folder: string): boolean {
  const between = relative(folder, path)
  return (
    between === '' || !(between === '..' || between.startsWith(`..${sep}`) || resolve(between) === between)
  )
}
