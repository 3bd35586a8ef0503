import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extractCues } from './cues.ts'

const textOf = (source: string) => extractCues(source).text

test('SRT: what is said, without numbers, times and marks', () => {
  assert.equal(
    textOf(
      '1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>She slides</i>\r\n{\\an8}down the ways.\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\n42\r\n',
    ),
    '## 00:00:01\n\nShe slides\ndown the ways.\n42',
  )
})

test('WebVTT: headers, notes and styles are not said; hours may be missing, cues may have names', () => {
  assert.equal(
    textOf(
      'WEBVTT - x\n\nNOTE not said\n\nSTYLE\n::cue{}\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v Diver>The hull <c.loud>is</c> open.\n',
    ),
    '## 00:00:01\n\nThe hull is open.',
  )
})

test('the time is a heading every five minutes', () => {
  const cue = (time: string, text: string) => `${time},000 --> ${time},900\n${text}\n\n`
  assert.equal(
    textOf(
      cue('00:00:10', 'a') +
        cue('00:04:59', 'b') +
        cue('00:05:00', 'c') +
        cue('01:00:00', 'd') +
        cue('01:04:00', 'e'),
    ),
    '## 00:00:10\n\na\nb\n\n## 00:05:00\n\nc\n\n## 01:00:00\n\nd\ne',
  )
})

test('a line that live subtitles repeat is said once', () => {
  assert.equal(
    textOf('00:01.000 --> 00:02.000\none\n\n00:02.000 --> 00:03.000\none\ntwo\n'),
    '## 00:00:01\n\none\ntwo',
  )
})
