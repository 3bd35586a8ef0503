import type { AnalysedDocument } from '../segments/segment.ts'
import { createAnalyser } from './analysed-document.ts'
import { cutPassages, type Passage } from './passages.ts'

/** The most passages that one document has. */
export const MOST_PASSAGES = 65_536

/** A document as the index takes it: passages to be found, and their terms. It travels between threads. */
export type PreparedDocument = { readonly passages: readonly Passage[]; readonly analysed: AnalysedDocument }

export type Prepare = (
  /** Its words are searched as well. */
  path: string,
  document: {
    readonly title: string
    readonly text: string
    readonly media_type: string
    readonly pages?: readonly number[]
  },
) => PreparedDocument

/** Characters of a first line that may be a title. */
const LINE = 120

/** Whoever prepares many documents does so with one of these. */
export function createPreparation(): Prepare {
  const analyse = createAnalyser()
  return (path, { title, text, media_type, pages }) => {
    const headings = media_type === 'text/markdown'
    const passages = cutPassages(text, { headings, pages }).slice(0, MOST_PASSAGES)
    return { passages, analysed: analyse({ title: titleWithin(path, title, text), path, passages }) }
  }
}

/**
 * What a document is about in few words. One that names no title goes by its file's name, whose words count as the
 * path's: its first line says more, if it is short and not all there is.
 */
function titleWithin(path: string, title: string, text: string): string {
  if (!path.includes(title)) return title
  const shown = text.trim()
  const end = shown.indexOf('\n')
  return end === -1 || end > LINE ? '' : shown.slice(0, end)
}
