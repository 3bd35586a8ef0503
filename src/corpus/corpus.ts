/**
 * The port between a corpus and whoever serves it. Knows nothing of OAuth or MCP. Ids are opaque to callers, stable
 * over restarts and renames, `[A-Za-z0-9_-]`, and are looked up, never joined to a path.
 */
export type Corpus = {
  /**
   * The best documents for a person's words, best first, each once with its best passage; never an error whatever the
   * text. `limit` 1 to 50. `collection`: of this one alone; nothing where there is none of that name.
   */
  search(query: string, limit: number, options?: SearchOptions): Promise<SearchHit[]>
  /** The document, or a part of it; undefined for whatever is no id of one. */
  fetch(id: string, part?: Part): Promise<CorpusDocument | undefined>
  /** Documents in a stable order, for resources/list; `cursor` is the last id of the page before. */
  list(query: { cursor?: string; limit: number }): Promise<DocumentSummary[]>
  /** How fresh the index is, at once and for nothing: every answer carries it. */
  freshness(): Freshness
  status(): Promise<CorpusStatus>
  /** Files that there is no document of, and why; by collection and path. */
  problems(): Promise<CorpusProblem[]>
  close(): Promise<void>
}

export type SearchOptions = {
  readonly collection?: string
  /** Each hit says how it came to its score. */
  readonly explain?: boolean
}

export type DocumentSummary = {
  readonly id: string
  readonly title: string
  /** Relative to its source, as named on disk, `/` between the parts. */
  readonly path: string
  /** The name of its source. */
  readonly collection: string
  /** Where it was fetched from, for a mirrored web page: its https URL. */
  readonly origin?: string
  /** Of the text handed out: for an HTML file that is the Markdown drawn from it, never HTML. */
  readonly media_type: string
  /** Of the file on disk. */
  readonly bytes: number
  /** ISO 8601. */
  readonly modified: string
}

/** A place in a document: one of the passages that it was cut into. */
export type PassagePlace = {
  /** Its number in the document, from 0. */
  readonly passage: number
  /** The headings that it stands under, outermost first, joined by ` > `. */
  readonly heading?: string
  /** Of the page, slide or sheet that it begins on, from 1. */
  readonly page?: number
}

/** `text` is the document's best passage; a higher `score` is better, and says nothing across questions. */
export type SearchHit = DocumentSummary &
  PassagePlace & {
    readonly text: string
    readonly score: number
    /** Of the whole document: its characters, and how many passages it was cut into. */
    readonly length: number
    readonly passages: number
    readonly explanation?: Explanation
  }

/** What a score is made of, by the name of each part, for a person to read. */
export type Explanation = Readonly<Record<string, number | string>>

/**
 * Which part: from `offset` (characters) on, else around `passage`, else from the beginning. `bytes`: no more than so
 * many (UTF-8), by default and at most a million characters. A document no larger than that is given whole, unless an
 * `offset` was asked for.
 */
export type Part = { readonly passage?: number; readonly offset?: number; readonly bytes?: number }

export type CorpusDocument = DocumentSummary & {
  readonly text: string
  /** Where `text` begins in the whole, in characters. */
  readonly offset: number
  /** Characters of the whole. */
  readonly length: number
  /** The passage that was asked for, and where it stands in `text`; none where the document has no such passage. */
  readonly marked?: PassagePlace & { readonly start: number; readonly end: number }
}

/** Times in seconds since the epoch. */
export type Freshness = {
  /** While a scan of everything runs, or what it found is not in the index yet. */
  readonly indexing: boolean
  /** When the index last was as the disk was; none before the first scan since the start has ended. */
  readonly indexed_at: number | undefined
  /** How far the scan that runs is: files in the index, of those that are known of. */
  readonly progress?: { readonly files: number; readonly of?: number }
}

export type CorpusStatus = Freshness & {
  readonly documents: number
  /** When the indexing thread last gave a sign of life: one a second. */
  readonly alive_at: number | undefined
  /** Files that are found and not in the index yet. */
  readonly pending: number
  readonly sources: readonly SourceStatus[]
}

export type SourceStatus = {
  /** What people and clients call it: a collection. */
  readonly name: string
  readonly kind: 'folder' | 'file' | 'web'
  readonly documents: number
  /** Files that could not be read. */
  readonly problems: number
  readonly pending: number
  /** Why changes of files are found late at present, by scans alone; undefined where the system tells of each. */
  readonly late?: string | undefined
}

export type CorpusProblem = { readonly collection: string; readonly path: string; readonly reason: string }
