import assert from 'node:assert/strict'
import { test } from 'node:test'
import { archive, epub } from '../../../test/support/made-files.ts'
import { readEpub } from './epub.ts'

test('chapters in the order of the spine, not of the file, each once', () => {
  const book = epub(['b.xhtml', 'a.xhtml', 'b.xhtml'], {
    'a.xhtml': 'First in the file.',
    'b.xhtml': 'First in the book.',
  })
  assert.deepEqual(readEpub(book), { title: 'Book', text: 'First in the book.\n\nFirst in the file.' })
})

test('references are relative to the package, and may be escaped', () => {
  const book = epub(['text/one%20two.xhtml', '../other/x.xhtml', '/book/abs.xhtml'], {
    'text/one two.xhtml': 'Spaced.',
    '../other/x.xhtml': 'never stored so',
    'abs.xhtml': 'Absolute.',
  })
  assert.equal(readEpub(book).text, 'Spaced.\n\nAbsolute.')
})

test('elements of XHTML end where they say', () => {
  const book = epub(['a.xhtml'], { 'a.xhtml': '<a id="page1"/><title/><script src="x.js"/>Still <b/>here.' })
  assert.equal(readEpub(book).text, 'Still here.')
})

test('the first title is the book’s', () => {
  const files = {
    'META-INF/container.xml':
      '<container><rootfile full-path="p.opf"/><rootfile full-path="other.opf"/></container>',
    'p.opf':
      '<package><dc:title>Sea &amp; tales</dc:title><dc:title>Subtitle</dc:title><item id="a" href="a.html"/><itemref idref="a"/></package>',
    'a.html': '<p>Text</p>',
  }
  const book = archive(Object.entries(files).map(([name, content]) => ({ name, content })))
  assert.deepEqual(readEpub(book), { title: 'Sea & tales', text: 'Text' })
})

test('what is protected, empty or no book is refused; a font that is only obfuscated is no protection', () => {
  const encryption = { name: 'META-INF/encryption.xml', content: '<x/>' }
  const rights = { name: 'META-INF/rights.xml', content: '<x/>' }
  assert.throws(() => readEpub(archive([encryption, rights])), /protected/)
  assert.throws(() => readEpub(archive([encryption])), /no book/)
  assert.throws(() => readEpub(epub(['a.xhtml'], {})), /no text/)
})
