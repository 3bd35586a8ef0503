import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fusedMatcher } from './fused-matcher.ts'
import type { Match, Matcher } from './match.ts'

const match = (document: number, passage = 0, score = 1): Match => ({ document, passage, score })

function words(...matches: Match[]): Matcher {
  return {
    find: (_text, { limit, allowed }) =>
      matches.filter(({ document }) => allowed?.has(document) !== false).slice(0, limit),
    holding: () => undefined,
    explain: (_text, { score }) => ({ bm25: score }),
  }
}

test('what words and meaning both find comes first, what either finds is found', () => {
  const matcher = fusedMatcher(words(match(1), match(2)), () => [match(2), match(3)])
  const found = matcher.find('tea', { limit: 10 })
  assert.deepEqual(
    found.map(({ document }) => document),
    [2, 1, 3],
  )
  assert.equal(matcher.find('tea', { limit: 2 }).length, 2)
})

test('a document shows the passage of the ranking that has it further ahead', () => {
  const matcher = fusedMatcher(words(match(1, 11), match(2, 12)), () => [match(2, 22), match(1, 21)])
  const passages = new Map(
    matcher.find('tea', { limit: 10 }).map(({ document, passage }) => [document, passage]),
  )
  assert.deepEqual([passages.get(1), passages.get(2)], [11, 22])
})

test('both rankings are asked for what is allowed, and for more than is wanted', () => {
  const asked: unknown[] = []
  const allowed = new Set([1])
  const matcher = fusedMatcher(words(match(1), match(2)), (limit, set) => {
    asked.push([limit, set])
    return []
  })
  assert.deepEqual(
    matcher.find('tea', { limit: 1, allowed }).map(({ document }) => document),
    [1],
  )
  matcher.find('tea', { limit: 2000 })
  assert.deepEqual(asked, [
    [50, allowed],
    [200, undefined],
  ])
})

test('a score is explained by the places in both rankings', () => {
  const matcher = fusedMatcher(words(match(1, 0, 7)), () => [match(2, 0, 0.9), match(1, 0, 0.8)])
  const [first, second] = matcher.find('tea', { limit: 10 })
  assert.ok(first && second)
  assert.deepEqual(matcher.explain('tea', first), {
    ...{ fused: 1 / 61 + 1 / 62, rank_by_words: 1, rank_by_meaning: 2, cosine: 0.8, bm25: 7 },
  })
  assert.deepEqual(matcher.explain('tea', second), { fused: 1 / 61, rank_by_meaning: 1, cosine: 0.9 })
})
