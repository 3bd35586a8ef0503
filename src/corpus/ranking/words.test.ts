import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import { indexable, matchExpression } from './words.ts'

test('a question is its words, each quoted, joined with OR, each once', () => {
  assert.equal(matchExpression('Green tea, green TEA!'), '"green" OR "tea"')
  assert.equal(matchExpression('  …!? '), undefined)
  assert.equal(matchExpression(''), undefined)
})

test('A-160 operators of FTS5 are words', () => {
  assert.equal(
    matchExpression('a AND b* NOT "c" NEAR(d, 2) col:e ^f'),
    '"a" OR "and" OR "b" OR "not" OR "c" OR "near" OR "d" OR "2" OR "col" OR "e" OR "f"',
  )
})

test('A-160 10,000 terms are bounded to 64', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `w${index}`).join(' ')
  assert.equal(matchExpression(many)?.split(' OR ').length, 64)
})

test('Chinese, Japanese and Thai are character pairs, a single character is a beginning', () => {
  assert.equal(indexable('東京都は3').trim(), '東京 京都 都は は 3')
  assert.equal(matchExpression('京都'), '"京都"')
  assert.equal(matchExpression('都'), '"都"*')
  assert.equal(matchExpression('東京都 Tokyo'), '"東京" OR "京都" OR "tokyo"')
})

test('A-160 no text makes an expression that FTS5 refuses', () => {
  const database = new DatabaseSync(':memory:')
  database.exec("create virtual table words using fts5 (body, tokenize='porter unicode61')")
  const match = database.prepare('select rowid from words where words match ?')
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
  fc.assert(
    fc.property(text, (question) => {
      const expression = matchExpression(question)
      if (expression !== undefined) match.all(expression)
    }),
    { numRuns: 1000 },
  )
  database.close()
})
