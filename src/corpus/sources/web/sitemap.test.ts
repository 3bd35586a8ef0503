import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { readSitemap, SITEMAP_BYTES } from './sitemap.ts'

const read = (text: string | Uint8Array, most = 100) => readSitemap(Buffer.from(text), most)
const urls = async (text: string | Uint8Array, most?: number) => {
  const sitemap = await read(text, most)
  return 'problem' in sitemap ? sitemap.problem : [sitemap.kind, ...sitemap.entries.map(({ url }) => url)]
}

const PAGES = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url>
    <loc> https://docs.example/a?x=1&amp;y=2 </loc>
    <lastmod>2026-11-01T10:00:00Z</lastmod>
    <image:image><image:loc>https://docs.example/a.png</image:loc></image:image>
  </url>
  <url><loc><![CDATA[https://docs.example/b]]></loc><priority>0.5</priority></url>
  <url><lastmod>2026-01-01</lastmod></url>
</urlset>`

test('a sitemap is its pages and when they changed; pictures and what else it knows are left out', async () => {
  assert.deepEqual(await read(PAGES), {
    kind: 'pages',
    entries: [
      { url: 'https://docs.example/a?x=1&y=2', lastmod: '2026-11-01T10:00:00Z' },
      { url: 'https://docs.example/b', lastmod: undefined },
    ],
  })
})

test('an index is its sitemaps; prefixes and a byte order mark make no difference', async () => {
  const index =
    '\uFEFF<s:sitemapindex xmlns:s="x"><s:sitemap><s:loc>https://docs.example/1.xml</s:loc></s:sitemap></s:sitemapindex>'
  assert.deepEqual(await urls(index), ['index', 'https://docs.example/1.xml'])
})

test('packed by gzip it is the same', async () => {
  assert.deepEqual(await read(gzipSync(PAGES)), await read(PAGES))
})

test('a list has a URL a line', async () => {
  const list = '# pages\r\n\nhttps://docs.example/a\r\n  https://other.example/b?c  \nhttp://docs.example/c\n'
  assert.deepEqual(await urls(list), [
    'list',
    'https://docs.example/a',
    'https://other.example/b?c',
    'http://docs.example/c',
  ])
  assert.deepEqual(await urls(''), ['list'])
})

test('what is neither says so', async () => {
  const neither = 'neither a sitemap nor a list of URLs'
  assert.equal(
    await urls('<!doctype html><html><body><url><loc>https://docs.example/a</loc></url></body></html>'),
    neither,
  )
  assert.equal(await urls('<rss><channel><item/></channel></rss>'), neither)
  assert.equal(await urls('https://docs.example/a\nand some text'), neither)
  assert.equal(await urls('<'), neither)
  assert.equal(await urls(Buffer.from([0x1f, 0x8b, 1, 2, 3])), 'a packed sitemap that is broken or too large')
})

test('only so many are read', async () => {
  assert.deepEqual(await urls(PAGES, 1), ['pages', 'https://docs.example/a?x=1&y=2'])
  assert.deepEqual(await urls('https://a.example/1\nhttps://a.example/2', 1), ['list', 'https://a.example/1'])
})

test("A-162 entities don't unfold and none is fetched", async () => {
  const bomb = `<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
    <urlset><url><loc>https://docs.example/&b;&f;</loc></url></urlset>`
  assert.deepEqual(await urls(bomb), ['pages', 'https://docs.example/&b;&f;'])
})

test('A-162 a packed sitemap that unfolds beyond the limit is let go', async () => {
  const bomb = gzipSync(Buffer.alloc(SITEMAP_BYTES + 1, ' '))
  assert.equal(await urls(bomb), 'a packed sitemap that is broken or too large')
})
