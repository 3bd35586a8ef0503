import type { DatabaseSync } from 'node:sqlite'
import type { CorpusDocument, DocumentSummary, SearchHit } from '../corpus.ts'
import { PASSAGES } from '../index/catalogue.ts'
import { matchExpression } from '../ranking/words.ts'

/** Characters of a document that are handed out. */
const WHOLE = 1_000_000

export type Answers = ReturnType<typeof openAnswers>

/** The reader's side of the index. Each answer is of one moment. */
export function openAnswers(database: DatabaseSync) {
  const summary = 'id, title, path, media_type, bytes, modified'
  const statements = {
    match: database.prepare('select rowid, rank from words where words match ? order by rank limit ?'),
    byNumber: database.prepare(`select ${summary} from document where number = ?`),
    byId: database.prepare(`select number, ${summary} from document where id = ?`),
    passage: database.prepare('select text from passage where number = ?'),
    passages: database.prepare('select text from passage where number between ? and ? order by number'),
    page: database.prepare(`select ${summary} from document where id > ? order by id limit ?`),
    count: database.prepare('select count(*) as count from document'),
  }

  function search(question: string, limit: number): SearchHit[] {
    const expression = matchExpression(question)
    if (expression === undefined) return []
    return bestOfEach(expression, limit).flatMap(({ passage, score }) => {
      const row = statements.byNumber.get(Math.floor(passage / PASSAGES))
      const text = statements.passage.get(passage)?.text
      return row ? [{ ...summaryOf(row), text: String(text ?? '').trim(), score }] : []
    })
  }

  /** The best passage of each of the `limit` best documents; a document is as good as its best passage. */
  function bestOfEach(expression: string, limit: number): { passage: number; score: number }[] {
    for (let take = limit * 8; ; take *= 8) {
      const best = new Map<number, { passage: number; score: number }>()
      const rows = statements.match.all(expression, take)
      for (const row of rows) {
        const passage = Number(row.rowid)
        const document = Math.floor(passage / PASSAGES)
        if (!best.has(document)) best.set(document, { passage, score: -Number(row.rank) })
      }
      if (best.size >= limit || rows.length < take) return [...best.values()].slice(0, limit)
    }
  }

  function fetch(id: string): CorpusDocument | undefined {
    const row = statements.byId.get(id)
    if (!row) return undefined
    const first = Number(row.number) * PASSAGES
    const parts: string[] = []
    let length = 0
    for (const passage of statements.passages.iterate(first, first + PASSAGES - 1)) {
      const text = String(passage.text)
      if (length + text.length > WHOLE) {
        parts.push('\n\n[The document is longer; only its beginning is shown.]\n')
        break
      }
      parts.push(text)
      length += text.length
    }
    return { ...summaryOf(row), text: parts.join('') }
  }

  return {
    search: (question: string, limit: number) => atOneMoment(database, () => search(question, limit)),
    fetch: (id: string) => atOneMoment(database, () => fetch(id)),
    list: (cursor: string, limit: number): DocumentSummary[] =>
      statements.page.all(cursor, limit).map(summaryOf),
    count: () => Number(statements.count.get()?.count),
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

function summaryOf(row: Record<string, unknown>): DocumentSummary {
  return {
    id: String(row.id),
    title: String(row.title),
    path: String(row.path),
    media_type: String(row.media_type),
    bytes: Number(row.bytes),
    modified: String(row.modified),
  }
}
