import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSegment } from '../../../test/support/segments.ts'
import { likeness } from './feedback.ts'
import { statisticsOf } from './score.ts'
import { createTermNumbers } from './term-numbers.ts'

/** Documents that no question is about, so that what others share is rare. */
const FILLER = Array.from({ length: 40 }, (_, index) => `note${index} of thing${index}`)

/** What each of the texts gains, the best first, with these scores; `cut`: how many of them are in a segment of their own. */
function gains(texts: readonly string[], scores: readonly number[], cut = 0): number[] {
  const numbers = createTermNumbers()
  const parts = [texts.slice(0, cut), [...texts.slice(cut), ...FILLER]].filter(({ length }) => length > 0)
  const segments = parts.map((part) => createSegment(part).segment)
  const candidates = texts.map((_, place) => {
    const isInFirst = place < cut
    const segment = segments[isInFirst ? 0 : segments.length - 1] ?? assert.fail()
    const number = isInFirst ? place : place - cut
    return { document: place, passage: 0, score: scores[place] ?? 1, segment, number }
  })
  const termsOf = ({ document }: { document: number }) => {
    const terms: number[] = []
    numbers.read(texts[document] ?? '', (term) => terms.push(term))
    return terms
  }
  const found = likeness(candidates, segments, statisticsOf(segments), termsOf, numbers.terms)
  return found.map((gain) => Number(gain.toFixed(5)))
}

test('what shares terms with the first gains, six tenths of the first’s score at most; what shares none gains nothing', () => {
  const [first, like, unlike] = gains(
    ['halley orbit dust', 'halley and a tail', 'sink brush', 'orbit dust'],
    [10, 4, 4, 4],
  )
  assert.equal(first, 6)
  assert.ok(like !== undefined && like > 1 && like < 5)
  assert.equal(unlike, 0)
})

test('one alone, and those that share nothing, gain nothing', () => {
  assert.deepEqual(gains(['comet halley'], [10]), [0])
  assert.deepEqual(gains([], []), [])
  assert.deepEqual(gains(['comet', 'sink', 'brush'], [10, 4, 4]), [0, 0, 0])
})

test('those behind the first are trusted less the lower they scored', () => {
  // The third shares what the first has, the fourth what the second has.
  const texts = ['comet halley orbit', 'sink brush sponge', 'halley orbit', 'brush sponge']
  const [, , one, other] = gains(texts, [10, 10, 1, 1])
  assert.equal(one, other)
  const [, , near, far] = gains(texts, [10, 8, 1, 1])
  assert.ok(near !== undefined && far !== undefined && far < near * 0.5 && far > 0, `${near} ${far}`)
})

test('the first five are taken for right, and no more', () => {
  const five = Array.from({ length: 5 }, (_, place) => `comet${place} halley${place}`)
  const scores = Array.from({ length: 12 }, () => 5)
  const fifth = gains([...five, 'halley4 tail'], scores)
  assert.ok((fifth[5] ?? 0) > 0)
  const sixth = gains([...five, 'sink brush', 'brush soap', 'halley0 tail'], scores)
  assert.equal(sixth[6], 0)
  assert.ok((sixth[7] ?? 0) > 0)
})

test('what more than three tenths of all passages have says nothing', () => {
  const common = Array.from({ length: 30 }, () => 'thing comet')
  assert.deepEqual(gains(['comet', 'comet', ...common], [10, 5]).slice(0, 2), [0, 0])
  assert.ok((gains(['comet', 'comet', 'thing'], [10, 5])[1] ?? 0) > 0)
})

test('of the first ones’ terms the twenty that say most are looked for', () => {
  const words = Array.from({ length: 20 }, (_, index) => `kuk${String.fromCharCode(97 + index)}x`)
  // Each of the twenty stands in two passages, `common` in three: it says less than any of them.
  const texts = [`${words.join(' ')} common`, words.join(' '), 'common', 'common']
  assert.deepEqual(gains(texts, [10, 1, 1, 1]).slice(2), [0, 0])
  const fewer = [`${words.slice(1).join(' ')} common`, words.slice(1).join(' '), 'common', 'common']
  assert.ok((gains(fewer, [10, 1, 1, 1])[2] ?? 0) > 0)
})

test('in which segments they stand changes nothing', () => {
  const texts = ['comet halley orbit dust', 'sink brush', 'halley orbit dust tail', 'orbit brush']
  const whole = gains(texts, [10, 9, 4, 3])
  for (const cut of [1, 2, 3]) assert.deepEqual(gains(texts, [10, 9, 4, 3], cut), whole)
})
