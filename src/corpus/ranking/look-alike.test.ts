import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSegment } from '../../../test/support/segments.ts'
import { learnWords, lookAlikes } from './look-alike.ts'

/** Words whose stretches none of those below share. */
const FILLER = Array.from('bcdfghjklmnpqrstvwxz', (letter) => `${letter}uzy${letter}oxy${letter}`)
const segmentOf = (...words: string[]) => createSegment([...words, ...FILLER]).segment
const alike = (term: string, ...words: string[]) => lookAlikes(term, [segmentOf(...words)])
const terms = (term: string, ...words: string[]) => alike(term, ...words).map((each) => each.term)

test('inflections, compounds and slips are alike, most alike first; the word itself is not', () => {
  const words = ['восстановлени', 'восстановления', 'становится', 'основание']
  assert.deepEqual(terms('восстановление', ...words), ['восстановлени', 'восстановления'])
  assert.deepEqual(terms('hauptbahnhof', 'bahnhof', 'hauptbahnhof', 'haut', 'bahn'), ['bahnhof'])
  assert.deepEqual(terms('verteidigungsministerium', 'verteidigungsministerien'), [
    'verteidigungsministerien',
  ])
  assert.deepEqual(terms('accomod', 'accommodation', 'according'), ['accommod'])
})

test('words that share less than a third of their weight are none', () => {
  assert.deepEqual(terms('gardenhouse', 'warehousing', 'pardon'), [])
  assert.deepEqual(terms('gardenhouse', 'gardens'), ['garden'])
})

test('a stretch that many words have says little', () => {
  const many = Array.from('bdfgjklmnprtvwz', (letter) => `${letter}u${letter}uschaft`)
  assert.deepEqual(terms('elkschaft', 'oxschaft'), ['oxschaft'])
  // Among others in -schaft these two have too little in common.
  assert.deepEqual(terms('elkschaft', 'oxschaft', ...many), [])
})

test('short words, words with digits and those of scripts without spaces have none', () => {
  assert.deepEqual(terms('tea', 'teal', 'teas'), [])
  assert.deepEqual(terms('teal', 'tea', 'teals'), [])
  assert.deepEqual(terms('kuka2000', 'kuka200', 'kuka20000'), [])
  assert.deepEqual(terms('東京都立大学', '東京都立大学院'), [])
  assert.deepEqual(terms('kukak', 'kuka2000', '東京都立大学院'), [])
})

test('at most twelve, the most alike', () => {
  const ends = Array.from('abcdefghijklmnop', (letter) => `zweibrueckenstra${letter}k`)
  const found = alike('zweibrueckenstraxx', 'zweibrueckenstraxz', ...ends)
  assert.equal(found.length, 12)
  assert.equal(found[0]?.term, 'zweibrueckenstraxz')
})

test('a weight falls faster than what is shared', () => {
  // Of eight stretches each, all equally rare, so many are the same.
  const isAbout = (term: string, other: string, share: number) => {
    const weight = alike(term, other)[0]?.weight ?? 0
    assert.ok(Math.abs(weight - share ** 1.25) < 0.02, String(weight))
  }
  isAbout('qwertzuio', 'qwertzuvw', 5 / 8)
  isAbout('kukumberg', 'kukumstad', 3 / 8)
})

test('words of several segments are found, each once by where it is most alike', () => {
  const one = segmentOf('gardens', 'gardening')
  const other = segmentOf('gardens', 'gardener')
  const found = lookAlikes('gardenhous', [one, other])
  assert.equal(new Set(found.map(({ term }) => term)).size, found.length)
  assert.equal(found.filter(({ term }) => term === 'garden').length, 1)
  const apart = [one, other].map((segment) => lookAlikes('gardenhous', [segment])[0]?.weight ?? 0)
  assert.equal(found.find(({ term }) => term === 'garden')?.weight, Math.max(...apart))
})

test('words are learnt a segment at a time', () => {
  const segments = [segmentOf('gardens'), segmentOf('houses')]
  assert.equal(learnWords(segments), true)
  assert.equal(learnWords(segments), true)
  assert.equal(learnWords(segments), false)
})
