import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cutPassages } from './passages.ts'

const sentence = 'The lighthouse stood on the island of Pharos. '

test('passages joined are the text again, none is long or cuts a character', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('', '# Heading', '```', sentence.repeat(30), '灯台'.repeat(1500), '😀'.repeat(1500)),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
      const text = lines.join('\n')
      const passages = cutPassages(text)
      assert.equal(passages.map((passage) => passage.text).join(''), text)
      assert.ok(passages.length > 0)
      let start = 0
      for (const passage of passages) {
        assert.ok(passage.text.length <= 1801 && passage.text.isWellFormed())
        assert.equal(passage.start, start)
        start += passage.text.length
      }
    }),
  )
})

test('a text of a million characters has an eighth of the passages that a document of eight may have', () => {
  const texts = [`# a\n${'b\n'.repeat(99)}`.repeat(5_000), 'a'.repeat(1_000_000), '\n'.repeat(1_000_000)]
  for (const text of texts) assert.ok(cutPassages(text).length < 65_536 / 8)
})

test('a passage begins at a heading, not at one inside code', () => {
  const section = sentence.repeat(6)
  const [first, second, ...rest] = cutPassages(
    `# One\n\n${section}\n\`\`\`\n# comment\n\`\`\`\n# Two\n\n${section}`,
  )
  assert.match(first?.text ?? '', /^# One[\s\S]*# comment/)
  assert.match(second?.text ?? '', /^# Two/)
  assert.equal(rest.length, 0)
})

test('an empty text is one empty passage', () => {
  assert.deepEqual(cutPassages(''), [{ start: 0, text: '', heading: '', page: undefined }])
})

const headings = (text: string) => cutPassages(text).map(({ heading }) => heading)

test('a passage knows the headings that it stands under, outermost first', () => {
  const body = sentence.repeat(6)
  const text = [
    ...['# Guide', body, '## *Install* on `Linux` ##', body, '### [Debian](https://debian.org)', body],
    ...['## Run', sentence.repeat(80), '# Appendix', body, '### Deep', body],
  ].join('\n\n')
  assert.deepEqual(headings(text), [
    'Guide',
    'Guide > Install on Linux',
    'Guide > Install on Linux > Debian',
    'Guide > Run',
    'Guide > Run',
    'Guide > Run',
    'Appendix',
    'Appendix > Deep',
  ])
})

test('headings one after the other are one path; a short section before another keeps its own', () => {
  assert.deepEqual(headings(`# A\n\n## B\n\n### C\n\n${sentence.repeat(6)}`), ['A > B > C'])
  assert.deepEqual(headings(`# A\n\nShort.\n\n# B\n\n${sentence.repeat(6)}`), ['A'])
  assert.deepEqual(headings(`Before.\n\n# A\n\n${sentence.repeat(6)}`), [''])
})

test('front matter is no heading, and hides none', () => {
  assert.deepEqual(headings(`---\n# a comment\ntitle: Tea\n---\n# Green\n\n${sentence}`), ['Green'])
  assert.deepEqual(headings(`---\n# Green\n\n${sentence}`), [''])
})

test('a heading is cut at 120 characters, and never long to read', () => {
  const [heading] = headings(`# ${'😀'.repeat(500)}`)
  assert.ok(heading && heading.length > 110 && heading.length <= 120)
  assert.ok(heading.isWellFormed())
  // Each of these keeps a careless expression busy.
  for (const mark of ['[', '`', '#', ' #', '![', '](']) headings(`# ${mark.repeat(100_000)}`)
})

test('where # begins a comment there are no headings', () => {
  const script = `# One\n\n${sentence.repeat(6)}\n\n# Two\n\n${sentence.repeat(6)}`
  assert.deepEqual(
    cutPassages(script, { headings: false }).map(({ heading }) => heading),
    [''],
  )
})

test('a passage knows the page that it begins on', () => {
  const text = [sentence.repeat(30), sentence.repeat(60), 'Short.', sentence.repeat(30)].join('\n\n')
  const second = text.indexOf('\n\n') + 2
  const last = text.indexOf('Short.') + 8
  const pages = [0, second, last - 8, last]
  for (const { start, page } of cutPassages(text, { pages })) {
    assert.equal(page, pages.filter((begin) => begin <= start).length, `${start}`)
  }
  // Where a page begins, so does a passage, unless the one before is short.
  const begins = cutPassages(text, { pages }).map(({ start }) => start)
  assert.ok(begins.includes(second) && begins.includes(last - 8) && !begins.includes(last))
  // A preface before the first page belongs to it.
  assert.equal(cutPassages('preface', { pages: [8] })[0]?.page, 1)
  assert.equal(cutPassages('no pages')[0]?.page, undefined)
})
