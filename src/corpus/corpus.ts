/**
 * The port between a corpus and whoever serves it. Knows nothing of OAuth or MCP. Ids are opaque to callers, stable
 * over restarts, `[A-Za-z0-9_-]`, and are looked up, never joined to a path.
 */
export type Corpus = {
  /** The best documents for a person's words, best first; never an error whatever the text. `limit` 1 to 50. */
  search(query: string, limit: number): Promise<SearchHit[]>
  /** The whole text, to a million characters and then a note; undefined for whatever is no id of a document. */
  fetch(id: string): Promise<CorpusDocument | undefined>
  /** Documents in a stable order, for resources/list; `cursor` is the last id of the page before. */
  list(query: { cursor?: string; limit: number }): Promise<DocumentSummary[]>
  /** `indexing` while a scan of the folders runs; `indexed_at` the end of the last one, in seconds since the epoch. */
  status(): Promise<{ documents: number; indexing: boolean; indexed_at: number | undefined }>
  close(): Promise<void>
}

export type DocumentSummary = {
  readonly id: string
  readonly title: string
  /** Relative to its source, as named on disk, `/` between the parts. */
  readonly path: string
  /** Of the text handed out: for an HTML file that is the Markdown drawn from it, never HTML. */
  readonly media_type: string
  /** Of the file on disk. */
  readonly bytes: number
  /** ISO 8601. */
  readonly modified: string
}

/** `text` is the document's best passage; a higher `score` is better, and says nothing across questions. */
export type SearchHit = DocumentSummary & { readonly text: string; readonly score: number }

export type CorpusDocument = DocumentSummary & { readonly text: string }
