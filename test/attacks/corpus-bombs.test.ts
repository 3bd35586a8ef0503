/** Group 16: files that would grow when they are unpacked or expanded. Nothing here unpacks or expands. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { indexed, testFolder } from '../corpus/folder.ts'

/** A ZIP archive of one entry, stored under any name; `content` many megabytes of one letter. */
function zip(name: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(8, 8)
  header.writeUInt32LE(packed.length, 18)
  header.writeUInt32LE(content.length, 22)
  header.writeUInt16LE(name.length, 26)
  return Buffer.concat([header, Buffer.from(name), packed])
}

const LARGE = Buffer.alloc(32 * 1024 * 1024, 'x')

/** Ten entities, each of ten of the one before: a billion words. */
const LAUGHS = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">${Array.from(
  { length: 9 },
  (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`,
).join('')}]><html><body><p>laughs of tea &l9;</p></body></html>`

const EXTERNAL =
  '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY passwd SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]>' +
  '<html><body><p>external tea &passwd;</p></body></html>'

test('A-162 archives, XML and PDF bombs are not unpacked: told or passed over, and the rest is served', async (t) => {
  const inner = zip('inner.txt', LARGE)
  const folder = testFolder(t, {
    'a.md': 'green tea',
    'bomb.zip': zip('bomb.txt', LARGE),
    'nested.zip': zip('nested.zip', inner),
    'slip.zip': zip('../../slipped.md', Buffer.from('slipped tea')),
    'office.docx': zip('word/document.xml', LARGE),
    'bomb.tar.gz': gzipSync(LARGE),
    'bomb.svgz': gzipSync(LARGE),
    'pages.pdf': `%PDF-1.7\n1 0 obj<</Type/Pages/Count 1000000/Kids[${'1 0 R '.repeat(10_000)}]>>endobj tea`,
    'feed.xml': LAUGHS,
    // The same under names that are read.
    'zip.md': inner,
    'slip.txt': zip('../../slipped.md', Buffer.from('slipped tea')),
    'gzip.html': gzipSync(LARGE),
    'laughs.xhtml': LAUGHS,
    'laughs.html': LAUGHS,
    'external.xhtml': EXTERNAL,
    'deep.html': `${'<div>'.repeat(200_000)}deep tea`,
    'references.html': `<p>references of tea ${'&amp;'.repeat(100_000)}${'&#x41;'.repeat(100_000)}</p>`,
    'z.md': 'black tea',
  })
  const before = readdirSync(dirname(folder.path)).filter((name) => name !== 'data')
  const started = process.memoryUsage().rss
  const corpus = await indexed(t, folder)

  const problems = new Map(corpus.told().map(({ path, reason }) => [path, reason]))
  for (const path of ['zip.md', 'slip.txt', 'gzip.html']) assert.equal(problems.get(path), 'not text', path)
  assert.match(problems.get('deep.html') ?? '', /nest deeper/)
  const found = (await corpus.paths('tea')).toSorted()
  const expected = [
    'a.md',
    'external.xhtml',
    'feed.xml',
    'laughs.html',
    'laughs.xhtml',
    'references.html',
    'z.md',
  ]
  assert.deepEqual(found, expected)

  for (const { id, path } of await corpus.search('tea', 50)) {
    const text = (await corpus.fetch(id))?.text ?? ''
    assert.ok(text.length < 300_000, `${path}: ${text.length}`)
    assert.doesNotMatch(text, /lollol|root:|slipped/, path)
  }
  assert.deepEqual(
    readdirSync(dirname(folder.path)).filter((name) => name !== 'data'),
    before,
  )
  assert.ok(process.memoryUsage().rss - started < 400 * 1024 * 1024)
})
