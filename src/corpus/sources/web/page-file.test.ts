import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPathLeftOut } from '../left-out.ts'
import { pageBytes, pagePath } from './page-file.ts'

const path = (url: string, type = 'text/html', taken: readonly string[] = []) =>
  pagePath(url, type, (one) => taken.includes(one))

test('a page stands where its URL says, with the ending of its kind', () => {
  for (const [url, type, expected] of [
    ['https://docs.example/', 'text/html', 'docs.example/index.html'],
    ['https://docs.example', 'text/html', 'docs.example/index.html'],
    ['https://docs.example/guide/', 'text/html', 'docs.example/guide/index.html'],
    ['https://docs.example/guide/install', 'text/html', 'docs.example/guide/install.html'],
    ['https://docs.example/guide/install.html', 'text/html', 'docs.example/guide/install.html'],
    ['https://docs.example/guide/install.php', 'text/html', 'docs.example/guide/install.php.html'],
    ['https://docs.example/v1.2/a', 'text/html', 'docs.example/v1.2/a.html'],
    ['https://docs.example/README.md', 'text/plain', 'docs.example/README.md'],
    ['https://docs.example/README', 'text/markdown', 'docs.example/README.md'],
    ['https://docs.example/paper.PDF', 'application/pdf', 'docs.example/paper.pdf'],
    ['https://docs.example/%C3%BCber%20uns', 'text/html', 'docs.example/über-uns.html'],
    ['https://docs.example/%E6%97%A5%E6%9C%AC', 'text/html', 'docs.example/日本.html'],
    ['https://docs.example:8443/a', 'text/html', 'docs.example-8443/a.html'],
    ['https://docs.example/a.html/b', 'text/html', 'docs.example/a-html/b.html'],
    ['https://docs.example/%zz', 'text/html', 'docs.example/zz.html'],
  ] as const) {
    assert.equal(path(url, type), expected)
  }
})

test('a query, a name that is taken and a path too deep make the name end in a digest, each URL its own', () => {
  const digested = /^docs\.example\/a-[0-9a-f]{12}\.html$/
  assert.match(path('https://docs.example/a?b=1'), digested)
  assert.notEqual(path('https://docs.example/a?b=1'), path('https://docs.example/a?b=2'))
  assert.match(path('https://docs.example/a', 'text/html', ['docs.example/a.html']), digested)
  const deep = path(`https://docs.example/${'x/'.repeat(100)}a`)
  assert.match(deep, /^docs\.example\/(x\/){12}a-[0-9a-f]{12}\.html$/)
})

test('A-156 no URL leads out of the mirror, hides its file or makes it one that rules others', () => {
  for (const part of [
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e/%2e%2e/etc/passwd',
    '..%5c..%5cwindows',
    '%00',
    'a%00.html',
    '%2F',
    '.gitignore',
    '.corpusiqignore',
    '.env',
    '.pages.db',
    '.git/config',
    'node_modules/x',
    'id_rsa',
    'a/server.key',
    'server.key.txt',
    'x.pem/y',
    'CON',
    'nul.html',
    'a.',
    'a%20',
    '...',
    '-',
    'C:%5Ca',
    'a:b',
    '%E2%80%AE',
    'x'.repeat(1000),
    '%F0%9F%98%80'.repeat(100),
    '%E6%97%A5'.repeat(300),
  ]) {
    for (const type of ['text/html', 'text/plain', 'application/pdf']) {
      const found = path(`https://docs.example/${part}`, type)
      for (const name of found.split('/')) {
        assert.match(
          name,
          /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}._-]*[\p{L}\p{M}\p{N}_]$|^[\p{L}\p{N}_]$/u,
          `${part}: ${found}`,
        )
        assert.ok(Buffer.byteLength(name) <= 255, found)
        assert.doesNotMatch(name, /^(?:con|prn|aux|nul)(?:\.|$)/i)
      }
      assert.ok(found.startsWith('docs.example/'), found)
      assert.equal(isPathLeftOut(found), false, `${part}: ${found}`)
    }
  }
})

test('a text in another charset, which its header alone names, is kept as UTF-8 with its mark', () => {
  const kept = (bytes: Uint8Array, type: string) => Buffer.from(pageBytes(bytes, type)).toString('utf8')
  assert.equal(kept(Buffer.from([0xe9]), 'text/html; charset=ISO-8859-1'), '\uFEFFé')
  assert.equal(kept(Buffer.from([0xa4, 0xa4]), 'text/plain;charset="Big5"'), '\uFEFF中')
  assert.equal(kept(Buffer.from('é'), 'text/html; charset=utf-8'), 'é')
  assert.equal(kept(Buffer.from('é'), 'text/html'), 'é')
  assert.equal(kept(Buffer.from('é'), 'text/html; charset=nonsense'), 'é')
  assert.equal(kept(Buffer.from('é'), 'application/pdf; charset=latin1'), 'é')
})
