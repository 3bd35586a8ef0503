import type { CorpusDocument } from '../corpus/corpus.ts'

/** Where the part of a document that is handed out ends in the whole; undefined where nothing follows. */
export function nextOffset({ text, offset, length }: CorpusDocument): number | undefined {
  const end = offset + text.length
  return end < length ? end : undefined
}

/** Whether the document's text is handed out whole. */
export function isWhole(document: CorpusDocument): boolean {
  return document.offset === 0 && nextOffset(document) === undefined
}

/**
 * The text with a note of ours before and after it where it is a part: which part, and how to come to the rest.
 * `rest` says that in words, for an offset.
 */
export function withNotes(document: CorpusDocument, rest: (offset: number) => string): string {
  const { text, offset, length } = document
  if (isWhole(document)) return text
  const number = (characters: number) => characters.toLocaleString('en')
  const next = nextOffset(document)
  const part = `characters ${number(offset)} to ${number(offset + text.length)} of ${number(length)}`
  const before = offset > 0 ? `[A part of a longer document: ${part}. Its beginning: ${rest(0)}.]\n\n` : ''
  const after =
    next === undefined ? '' : `\n\n[The document goes on; shown are ${part}. What follows: ${rest(next)}.]`
  return before + text + after
}
