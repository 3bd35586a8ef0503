import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyseQuestion } from './analyse.ts'
import { stopWordsOf } from './stop-words.ts'

const stopWords = (question: string) => [...stopWordsOf(question.split(' '))].sort()

test('a question’s stop words are those of its language, which has most of them', () => {
  assert.deepEqual(stopWords('where did he come from'), ['did', 'from', 'he', 'where'])
  assert.deepEqual(stopWords('come si chiama la figlia di dante'), ['come', 'di', 'la', 'si'])
  assert.deepEqual(stopWords('wer war die königin von england'), ['die', 'von', 'war', 'wer'])
  assert.deepEqual(stopWords('the war in the air'), ['in', 'the'])
})

test('of languages that have as many of a question’s words each counts', () => {
  // English `in`, German `in` and `der`, Dutch `in`.
  assert.deepEqual(stopWords('zimmer in der burg'), ['der', 'in'])
  assert.deepEqual(stopWords('hat tea'), ['hat'])
})

test('written accents count, and whoever writes none leaves them out', () => {
  assert.deepEqual(stopWords('ai đã hát quốc ca'), ['ai', 'đã'])
  assert.deepEqual(stopWords('où est le musée'), ['est', 'le', 'où'])
  assert.deepEqual(stopWords('ou est le musee'), ['est', 'le', 'ou'])
})

test('a question without any has none', () => {
  assert.deepEqual(stopWords('tea'), [])
  assert.deepEqual(stopWords(''), [])
})

test('a question marks them, whatever their case and however their letters are composed', () => {
  const marked = (question: string) =>
    analyseQuestion(question)
      .filter(({ isStop }) => isStop)
      .map(({ term }) => term)
  assert.deepEqual(marked('What IS the Capital'), ['what', 'is', 'the'])
  assert.deepEqual(marked('Où est le musée'.normalize('NFD')), ['ou', 'est', 'le'])
  assert.deepEqual(marked('Ai đã hát Quốc ca?'), ['ai', 'đa'])
})
