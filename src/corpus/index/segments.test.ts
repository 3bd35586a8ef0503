import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { worthMerging } from './segment-merging.ts'
import { openSegmentReader } from './segment-reader.ts'
import { SEGMENT_TABLES } from './segment-tables.ts'
import { type KnownSegment, openSegments } from './segments.ts'

/** A document is its passages, a passage its words. */
type Document = readonly (readonly string[])[]

function counted(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

function analysed(document: Document) {
  const terms = [...new Set(document.flat())]
  const places = new Map(terms.map((term, place) => [term, place]))
  const occurrences: number[] = []
  const ends: number[] = []
  for (const words of document) {
    for (const [word, often] of counted(words)) occurrences.push((places.get(word) ?? 0) * 256 + often)
    ends.push(occurrences.length)
  }
  return {
    terms: terms.join('\n'),
    occurrences: Uint32Array.from(occurrences),
    ends: Uint32Array.from(ends),
    lengths: Uint16Array.from(document, (words) => words.length),
  }
}

function openIndex(t: Pick<TestContext, 'after'>, budget?: number) {
  const base = mkdtempSync(join(tmpdir(), 'corpusiq-'))
  const file = join(base, 'corpus.db')
  const open: DatabaseSync[] = []
  t.after(() => {
    for (const database of open) if (database.isOpen) database.close()
    rmSync(base, { recursive: true })
  })
  const connect = (readOnly = false) => {
    const database = new DatabaseSync(file, { readOnly })
    open.push(database)
    return database
  }
  const writing = connect()
  writing.exec(`pragma journal_mode = wal; pragma synchronous = off; ${SEGMENT_TABLES}`)
  const reading = connect(true)
  const reader = openSegmentReader(reading, budget)
  return {
    writing,
    commit(segments: ReturnType<typeof openSegments>, work: () => void = () => {}) {
      writing.exec('begin immediate')
      work()
      segments.flush()
      writing.exec('commit')
    },
    /** What a reader sees: by word, each document's place and how often it has it; and the figures. */
    content(words: readonly string[]) {
      reading.exec('begin')
      const rows: Record<string, unknown[]> = {}
      let live = 0
      let totalLength = 0
      for (const segment of reader.segments()) {
        live += segment.live
        totalLength += segment.totalLength
        for (const word of words) {
          const found = segment.find(word)
          const postings = found?.postings()
          assert.equal(found?.count, postings?.passages.length)
          for (const [index, passage] of postings?.passages.entries() ?? []) {
            const document = segment.documents[passage] ?? -1
            const place = passage - firstOf(segment.documents, passage)
            const list = rows[word] ?? []
            rows[word] = list
            list.push([document, place, segment.lengths[passage], (postings?.often[index] ?? 0) & 15])
          }
        }
      }
      reading.exec('commit')
      for (const list of Object.values(rows)) list.sort()
      return { rows, live, totalLength }
    },
    count: (table: string) => Number(writing.prepare(`select count(*) as count from ${table}`).get()?.count),
    reader,
    reading,
  }
}

function contentOfWords(documents: ReadonlyMap<number, Document>, words: readonly string[]) {
  const { rows, ...figures } = contentOf(documents)
  return {
    ...figures,
    rows: Object.fromEntries(words.flatMap((word) => (rows[word] ? [[word, rows[word]]] : []))),
  }
}

function firstOf(documents: Uint32Array, passage: number): number {
  let first = passage
  while (first > 0 && documents[first - 1] === documents[passage]) first--
  return first
}

function contentOf(documents: ReadonlyMap<number, Document>) {
  const rows: Record<string, unknown[]> = {}
  let live = 0
  let totalLength = 0
  for (const [document, passages] of documents) {
    for (const [place, words] of passages.entries()) {
      live++
      totalLength += words.length
      for (const [word, often] of counted(words)) {
        const list = rows[word] ?? []
        rows[word] = list
        list.push([document, place, words.length, often])
      }
    }
  }
  for (const list of Object.values(rows)) list.sort()
  return { rows, live, totalLength }
}

const WORDS = ['tea', 'coffee', 'milk', 'sugar', 'spoon', '茶', '😀']
const document = fc.array(fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }), {
  minLength: 1,
  maxLength: 3,
})
const number = fc.integer({ min: 1, max: 12 })
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('put' as const), number, document }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('remove' as const), number }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('roll back' as const), isFlushed: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('tend' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('open again' as const) }) },
)

test('after any series of additions, changes, removals, merges and restarts the index is one built afresh', (t) => {
  let merges = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 60, maxLength: 150, size: 'max' }), (steps) => {
      const index = openIndex(t)
      let segments = openSegments(index.writing, 20)
      let committed = new Map<number, Document>()
      let current = new Map(committed)
      for (const step of steps) {
        if (step.kind === 'put') {
          if (current.has(step.number)) segments.remove(step.number)
          segments.add(step.number, analysed(step.document))
          current.set(step.number, step.document)
        } else if (step.kind === 'remove') {
          if (current.delete(step.number)) segments.remove(step.number)
        } else if (step.kind === 'commit') {
          index.commit(segments)
          committed = new Map(current)
        } else if (step.kind === 'roll back') {
          index.writing.exec('begin immediate')
          if (step.isFlushed) segments.flush()
          index.writing.exec('rollback')
          segments.forget()
          current = new Map(committed)
        } else {
          const before = index.count('segment')
          if (step.kind === 'tend') segments.tend(0)
          else {
            segments = openSegments(index.writing, 20)
            current = new Map(committed)
          }
          if (index.count('segment') < before) merges++
        }
        assert.deepEqual(index.content(WORDS), contentOf(committed))
      }
    }),
    { numRuns: 60 },
  )
  assert.ok(merges > 0, 'nothing was ever merged')
})

