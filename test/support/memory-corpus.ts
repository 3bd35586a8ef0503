import type { Corpus, CorpusDocument } from '../../src/corpus/corpus.ts'

const DOCUMENTS: readonly CorpusDocument[] = [
  document('doc_tea', 'tea.md', 'Tea', 'Green tea wants water of 80 °C.'),
  document('doc_bread', 'bread.md', 'Bread', 'A sourdough rests for twelve hours.'),
]

function document(id: string, path: string, title: string, text: string): CorpusDocument {
  return {
    id,
    title,
    path,
    text,
    collection: 'notes',
    media_type: 'text/markdown',
    bytes: Buffer.byteLength(text),
    modified: '2026-01-02T03:04:05.000Z',
    offset: 0,
    length: text.length,
  }
}

/** Two documents that never change, found by any of their words: for tests that are not about the corpus. */
export function createMemoryCorpus(): Corpus {
  const words = (text: string): readonly string[] => text.toLowerCase().match(/\p{L}+/gu) ?? []
  return {
    search: async (query, limit) =>
      DOCUMENTS.filter(({ title, text }) =>
        words(query).some((word) => words(`${title} ${text}`).includes(word)),
      )
        .slice(0, limit)
        .map((found) => ({ ...found, score: 1, passage: 0, passages: 1 })),
    fetch: async (id) => DOCUMENTS.find((candidate) => candidate.id === id),
    list: async ({ cursor, limit }) => {
      const from = DOCUMENTS.findIndex(({ id }) => id === cursor) + 1
      return DOCUMENTS.slice(from, from + limit)
    },
    freshness: () => ({ indexing: false, indexed_at: 0 }),
    status: async () => ({
      documents: DOCUMENTS.length,
      indexing: false,
      indexed_at: 0,
      pending: 0,
      alive_at: undefined,
      sources: [],
    }),
    problems: async () => [],
    close: async () => {},
  }
}
