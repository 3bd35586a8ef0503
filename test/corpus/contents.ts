import type { Corpus } from '../../src/corpus/corpus.ts'

type Asked = Pick<Corpus, 'list' | 'fetch' | 'search'>

/**
 * All that a corpus answers, but for ids and scores: what two indexes of the same files have in common. The words are
 * such that no more than fifty documents have one.
 */
export async function contentsOf(corpus: Asked, words: readonly string[]): Promise<unknown> {
  const documents = []
  for (let cursor: string | undefined; ; ) {
    const page = await corpus.list({ limit: 1000, ...(cursor !== undefined && { cursor }) })
    if (page.length === 0) break
    cursor = page.at(-1)?.id
    for (const { id, path, title, media_type, bytes, modified } of page) {
      const text = (await corpus.fetch(id))?.text
      documents.push({ path, title, media_type, bytes, modified, text })
    }
  }
  const answers = []
  for (const word of words) {
    const hits = await corpus.search(word, 50)
    answers.push({ word, hits: hits.map(({ path, text }) => ({ path, text })).toSorted(byPath) })
  }
  return { documents: documents.toSorted(byPath), answers }
}

function byPath(one: { path: string }, other: { path: string }): number {
  return one.path < other.path ? -1 : 1
}
