import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareBytes } from './dictionary.ts'
import { createGathering } from './gathering.ts'
import { mergeSegments } from './merge.ts'
import { createPostingsRoom, readPostings, scanPostings, writePosting } from './postings.ts'
import type { AnalysedDocument } from './segment.ts'
import { CHUNK, readSegment, type SegmentBytes, type WrittenSegment } from './segment-bytes.ts'
import { createByteWriter } from './varbyte.ts'

/** Of a passage: how often each term is in the body and in headings. */
type Passage = ReadonlyMap<string, { readonly body: number; readonly headings: number }>

const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('tea', 'teapot', 'té', 'τσάι', '茶', 'ﬀ', '😀', 'z'.repeat(300)) },
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
    .filter((text) => text.isWellFormed() && !text.includes('\n')),
)
const often = fc
  .record({ body: fc.nat(15), headings: fc.nat(15) })
  .filter(({ body, headings }) => body + headings > 0)
const passage: fc.Arbitrary<Passage> = fc
  .uniqueArray(fc.tuple(word, often), { selector: ([term]) => term, maxLength: 8 })
  .map((entries) => new Map(entries))
const documents = fc.array(fc.array(passage, { minLength: 1, maxLength: 4 }), { maxLength: 12 })

function analysed(passages: readonly Passage[]): AnalysedDocument {
  const terms = [...new Set(passages.flatMap((each) => [...each.keys()]))]
  const occurrences: number[] = []
  const ends: number[] = []
  for (const each of passages) {
    for (const [term, { body, headings }] of each) {
      occurrences.push(terms.indexOf(term) * 256 + headings * 16 + body)
    }
    ends.push(occurrences.length)
  }
  return {
    terms: terms.join('\n'),
    occurrences: Uint32Array.from(occurrences),
    ends: Uint32Array.from(ends),
    lengths: Uint16Array.from(passages, (each) => each.size),
  }
}

function keeping(write: (keepChunk: (chunk: Uint8Array) => void) => SegmentBytes): WrittenSegment {
  const chunks: Uint8Array[] = []
  const bytes = write((chunk) => chunks.push(chunk.slice()))
  for (const chunk of chunks.slice(0, -1)) assert.equal(chunk.length, CHUNK)
  return readSegment(bytes, (number) => chunks[number] ?? new Uint8Array())
}

function gathered(numbered: ReadonlyMap<number, readonly Passage[]>): WrittenSegment {
  const gathering = createGathering()
  for (const [document, passages] of numbered) gathering.add(document, analysed(passages))
  return keeping(gathering.write)
}

function merged(inputs: Parameters<typeof mergeSegments>[0]): WrittenSegment {
  return keeping((keepChunk) => {
    const steps = mergeSegments(inputs, keepChunk, 20)
    for (;;) {
      const { done, value } = steps.next()
      if (done) return value
    }
  })
}

/** All that a segment says, in words. */
function contentOf(segment: WrittenSegment) {
  const cursor = segment.terms.from(new Uint8Array())
  const terms: [string, unknown[]][] = []
  let before: Uint8Array | undefined
  while (cursor.next()) {
    if (before) assert.ok(compareBytes(before, cursor.term()) < 0, 'terms ascend')
    before = cursor.term().slice()
    const { count, offset, size } = cursor.entry()
    const postings = readPostings(segment.postings(offset, size), count)
    const rows = Array.from(postings.passages, (number, index) => [
      ...[number, (postings.often[index] ?? 0) & 15, (postings.often[index] ?? 0) >>> 4],
    ])
    terms.push([Buffer.from(before).toString(), rows])
    assert.deepEqual(segment.terms.find(before), cursor.entry())
  }
  assert.equal(segment.terms.terms, terms.length)
  return { documents: [...segment.documents], lengths: [...segment.lengths], terms: new Map(terms) }
}

/** The same, out of the passages themselves. */
function expected(numbered: ReadonlyMap<number, readonly Passage[]>): ReturnType<typeof contentOf> {
  const rows = [...numbered].flatMap(([document, passages]) => passages.map((each) => ({ document, each })))
  const terms = new Map<string, unknown[]>()
  for (const [number, { each }] of rows.entries()) {
    for (const [term, { body, headings }] of each) {
      const rows = terms.get(term) ?? []
      terms.set(term, rows)
      rows.push([number, body, headings])
    }
  }
  return {
    documents: rows.map(({ document }) => document),
    lengths: rows.map(({ each }) => each.size),
    terms,
  }
}

const numbered = (all: readonly Passage[][], from = 1) =>
  new Map(all.map((passages, index) => [index + from, passages]))

test('what is read of a segment is what was gathered', () => {
  fc.assert(
    fc.property(documents, (all) => {
      assert.deepEqual(contentOf(gathered(numbered(all))), expected(numbered(all)))
    }),
  )
})

