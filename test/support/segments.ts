import { createPreparation } from '../../src/corpus/ranking/prepared-document.ts'
import type { Segment, Term } from '../../src/corpus/segments/segment.ts'

/** A segment in memory of texts in Markdown, numbered from 1, and a reader of their passages. */
export function createSegment(texts: readonly string[]) {
  const prepare = createPreparation()
  const passages: string[] = []
  const documents: number[] = []
  const lengths: number[] = []
  const rows = new Map<string, [passage: number, often: number][]>()
  const firsts: number[] = []
  for (const [index, text] of texts.entries()) {
    const document = { title: '', text, media_type: 'text/markdown' }
    const prepared = prepare('', document)
    const terms = prepared.analysed.terms.split('\n')
    firsts.push(passages.length)
    let begin = 0
    for (const [place, passage] of prepared.passages.entries()) {
      const end = prepared.analysed.ends[place] ?? 0
      for (const occurrence of prepared.analysed.occurrences.subarray(begin, end)) {
        const term = terms[occurrence >>> 8] ?? ''
        rows.set(term, [...(rows.get(term) ?? []), [passages.length, occurrence & 255]])
      }
      begin = end
      passages.push(passage.text)
      documents.push(index + 1)
      lengths.push(prepared.analysed.lengths[place] ?? 0)
    }
  }
  const postings = new Map<string, Term>()
  for (const [term, found] of rows) {
    const own = {
      passages: Uint32Array.from(found, ([passage]) => passage),
      often: Uint8Array.from(found, ([, often]) => often),
    }
    postings.set(term, { count: found.length, postings: () => own })
  }
  const segment: Segment = {
    passages: passages.length,
    live: passages.length,
    totalLength: lengths.reduce((sum, length) => sum + length, 0),
    documents: Uint32Array.from(documents),
    lengths: Uint16Array.from(lengths),
    find: (term) => postings.get(term),
    terms: (prefix) =>
      [...postings]
        .filter(([term]) => term.startsWith(prefix))
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([term, { count }]) => ({ term, passages: count })),
  }
  const textOf = (document: number, passage: number) => passages[(firsts[document - 1] ?? 0) + passage] ?? ''
  return { segment, textOf }
}
