import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extractMarkdown } from './markdown.ts'

const titleOf = (source: string) => extractMarkdown(source).title
const textOf = (source: string) => extractMarkdown(source).text

test('the title is the front matter’s', () => {
  assert.equal(titleOf('---\ntags: [a]\ntitle: Green tea\n---\n# Other\n'), 'Green tea')
  assert.equal(titleOf('---\r\ntitle: "Tea: \\"green\\""\r\n---\r\n'), 'Tea: "green"')
  assert.equal(titleOf("---\ntitle: 'it''s tea'\n---\n"), "it's tea")
  assert.equal(titleOf('---\ntitle:\n---\n# Heading\n'), 'Heading')
})

test('else the first heading, outside code', () => {
  assert.equal(
    titleOf('text\n\n```\n# not this\n```\n\n## The **real** `one` [link](x) ##\n'),
    'The real one link',
  )
  assert.equal(titleOf('Underlined\n==========\n'), 'Underlined')
  assert.equal(titleOf('snake_case_name\n---\n'), 'snake_case_name')
  assert.equal(titleOf('- item\n---\n'), '')
  assert.equal(titleOf('#hashtag only\n'), '')
})

test('the text stands as it is, front matter and code included', () => {
  const source =
    '---\ntitle: A\ntags: [tea]\n---\n# A\n\na < b && List<String> c > d\n\n```html\n<!-- kept --><div hidden>kept</div>\n```\n'
  assert.equal(textOf(source), source)
  assert.equal(
    textOf('Write `<!-- kept -->` or ``<div hidden>`` in a page.'),
    'Write `<!-- kept -->` or ``<div hidden>`` in a page.',
  )
  assert.equal(textOf('The <script> element runs code.'), 'The <script> element runs code.')
})

test('A-161 comments, hidden elements and comment-like link definitions are dropped', () => {
  assert.equal(textOf('a<!-- SECRET -->b'), 'ab')
  assert.equal(textOf('a\n<!--\nSECRET\n\nSECRET\n-->\nb'), 'a\n\nb')
  assert.equal(textOf('a\n<!-- SECRET <!-- SECRET -->\nb'), 'a\n\nb')
  assert.equal(textOf('a\n<!-- SECRET'), 'a\n')
  assert.equal(textOf('a<span style="display:none">SECRET<span>SECRET</span>SECRET</span>b'), 'ab')
  assert.equal(textOf('<div hidden>\n\nSECRET\n\n</div>b'), 'b')
  assert.equal(textOf('a\n<script>SECRET</script>\nb'), 'a\n\nb')
  assert.equal(textOf('a\n[//]: # (SECRET)\nb'), 'a\nb')
})

test('tags, backticks and comments without end cost linear time', () => {
  const began = performance.now()
  for (const piece of [
    '<!--',
    '<a ',
    '<div hidden>',
    '`',
    '``a',
    '-->',
    '<a',
    '# ',
    '[//]: ',
    '~~~\n',
    ' `a\n',
  ]) {
    extractMarkdown(piece.repeat(300_000))
  }
  extractMarkdown(`${'`'.repeat(500_000)}${'a'.repeat(500_000)}`)
  extractMarkdown(`# ${'#'.repeat(500_000)}x`)
  assert.ok(performance.now() - began < 10_000)
})
