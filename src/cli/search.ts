import type { SearchHit } from '../corpus/corpus.ts'
import { EmbedFault } from '../corpus/embeddings/embedder.ts'
import { questionVector } from '../corpus/embeddings/question.ts'
import { openReader } from '../corpus/reader.ts'
import { documentUrl } from '../mcp/document-url.ts'
import { resultOf } from '../mcp/tools/search.ts'
import { OperatorFault } from '../ops/fault.ts'
import { safeText } from '../ops/log-text.ts'
import { servedSources } from './corpus.ts'
import type { DataOptions } from './data.ts'
import { moment, show } from './output.ts'
import { readSettings } from './settings-flags.ts'

export type SearchCommandOptions = DataOptions & {
  readonly limit: string
  readonly collection?: string
  readonly explain?: boolean
}

/** Characters of a passage that a person is shown. */
const SHOWN = 300
/** Milliseconds for the question's vector: a model that was not used for a while has to be loaded. */
const PATIENCE = 10_000

/** `corpusiq search`: what the `search` tool answers, from the index of the data directory; a server needn't run. */
export async function search(
  question: string,
  options: SearchCommandOptions,
): Promise<OperatorFault | undefined> {
  const settings = readSettings(options)
  if (settings instanceof OperatorFault) return settings
  const limit = /^\d{1,2}$/.test(options.limit) ? Number(options.limit) : 0
  if (limit < 1 || limit > 50) {
    return new OperatorFault(
      `--limit ${safeText(options.limit, 20)} is not from 1 to 50. Example: --limit 20`,
    )
  }
  const { dataDir, resourceUrl, embeddings } = settings
  const reader = openReader(dataDir, embeddings)
  if (!reader) {
    return new OperatorFault(
      `There is no index in ${dataDir}. Serve a folder once, or name its directory, e.g. --data-dir ./data`,
    )
  }
  const { collection, explain = false } = options
  try {
    const meaning = embeddings && (await questionVector(embeddings, question, PATIENCE))
    if (meaning instanceof EmbedFault) {
      process.stderr.write(`By words alone: the embedder ${safeText(meaning.reason, 300)}\n`)
    }
    const hits = reader.search(question, limit, {
      explain,
      ...(meaning !== undefined && !(meaning instanceof EmbedFault) && { meaning }),
      ...(collection !== undefined && { collection }),
    })
    const results = hits.map((hit) => ({
      ...resultOf(hit, (id, passage) => documentUrl(resourceUrl, id, passage)),
      ...(explain && { score: hit.score, explanation: hit.explanation }),
    }))
    const at = reader.indexedAt()
    const indexed_at = at === undefined ? undefined : new Date(at * 1000).toISOString()
    show(options.json, { results, ...(indexed_at !== undefined && { indexed_at }) }, () =>
      [
        ...(hits.length > 0
          ? hits.map((hit, index) => text(hit, index + 1))
          : [nothingFound(collection, servedSources(settings))]),
        at === undefined ? 'The first indexing has not ended.' : `All was indexed at ${moment(at)} (UTC).`,
      ].join('\n\n'),
    )
    return undefined
  } finally {
    reader.close()
  }
}

/** Also where a name is to blame: a person's slip is no reason to doubt the documents. */
function nothingFound(collection: string | undefined, sources: readonly { readonly name: string }[]): string {
  const names = sources.map(({ name }) => name)
  if (collection === undefined || names.includes(collection)) return 'Nothing found.'
  return `Nothing found: there is no collection ${safeText(collection, 40)}. There are: ${names.join(', ')}`
}

/** One result for a person: title, where it stands, its passage, and on demand why. */
function text(
  { title, collection, path, page, heading, modified, text: passage, score, explanation }: SearchHit,
  rank: number,
): string {
  const place = [
    safeText(`${collection}: ${path}`, 300),
    page !== undefined && `page ${page}`,
    heading !== undefined && safeText(heading, 300),
    modified.slice(0, 10),
  ]
  const why = Object.entries(explanation ?? {}).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? value.toFixed(3) : safeText(value, 500)}`,
  )
  return [
    `${rank}. ${safeText(title)}`,
    `   ${place.filter(Boolean).join(', ')}`,
    `   ${safeText(passage, SHOWN)}`,
    ...(explanation ? [`   score ${score.toFixed(3)}: ${why.join(', ')}`] : []),
  ].join('\n')
}
