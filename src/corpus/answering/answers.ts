import type { DatabaseSync } from 'node:sqlite'
import type {
  CorpusDocument,
  DocumentSummary,
  Part,
  PassagePlace,
  SearchHit,
  SearchOptions,
} from '../corpus.ts'
import type { NearDocuments } from '../embeddings/near-documents.ts'
import type { Quantised } from '../embeddings/quantise.ts'
import { numberOf, numbersOf } from '../index/passages.ts'
import { openProblems } from '../index/problems.ts'
import { fusedMatcher } from './fused-matcher.ts'
import { openMatcher } from './match.ts'
import { stretchOf } from './part.ts'
import { openSearch } from './search.ts'

export type Answers = ReturnType<typeof openAnswers>

/** `meaning`: the question's vector, where there is one. */
export type AskedOptions = SearchOptions & { readonly meaning?: Quantised | undefined }

type Row = Record<string, unknown>

/** The reader's side of the index. Each answer is of one moment. */
export function openAnswers(database: DatabaseSync, near?: NearDocuments) {
  const summary = 'id, title, path, source, origin, media_type, bytes, modified'
  const between = 'where number between ? and ? order by number'
  const statements = {
    byNumber: database.prepare(`select ${summary} from document where number = ?`),
    byId: database.prepare(`select number, ${summary} from document where id = ?`),
    passage: database.prepare('select heading, page, text from passage where number = ?'),
    passages: database.prepare(`select start, text from passage ${between}`),
    last: database.prepare(`select number, start, text from passage ${between} desc limit 1`),
    page: database.prepare(`select ${summary} from document where id > ? order by id limit ?`),
    scanned: database.prepare('select min(scanned_at) as at from source having count(*) = count(scanned_at)'),
  }
  const words = openMatcher(database)
  const find = openSearch(database)

  function extentOf(document: number): { length: number; passages: number } {
    const last = statements.last.get(...numbersOf(document))
    return { length: endOf(last), passages: last ? Number(last.number) - numberOf(document, 0) + 1 : 0 }
  }

  function search(question: string, limit: number, { meaning, ...options }: AskedOptions): SearchHit[] {
    const matcher =
      near && meaning ? fusedMatcher(words, (count, allowed) => near(meaning, count, allowed)) : words
    return find(matcher, question, limit, options).flatMap(({ document, passage, score, explanation }) => {
      const row = statements.byNumber.get(document)
      const found = statements.passage.get(numberOf(document, passage))
      if (!row || !found) return []
      return [
        {
          ...summaryOf(row),
          ...placeOf(passage, found),
          text: String(found.text).trim(),
          score,
          ...extentOf(document),
          ...(explanation && { explanation }),
        },
      ]
    })
  }

  function fetch(id: string, part: Part): CorpusDocument | undefined {
    const row = statements.byId.get(id)
    if (!row) return undefined
    const document = Number(row.number)
    const passages = statements.passages
      .all(...numbersOf(document))
      .map(({ start, text }) => ({ start: Number(start), text: String(text) }))
    const { from, to, offset } = stretchOf(passages, part)
    const text = passages.slice(from, to).map((passage) => passage.text)
    const marked = part.passage === undefined ? undefined : passages[part.passage]
    const place = statements.passage.get(numberOf(document, part.passage ?? 0))
    return {
      ...summaryOf(row),
      text: text.join('').slice(offset - (passages[from]?.start ?? 0)),
      offset,
      length: endOf(passages.at(-1)),
      ...(marked &&
        place && {
          marked: {
            ...placeOf(part.passage ?? 0, place),
            start: marked.start - offset,
            end: marked.start + marked.text.length - offset,
          },
        }),
    }
  }

  return {
    search: (question: string, limit: number, options: AskedOptions = {}) =>
      atOneMoment(database, () => search(question, limit, options)),
    /** Does some of what the next search would have to do first; true where there may be more. */
    warm: () => atOneMoment(database, words.warm),
    fetch: (id: string, part: Part = {}) => atOneMoment(database, () => fetch(id, part)),
    list: (cursor: string, limit: number): DocumentSummary[] =>
      statements.page.all(cursor, limit).map(summaryOf),
    problems: openProblems(database),
    /** When every source has been scanned at least, in seconds since the epoch; none where one has not yet been. */
    indexedAt(): number | undefined {
      const at = statements.scanned.get()?.at
      return typeof at === 'number' ? at : undefined
    },
  }
}

function atOneMoment<T>(database: DatabaseSync, read: () => T): T {
  database.exec('begin')
  try {
    return read()
  } finally {
    database.exec('commit')
  }
}

function endOf(passage: Row | undefined): number {
  return passage ? Number(passage.start) + String(passage.text).length : 0
}

function placeOf(passage: number, { heading, page }: Row): PassagePlace {
  return {
    passage,
    ...(heading !== '' && { heading: String(heading) }),
    ...(page !== null && { page: Number(page) }),
  }
}

function summaryOf(row: Row): DocumentSummary {
  return {
    id: String(row.id),
    title: String(row.title),
    path: String(row.path),
    collection: String(row.source),
    ...(row.origin !== null && { origin: String(row.origin) }),
    media_type: String(row.media_type),
    bytes: Number(row.bytes),
    modified: String(row.modified),
  }
}