test('segments stay few: whole tiers are merged, and one of which much is deleted is written anew', () => {
  let id = 0
  const segment = (passages: number, deletedPassages = 0): KnownSegment => ({
    ...{ id: ++id, documents: new Uint32Array(passages), deleted: undefined, version: 0, deletedPassages },
  })
  const [small, large] = [() => segment(20), () => segment(200_000)]
  const two = [small(), small()]
  assert.deepEqual(worthMerging([large(), ...two]), [])
  const three = [...two, small()]
  assert.deepEqual(worthMerging([large(), ...three]), three)
  assert.deepEqual(worthMerging([large(), ...three], true), [], 'while other work waits, many may be')
  const many = Array.from({ length: 32 }, small)
  assert.deepEqual(worthMerging([large(), ...many], true), many)
  assert.deepEqual(worthMerging([large(), segment(1000, 300)]), [])
  const wasteful = segment(1000, 301)
  assert.deepEqual(worthMerging([large(), wasteful]), [wasteful])

  let segments: readonly KnownSegment[] = []
  let [written, merged] = [0, 0]
  for (let batch = 0; batch < 5000; batch++) {
    segments = [...segments, segment(30)]
    written += 30
    for (let inputs = worthMerging(segments); inputs.length > 0; inputs = worthMerging(segments)) {
      const passages = inputs.reduce((sum, { documents }) => sum + documents.length, 0)
      segments = [...segments.filter((other) => !inputs.includes(other)), segment(passages)]
      merged += passages
    }
    assert.ok(segments.length <= 2 * 4)
  }
  assert.ok(merged / written < 40, `each passage is written anew ${(merged / written).toFixed(0)} times`)
})

test('what a merge left that never ended is removed by the next process', (t) => {
  const index = openIndex(t)
  const segments = openSegments(index.writing)
  // More than a chunk.
  const documents = new Map(
    Array.from({ length: 20_000 }, (_, number) => [number, [['tea', 'tea', `a${number}`]]]),
  )
  index.commit(segments, () => {
    for (const [number, document] of documents) segments.add(number, analysed(document))
  })
  const before = index.count('segment_chunk')
  assert.ok(before > 1)
  index.writing.exec('insert into segment_chunk (number, postings) values (99 * 1048576, zeroblob(9))')
  openSegments(index.writing).tend(0)
  assert.equal(index.count('segment_chunk'), before)
  assert.deepEqual(index.content(['tea']).rows.tea?.length, documents.size)
})

test('a merge of many steps keeps what it has made, and finds what was removed meanwhile', (t) => {
  const index = openIndex(t)
  const segments = openSegments(index.writing, 20_000)
  const left = new Map<number, Document>()
  for (let part = 0; part < 8; part++) {
    index.commit(segments, () => {
      for (let number = part * 300; number < (part + 1) * 300; number++) {
        // Each word in one document: a dozen bytes of dictionary, three of postings.
        const document = [Array.from({ length: 500 }, (_, word) => `w${number * 7 + word}`)]
        segments.add(number, analysed(document))
        left.set(number, document)
      }
    })
  }
  const steps: number[] = []
  for (let more = true; more; ) {
    more = segments.tend(0)
    steps.push(index.count('segment_chunk'))
    const gone = steps.length * 2
    if (more && left.delete(gone)) index.commit(segments, () => segments.remove(gone))
  }
  assert.equal(index.count('segment'), 1)
  assert.ok(new Set(steps).size > 2, 'chunks were kept on the way')
  const words = ['w7', 'w14', 'w4000', 'w17000']
  assert.deepEqual(index.content(words), contentOfWords(left, words))
})

test('a merge that fails leaves everything as it was', (t) => {
  const index = openIndex(t)
  const segments = openSegments(index.writing)
  for (let number = 1; number <= 8; number++) {
    index.commit(segments, () => segments.add(number, analysed([['tea']])))
  }
  index.writing.exec(
    "create trigger full before delete on segment when length(old.documents) > 0 begin select raise(abort, 'disk full'); end",
  )
  assert.throws(() => segments.tend(1000), /disk full/)
  assert.equal(index.content(['tea']).rows.tea?.length, 8)
  index.writing.exec('drop trigger full')
  segments.tend(1000)
  assert.equal(index.count('segment'), 1)
  assert.equal(index.content(['tea']).rows.tea?.length, 8)
})

test('answers are the same however little is kept', (t) => {
  const index = openIndex(t, 0)
  const segments = openSegments(index.writing)
  const document = [['tea', 'milk'], ['tea']]
  index.commit(segments, () => segments.add(1, analysed(document)))
  for (let round = 0; round < 2; round++) {
    assert.deepEqual(index.content(['tea', 'milk']), contentOf(new Map([[1, document]])))
  }
})

test('terms are gone through from a beginning, in the order of their bytes', (t) => {
  const index = openIndex(t)
  const segments = openSegments(index.writing)
  const words = ['te', 'tea', 'teapot', 'tee', 'té', 't', 'milk', '茶', '茶道', '😀']
  index.commit(segments, () => segments.add(1, analysed([words, ['tea']])))
  const from = (prefix: string) =>
    index.reader.segments().flatMap(({ terms }) => [...terms(prefix)].map(({ term }) => term))
  assert.deepEqual(from('tea'), ['tea', 'teapot'])
  assert.deepEqual(from('茶'), ['茶', '茶道'])
  assert.deepEqual(from('x'), [])
  assert.deepEqual(from(''), ['milk', 't', 'te', 'tea', 'teapot', 'tee', 'té', '茶', '茶道', '😀'])
  const [tea] = index.reader.segments().flatMap(({ terms }) => [...terms('tea')])
  assert.deepEqual(tea, { term: 'tea', passages: 2 })
})
