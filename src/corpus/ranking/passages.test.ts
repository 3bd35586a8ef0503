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
      assert.equal(passages.join(''), text)
      assert.ok(passages.length > 0)
      for (const passage of passages) assert.ok(passage.length <= 1801 && passage.isWellFormed())
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
  assert.match(first ?? '', /^# One[\s\S]*# comment/)
  assert.match(second ?? '', /^# Two/)
  assert.equal(rest.length, 0)
})

test('an empty text is one empty passage', () => {
  assert.deepEqual(cutPassages(''), [''])
})
