import { compareBytes, type DictionaryCursor } from './dictionary.ts'
import { isDeleted, scanPostings } from './postings.ts'
import { createSegmentWriter, type SegmentBytes, type WrittenSegment } from './segment-bytes.ts'

/** A segment with the passages that were deleted from it, a bit each. */
export type MergeInput = { readonly segment: WrittenSegment; readonly deleted: Uint8Array | undefined }

/**
 * One segment out of several, without what is deleted: the same as if what is left had been gathered together, in the
 * order of the inputs. Yields after about `pace` postings: whoever merges may turn to something else then.
 */
export function* mergeSegments(
  inputs: readonly MergeInput[],
  keepChunk: (chunk: Uint8Array) => void,
  pace: number,
): Generator<void, SegmentBytes> {
  const { documents, lengths, renumbered } = livePassages(inputs)
  const writer = createSegmentWriter(keepChunk)
  const nothing = new Uint8Array()
  const open = inputs.flatMap(({ segment }, index) => {
    const cursor = segment.terms.from(nothing)
    return cursor.next() ? [{ cursor, segment, numbers: renumbered[index] ?? new Int32Array() }] : []
  })
  let done = 0
  while (open.length > 0) {
    const term = leastOf(open.map(({ cursor }) => cursor)).slice()
    writer.term(term)
    for (let index = 0; index < open.length; index++) {
      const input = open[index]
      if (!input || compareBytes(input.cursor.term(), term) !== 0) continue
      const { cursor, segment, numbers } = input
      const { count, offset, size } = cursor.entry()
      scanPostings(segment.postings(offset, size), (passage, often) => {
        const number = numbers[passage] ?? -1
        if (number !== -1) writer.posting(number, often)
      })
      done += count + 10
      if (!cursor.next()) open.splice(index--, 1)
    }
    if (done > pace) {
      done = 0
      yield
    }
  }
  return { documents, lengths, dictionary: writer.end() }
}

/** What is left of the passages, and for each input their new numbers, −1 for what is deleted. */
function livePassages(inputs: readonly MergeInput[]) {
  const total = inputs.reduce((sum, { segment }) => sum + segment.documents.length, 0)
  const documents = new Uint32Array(total)
  const lengths = new Uint16Array(total)
  let next = 0
  const renumbered = inputs.map(({ segment, deleted }) => {
    const numbers = new Int32Array(segment.documents.length)
    for (let passage = 0; passage < numbers.length; passage++) {
      if (deleted && isDeleted(deleted, passage)) {
        numbers[passage] = -1
        continue
      }
      documents[next] = segment.documents[passage] ?? 0
      lengths[next] = segment.lengths[passage] ?? 0
      numbers[passage] = next++
    }
    return numbers
  })
  return { documents: documents.slice(0, next), lengths: lengths.slice(0, next), renumbered }
}

function leastOf(cursors: readonly DictionaryCursor[]): Uint8Array {
  let least = cursors[0]?.term() ?? new Uint8Array()
  for (let index = 1; index < cursors.length; index++) {
    const term = cursors[index]?.term() ?? least
    if (compareBytes(term, least) < 0) least = term
  }
  return least
}
