import type { DatabaseSync } from 'node:sqlite'
import type { CorpusDocument, CorpusProblem, DocumentSummary, Part, SearchHit } from '../corpus.ts'
import { PASSAGES } from '../index/catalogue.ts'
import { openMatch } from './match.ts'
import { stretchOf } from './part.ts'

export type Answers = ReturnType<typeof openAnswers>

/** The reader's side of the index. Each answer is of one moment. */
export function openAnswers(database: DatabaseSync) {
  const summary = 'id, title, path, source, media_type, bytes, modified'
  const statements = {
    byNumber: database.prepare(`select ${summary} from document where number = ?`),
    byId: database.prepare(`select number, ${summary} from document where id = ?`),
    passage: database.prepare('select text from passage where number = ?'),
    passages: database.prepare('select text from passage where number between ? and ? order by number'),
    page: database.prepare(`select ${summary} from document where id > ? order by id limit ?`),
    ofCollection: database.prepare('select number from document where source = ?'),
    problems: database.prepare('select source, path, reason from problem order by source, path'),
    count: database.prepare('select count(*) as count from document'),
  }
  const match = openMatch(database)

  function passagesOf(document: number): { start: number; text: string }[] {
    let start = 0
    return statements.passages.all(document * PASSAGES, (document + 1) * PASSAGES - 1).map((row) => {
      const passage = { start, text: String(row.text) }
      start += passage.text.length
      return passage
    })
  }

  function search(question: string, limit: number, collection?: string): SearchHit[] {
    const allowed =
      collection === undefined
        ? undefined
        : new Set(statements.ofCollection.all(collection).map(({ number }) => Number(number)))
    return match(question, { limit, allowed }).flatMap(({ document, passage, score }) => {
      const row = statements.byNumber.get(document)
      if (!row) return []
      const text = String(statements.passage.get(document * PASSAGES + passage)?.text ?? '').trim()
      const last = passagesOf(document).at(-1)
      const length = (last?.start ?? 0) + (last?.text.length ?? 0)
      return [{ ...summaryOf(row), passage, text, score, length }]
    })
  }

  function fetch(id: string, part: Part): CorpusDocument | undefined {
    const row = statements.byId.get(id)
    if (!row) return undefined
    const passages = passagesOf(Number(row.number))
    const { from, to, offset } = stretchOf(passages, part)
    const last = passages.at(-1)
    const whole = passages
      .slice(from, to)
      .map(({ text }) => text)
      .join('')
    const asked = part.passage === undefined ? undefined : passages[part.passage]
    return {
      ...summaryOf(row),
      text: whole.slice(offset - (passages[from]?.start ?? 0)),
      offset,
      length: (last?.start ?? 0) + (last?.text.length ?? 0),
      ...(asked &&
        part.passage !== undefined && {
          marked: {
            passage: part.passage,
            start: asked.start - offset,
            end: asked.start + asked.text.length - offset,
          },
        }),
    }
  }

  return {
    search: (question: string, limit: number, collection?: string) =>
      atOneMoment(database, () => search(question, limit, collection)),
    fetch: (id: string, part: Part = {}) => atOneMoment(database, () => fetch(id, part)),
    list: (cursor: string, limit: number): DocumentSummary[] =>
      statements.page.all(cursor, limit).map(summaryOf),
    problems: (): CorpusProblem[] =>
      statements.problems.all().map(({ source, path, reason }) => ({
        collection: String(source),
        path: String(path),
        reason: String(reason),
      })),
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
    collection: String(row.source),
    media_type: String(row.media_type),
    bytes: Number(row.bytes),
    modified: String(row.modified),
  }
}