test('what was removed before it was written is in no segment', () => {
  fc.assert(
    fc.property(documents, fc.uniqueArray(fc.integer({ min: 1, max: 14 })), (all, gone) => {
      const gathering = createGathering()
      const left = numbered(all)
      for (const [document, passages] of left) gathering.add(document, analysed(passages))
      for (const document of gone) assert.equal(gathering.remove(document), left.delete(document))
      assert.equal(gathering.passages(), [...left.values()].flat().length)
      assert.deepEqual(contentOf(keeping(gathering.write)), expected(left))
    }),
  )
})

test('merged segments are what gathering all that is not deleted would be', () => {
  const part = fc.record({ all: documents, gone: fc.array(fc.nat(13)) })
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const left = new Map<number, readonly Passage[]>()
      const inputs = parts.map(({ all, gone }, index) => {
        const own = numbered(all, index * 100)
        const segment = gathered(own)
        const deleted = new Uint8Array(Math.ceil(segment.documents.length / 8))
        for (const [document, passages] of own)
          if (!gone.includes(document % 100)) left.set(document, passages)
        for (const [number, document] of segment.documents.entries()) {
          if (gone.includes(document % 100))
            deleted[number >>> 3] = (deleted[number >>> 3] ?? 0) | (1 << (number & 7))
        }
        return { segment, deleted: gone.length > 0 ? deleted : undefined }
      })
      assert.deepEqual(contentOf(merged(inputs)), expected(left))
    }),
  )
})

test('postings that are longer than a chunk, and terms on both sides of its end, are read whole', () => {
  const tea: Passage = new Map([['tea', { body: 2, headings: 1 }]])
  const all = Array.from({ length: CHUNK / 2 }, (_, index) => [
    new Map([...tea, [`a${index}`, { body: 1, headings: 0 }], [`z${index}`, { body: 0, headings: 3 }]]),
  ])
  const segment = gathered(numbered(all))
  assert.deepEqual(contentOf(segment), expected(numbered(all)))
  assert.deepEqual(contentOf(merged([{ segment, deleted: undefined }])), expected(numbered(all)))
})

const MOST = 100_000

test('deleted passages are left out of postings, which are read into the same room over and over', () => {
  const room = createPostingsRoom()
  fc.assert(
    fc.property(
      // A gap takes one byte, or up to three.
      fc.uniqueArray(fc.oneof(fc.nat(40), fc.nat(MOST)), { minLength: 1 }),
      fc.option(fc.uint8Array({ minLength: 6, maxLength: 6 }), { nil: undefined }),
      (numbers, firstDeleted) => {
        const deleted = firstDeleted && new Uint8Array(MOST / 8 + 1)
        deleted?.set(firstDeleted ?? [])
        const all = numbers.toSorted((one, other) => one - other)
        const often = (passage: number) => (passage % 3 === 0 ? 1 : (passage % 200) + 2)
        const out = createByteWriter()
        for (const [index, passage] of all.entries()) {
          writePosting(out, passage - (all[index - 1] ?? -1), often(passage))
        }
        const bytes = out.take()
        const scanned: [number, number][] = []
        scanPostings(bytes, (passage, often) => scanned.push([passage, often]))
        assert.deepEqual(
          scanned,
          all.map((passage) => [passage, often(passage)]),
        )
        const left = readPostings(bytes, all.length, deleted, room)
        const kept = all.filter((n) => !((deleted?.[n >>> 3] ?? 0) & (1 << (n & 7))))
        assert.deepEqual([...left.passages], kept)
        assert.deepEqual([...left.often], kept.map(often))
      },
    ),
  )
})

test('bytes that are not postings are told, not guessed at', () => {
  assert.throws(() => readPostings(Uint8Array.of(3, 3), 3), RangeError)
  assert.throws(() => readPostings(Uint8Array.of(3, 3), 1), RangeError)
  const room = createPostingsRoom()
  assert.throws(() => readPostings(Uint8Array.of(3, 3), 1000, undefined, room), /other postings/)
  assert.equal(room.passages.length, 0, 'no room is made for what cannot be')
  assert.throws(() => readPostings(Uint8Array.of(2), 1), RangeError)
  assert.throws(() => readPostings(Uint8Array.of(128), 1), RangeError)
  assert.throws(
    () =>
      readSegment({ ...empty, dictionary: Uint8Array.of(1, 0, 0, 0) }, () => new Uint8Array()).terms.find(
        Uint8Array.of(1),
      ),
    RangeError,
  )
  assert.throws(() => readSegment(empty, () => new Uint8Array()).postings(0, 10), RangeError)
})

const empty: SegmentBytes = {
  documents: new Uint32Array(),
  lengths: new Uint16Array(),
  dictionary: Uint8Array.of(0, 0, 0, 0),
}
