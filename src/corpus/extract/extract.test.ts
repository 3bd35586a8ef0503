import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extract } from './extract.ts'
import { formatOf, isExpected } from './formats.ts'
import { endingOf } from './name.ts'

async function titleOf(path: string, text: string): Promise<string | undefined> {
  const extracted = await extract(path, Buffer.from(text))
  return 'title' in extracted ? extracted.title : undefined
}

test('a file is read by its ending, in any case; a name without one is text', () => {
  assert.equal(endingOf('a.b/README'), '')
  assert.equal(endingOf('a/Note.MD'), 'md')
  assert.equal(formatOf('a/Note.MD')?.media_type, 'text/markdown')
  assert.equal(formatOf('README')?.media_type, 'text/plain')
  for (const path of ['a.png', 'a.zip', 'a.mp4']) assert.equal(formatOf(path), undefined)
  for (const path of ['a.ts', 'a.constructor', 'a.__proto__']) {
    assert.equal(formatOf(path)?.media_type, 'text/plain')
  }
})

test('a document that names no title is called as its file', async () => {
  assert.deepEqual(await extract('a/shopping list.txt', Buffer.from('milk')), {
    title: 'shopping list',
    text: 'milk',
    media_type: 'text/plain',
  })
  assert.equal(await titleOf('x/README', ''), 'README')
})

test('titles of reStructuredText, Org and AsciiDoc', async () => {
  assert.equal(await titleOf('a.rst', '=====\nGreen tea\n=====\n\nText\n'), 'Green tea')
  assert.equal(await titleOf('a.org', '#+TITLE: Green tea\n* Other\n'), 'Green tea')
  assert.equal(await titleOf('a.adoc', '= Green tea\nAuthor\n'), 'Green tea')
})

test('A-159 a private key is no document, whatever its name', async () => {
  const key = Buffer.from('-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n')
  assert.deepEqual(await extract('notes.txt', key), { problem: 'a private key' })
  assert.ok(
    'text' in (await extract('notes.txt', Buffer.from('A key begins with -----BEGIN PRIVATE KEY-----'))),
  )
})

test('a fault of one file is its problem, not a crash', async () => {
  assert.deepEqual(await extract('a.html', Buffer.from('<b>'.repeat(5000))), {
    problem: 'elements nest deeper than 1024',
  })
  assert.deepEqual(await extract('a.md', Buffer.from([0x61, 0])), { problem: 'not text' })
})

test('what people expect to find and is not read says what to save it as', async () => {
  const instead = {
    'a.doc a.dot': 'the old Word format is not read: save it as DOCX or PDF',
    'a.xls a.xlsb': 'the old Excel format is not read: save it as XLSX or CSV',
    'a.ppt a.pps': 'the old PowerPoint format is not read: save it as PPTX or PDF',
    'a.pages': 'the Pages format is not read: save it as DOCX or PDF',
    'a.numbers': 'the Numbers format is not read: save it as XLSX or CSV',
    'a.msg a.pst a.ost': 'the Outlook format is not read: save it as EML or MBOX',
    'a.mobi a.azw a.azw3 a.djvu': 'this book format is not read: save it as EPUB or PDF',
  }
  for (const [paths, problem] of Object.entries(instead)) {
    for (const path of paths.split(' ')) {
      assert.deepEqual(await extract(path, Buffer.from('x')), { problem }, path)
      assert.ok(isExpected(path), path)
    }
  }
})

test('why a file could not be read is one line, however a library says it', async () => {
  const broken = await extract('a.eml', Buffer.from(`Subject: x\n${'X: y\n'.repeat(300_000)}`))
  assert.ok('problem' in broken && /^it could not be read: [^\n]{1,200}$/.test(broken.problem))
})
