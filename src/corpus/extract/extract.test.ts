import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endingOf, extract, formatOf } from './extract.ts'

test('a file is read by its ending, in any case; a name without one is text', () => {
  assert.equal(endingOf('a.b/README'), '')
  assert.equal(endingOf('a/Note.MD'), 'md')
  assert.equal(formatOf('a/Note.MD')?.media_type, 'text/markdown')
  assert.equal(formatOf('README')?.media_type, 'text/plain')
  for (const path of ['a.png', 'a.pdf', 'a.constructor', 'a.__proto__'])
    assert.equal(formatOf(path), undefined)
})

test('a document that names no title is called as its file', () => {
  assert.deepEqual(extract('a/shopping list.txt', Buffer.from('milk')), {
    title: 'shopping list',
    text: 'milk',
    media_type: 'text/plain',
  })
  assert.equal((extract('x/README', Buffer.from('')) as { title: string }).title, 'README')
})

test('titles of reStructuredText, Org and AsciiDoc', () => {
  const title = (path: string, text: string) => (extract(path, Buffer.from(text)) as { title: string }).title
  assert.equal(title('a.rst', '=====\nGreen tea\n=====\n\nText\n'), 'Green tea')
  assert.equal(title('a.org', '#+TITLE: Green tea\n* Other\n'), 'Green tea')
  assert.equal(title('a.adoc', '= Green tea\nAuthor\n'), 'Green tea')
})

test('A-159 a private key is no document, whatever its name', () => {
  const key = Buffer.from('-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n')
  assert.deepEqual(extract('notes.txt', key), { problem: 'a private key' })
  assert.ok('text' in extract('notes.txt', Buffer.from('A key begins with -----BEGIN PRIVATE KEY-----')))
})

test('a fault of one file is its problem, not a crash', () => {
  assert.deepEqual(extract('a.html', Buffer.from('<b>'.repeat(5000))), {
    problem: 'elements nest deeper than 1024',
  })
  assert.deepEqual(extract('a.md', Buffer.from([0x61, 0])), { problem: 'not text' })
})
