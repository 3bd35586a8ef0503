/**
 * An immutable piece of the index: passages numbered from 0 within it. A question is put to all segments, with
 * statistics over all of them. What is deleted is in none of the answers and none of the figures.
 */
export type Segment = {
  /** Numbers given, deleted passages among them: what an array by passage must hold. */
  readonly passages: number
  /** Passages that are not deleted. */
  readonly live: number
  /** Of the live passages: the sum of `lengths`. */
  readonly totalLength: number
  /** Of each passage its document's number. A document's passages follow one another, and stand in one segment. */
  readonly documents: Uint32Array
  /** Of each passage its weighted length in terms. */
  readonly lengths: Uint16Array
  /** The live passages that have the term; undefined where none has. To be asked within the question. */
  find(term: string): Term | undefined
  /**
   * The terms that begin with `prefix`, in the order of their UTF-8 bytes, each with the number of passages that had it
   * when the segment was written.
   */
  terms(prefix: string): Iterable<{ readonly term: string; readonly passages: number }>
}

/** A term of a segment: how many passages have it, and which. */
export type Term = {
  readonly count: number
  /** Valid until postings are read again, of whichever term: not to be kept. */
  postings(): Postings
}

/**
 * Ascending passage numbers, and how often each has the term: in its body + 16 × in title and headings, each
 * `MOST_OFTEN` at most.
 */
export type Postings = { readonly passages: Uint32Array; readonly often: Uint8Array }

/** Beyond this a term says nothing more by being said again. */
export const MOST_OFTEN = 15

/** A document's terms as the index takes them: made where its text is read, in a form that travels between threads. */
export type AnalysedDocument = {
  /** The document's different terms, joined by `\n`; well-formed, none empty. */
  readonly terms: string
  /** Passage by passage: a term's place among `terms` × 256, + 16 × how often in headings, + how often in the body. */
  readonly occurrences: Uint32Array
  /** Where in `occurrences` each passage ends. */
  readonly ends: Uint32Array
  /** Of each passage its weighted length in terms. */
  readonly lengths: Uint16Array
}
