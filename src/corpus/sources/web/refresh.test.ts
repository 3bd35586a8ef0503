import assert from 'node:assert/strict'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Served, siteUnderTest } from '../../../../test/support/web-site.ts'
import { openOrigins, openPageTable, pageProblems } from './page-table.ts'
import { refreshMirror } from './refresh.ts'

const SITE = 'https://docs.example'
const MAP = `${SITE}/sitemap.xml`

function sitemap(...pages: (string | [string, string])[]): Served {
  const urls = pages.map((page) => {
    const [path, lastmod] = typeof page === 'string' ? [page] : page
    const url = path.startsWith('http') ? path : SITE + path
    return `<url><loc>${url}</loc>${lastmod ? `<lastmod>${lastmod}</lastmod>` : ''}</url>`
  })
  return { headers: { 'content-type': 'application/xml' }, body: `<urlset>${urls.join('')}</urlset>` }
}

const page = (text: string, headers: Record<string, string> = {}): Served => ({ body: text, headers })

function setUp(t: TestContext, pages: Record<string, Served | Served[]>, url = MAP) {
  const root = mkdtempSync(join(tmpdir(), 'corpusiq-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  const site = siteUnderTest(pages)
  const problems: string[] = []
  const table = openPageTable(root, url)
  t.after(() => table.close())
  const source = { name: 'docs', url, root }
  return {
    root,
    source,
    site,
    table,
    problems,
    refresh: () =>
      refreshMirror(source, table, {
        visit: site.visit,
        now: site.now,
        report: (at, reason) => problems.push(`${at}: ${reason}`),
        stopped: site.stopped,
        options: {},
      }),
    files: () => globSync('*/**/*.*', { cwd: root }).sort(),
    read: (path: string) => readFileSync(join(root, path), 'utf8'),
    asked: () =>
      site.asked
        .map((one) => one.url.slice(SITE.length))
        .filter((path) => path !== '/robots.txt' && path !== '/sitemap.xml'),
  }
}

test('the pages of a sitemap become files, dated as the site dates them, and each knows its URL', async (t) => {
  const { refresh, files, read, root, problems } = setUp(t, {
    [MAP]: sitemap('/', '/guide/install', ['/paper.pdf', '2026-01-02']),
    [`${SITE}/`]: page('home', { 'last-modified': 'Thu, 01 Oct 2026 10:00:00 GMT' }),
    [`${SITE}/guide/install`]: page('install'),
    [`${SITE}/paper.pdf`]: page('%PDF', { 'content-type': 'application/pdf' }),
  })
  assert.deepEqual(await refresh(), { pages: 3, changed: 3, gone: 0, failed: 0 })
  assert.deepEqual(problems, [])
  const expected = ['docs.example/guide/install.html', 'docs.example/index.html', 'docs.example/paper.pdf']
  assert.deepEqual(files(), expected)
  assert.equal(read('docs.example/index.html'), 'home')
  assert.equal(
    statSync(join(root, 'docs.example/index.html')).mtime.toISOString(),
    '2026-10-01T10:00:00.000Z',
  )
  assert.equal(statSync(join(root, 'docs.example/paper.pdf')).mtime.toISOString(), '2026-01-02T00:00:00.000Z')
  const origins = openOrigins(root)
  t.after(() => origins.close())
  assert.equal(origins.originOf('docs.example/guide/install.html'), `${SITE}/guide/install`)
  assert.equal(origins.originOf('docs.example/other.html'), undefined)
  const nowhere = openOrigins(join(root, 'nowhere'))
  assert.equal(nowhere.originOf('a'), undefined)
})

test('RFC 9110 §13.1 what has not changed is asked for by its ETag and its date, and not sent again', async (t) => {
  const { refresh, site, files } = setUp(t, {
    [MAP]: sitemap('/a', '/b'),
    [`${SITE}/a`]: page('a', { etag: '"1"' }),
    [`${SITE}/b`]: page('b', { 'last-modified': 'Thu, 01 Oct 2026 10:00:00 GMT' }),
  })
  await refresh()
  site.pass(86_400)
  site.asked.length = 0
  assert.deepEqual(await refresh(), { pages: 2, changed: 0, gone: 0, failed: 0 })
  const asked = site.asked.filter(({ url }) => /\/[ab]$/.test(url))
  assert.deepEqual(
    asked.map(({ etag }) => etag),
    ['"1"', undefined],
  )
  assert.equal(asked[1]?.last_modified, 'Thu, 01 Oct 2026 10:00:00 GMT')
  assert.equal(files().length, 2)
})

test('a changed page is written anew, in its place', async (t) => {
  const { refresh, site, read, files } = setUp(t, {
    [MAP]: sitemap('/a'),
    [`${SITE}/a`]: page('old', { etag: '"1"' }),
  })
  await refresh()
  site.pages.set(`${SITE}/a`, page('new', { etag: '"2"' }))
  site.pass(86_400)
  assert.deepEqual(await refresh(), { pages: 1, changed: 1, gone: 0, failed: 0 })
  assert.equal(read('docs.example/a.html'), 'new')
  site.pages.set(`${SITE}/a`, page('text', { 'content-type': 'text/plain' }))
  site.pass(86_400)
  await refresh()
  assert.deepEqual(files(), ['docs.example/a.txt'])
})

test('a page that is sent again as it was has not changed: its file stays, and its date', async (t) => {
  const { refresh, site, root } = setUp(t, { [MAP]: sitemap('/a'), [`${SITE}/a`]: page('a') })
  await refresh()
  const stats = () => statSync(join(root, 'docs.example/a.html'))
  const before = stats()
  site.pass(86_400)
  assert.deepEqual(await refresh(), { pages: 1, changed: 0, gone: 0, failed: 0 })
  assert.deepEqual([stats().ino, stats().mtimeMs], [before.ino, before.mtimeMs])
})

test('a page whose date in the sitemap is as before is not asked for, for thirty days', async (t) => {
  const { refresh, site, asked } = setUp(t, {
    [MAP]: sitemap(['/a', '2026-01-01'], ['/b', '2026-01-01']),
    [`${SITE}/a`]: page('a'),
    [`${SITE}/b`]: page('b'),
  })
  await refresh()
  site.asked.length = 0
  site.pass(86_400)
  site.pages.set(MAP, sitemap(['/a', '2026-01-01'], ['/b', '2026-11-20']))
  await refresh()
  assert.deepEqual(asked(), ['/b'])
  site.asked.length = 0
  site.pass(30 * 86_400)
  await refresh()
  assert.deepEqual(asked(), ['/a', '/b'])
})

test('what is gone (404, 410) or no longer listed goes; other failures keep the last copy', async (t) => {
  const paths = ['/a', '/b', '/c', '/d', '/e', '/f']
  const { refresh, site, files, problems } = setUp(t, {
    [MAP]: sitemap(...paths),
    ...Object.fromEntries(paths.map((path) => [SITE + path, page(path)])),
  })
  await refresh()
  site.pages.set(MAP, sitemap('/a', '/b', '/d', '/e', '/f'))
  site.pages.set(`${SITE}/a`, { status: 404 })
  site.pages.set(`${SITE}/b`, { status: 410 })
  site.pages.set(`${SITE}/d`, { status: 500 })
  site.pages.set(`${SITE}/e`, { fault: 'time' })
  site.pages.set(`${SITE}/f`, { ...page('login'), url: 'https://login.example/' })
  site.pass(86_400)
  assert.deepEqual(await refresh(), { pages: 5, changed: 0, gone: 3, failed: 3 })
  assert.deepEqual(files(), ['docs.example/d.html', 'docs.example/e.html', 'docs.example/f.html'])
  assert.equal(problems.length, 5)
  problems.length = 0
  site.pass(86_400)
  await refresh()
  assert.deepEqual(problems, [], 'the same is told once')
})

test('a page that comes back is told and read again', async (t) => {
  const { refresh, site, files } = setUp(t, {
    [MAP]: sitemap('/a'),
    [`${SITE}/a`]: [page('a'), { status: 404 }, page('a')],
  })
  for (const expected of [1, 0, 1]) {
    await refresh()
    assert.equal(files().length, expected)
    site.pass(86_400)
  }
})

test('a list that cannot be had leaves everything as it is, and is tried again', async (t) => {
  const { refresh, site, files, problems, table, source } = setUp(t, {
    [MAP]: sitemap('/a'),
    [`${SITE}/a`]: page('a'),
  })
  await refresh()
  for (const served of [
    { status: 404 },
    { status: 500 },
    { fault: 'time' },
    page('<html>an error</html>'),
  ] as const) {
    site.pass(86_400)
    site.pages.set(MAP, served)
    assert.equal(await refresh(), undefined)
    assert.equal(table.round().failed_at !== undefined, true)
    assert.match(pageProblems([source])[0]?.reason ?? '', /./)
  }
  assert.deepEqual(files(), ['docs.example/a.html'])
  assert.equal(problems.length, 4)
  assert.deepEqual(
    pageProblems([source]).map(({ collection, path }) => [collection, path]),
    [['docs', MAP]],
  )
  site.pass(86_400)
  site.pages.set(MAP, sitemap('/a'))
  await refresh()
  assert.deepEqual(pageProblems([source]), [], 'it is no problem any more')
})

test('an index is the pages of all its sitemaps; where one fails, nothing counts as no longer listed', async (t) => {
  const index = (...paths: string[]): Served => ({
    body: `<sitemapindex>${paths.map((path) => `<sitemap><loc>${path.startsWith('/') ? SITE + path : path}</loc></sitemap>`).join('')}</sitemapindex>`,
  })
  const { refresh, site, files, problems } = setUp(t, {
    [MAP]: index('/1.xml', '/2.xml', 'https://other.example/3.xml'),
    [`${SITE}/1.xml`]: sitemap('/a'),
    [`${SITE}/2.xml`]: sitemap('/b'),
    [`${SITE}/a`]: page('a'),
    [`${SITE}/b`]: page('b'),
  })
  await refresh()
  assert.deepEqual(files(), ['docs.example/a.html', 'docs.example/b.html'])
  assert.ok(!site.asked.some(({ url }) => url.includes('other.example')))
  site.pages.set(`${SITE}/2.xml`, { status: 500 })
  site.pass(86_400)
  await refresh()
  assert.equal(files().length, 2)
  assert.ok(problems.includes(`${SITE}/2.xml: answered 500`))
  site.pages.set(`${SITE}/2.xml`, sitemap())
  site.pass(86_400)
  await refresh()
  assert.deepEqual(files(), ['docs.example/a.html'])
})

test('A-145 a sitemap names pages of its own site alone, and https alone; a list names any', async (t) => {
  const urls = [
    `${SITE}/a`,
    'https://other.example/b',
    'http://docs.example/c',
    'file:///etc/passwd',
    'https://u:p@docs.example/d',
  ]
  const pages = { [`${SITE}/a`]: page('a'), 'https://other.example/b': page('b') }
  const one = setUp(t, { [MAP]: sitemap(...urls), ...pages })
  await one.refresh()
  assert.deepEqual(one.files(), ['docs.example/a.html'])
  assert.deepEqual(one.problems, [`${MAP}: 4 URLs are left out: not https, or of another site`])
  const list = {
    body: `${SITE}/a\nhttps://other.example/b\nhttp://docs.example/c`,
    headers: { 'content-type': 'text/plain' },
  }
  const other = setUp(t, { [`${SITE}/list.txt`]: list, ...pages }, `${SITE}/list.txt`)
  await other.refresh()
  assert.deepEqual(other.files(), ['docs.example/a.html', 'other.example/b.html'])
  assert.deepEqual(other.problems, [`${SITE}/list.txt: 1 URLs are left out: not https, or of another site`])
})

test('what robots.txt asks us not to read is not kept', async (t) => {
  const { refresh, site, files, problems } = setUp(t, {
    [MAP]: sitemap('/a', '/b'),
    [`${SITE}/a`]: page('a'),
    [`${SITE}/b`]: page('b'),
  })
  await refresh()
  assert.equal(files().length, 2)
  site.pages.set(`${SITE}/robots.txt`, { body: 'User-agent: *\nDisallow: /b' })
  site.pass(2 * 86_400)
  assert.deepEqual(await refresh(), { pages: 2, changed: 0, gone: 1, failed: 0 })
  assert.deepEqual(files(), ['docs.example/a.html'])
  assert.deepEqual(problems, [`${SITE}/b: robots.txt asks us not to read it`])
})

test('a kind that is no document is told and not kept', async (t) => {
  const { refresh, files, problems } = setUp(t, {
    [MAP]: sitemap('/a.zip'),
    [`${SITE}/a.zip`]: page('PK', { 'content-type': 'application/zip' }),
  })
  assert.deepEqual(await refresh(), { pages: 1, changed: 0, gone: 0, failed: 1 })
  assert.deepEqual([files(), problems], [[], [`${SITE}/a.zip: is of the type application/zip`]])
})

test('pages whose names a file system takes for one another have files of their own', async (t) => {
  const { refresh, files, root, site } = setUp(t, {
    [MAP]: sitemap('/a', '/A', '/a.html', '/a?b'),
    ...Object.fromEntries(['/a', '/A', '/a.html', '/a?b'].map((path) => [SITE + path, page(path)])),
  })
  await refresh()
  const before = files()
  assert.equal(new Set(before.map((path) => path.toLowerCase())).size, 4)
  const origins = openOrigins(root)
  t.after(() => origins.close())
  for (const path of before) {
    assert.equal(origins.originOf(path)?.slice(SITE.length), readFileSync(join(root, path), 'utf8'))
  }
  site.pass(86_400)
  await refresh()
  assert.deepEqual(files(), before)
})

test('a round that was cut off goes on where it was', async (t) => {
  const scene = setUp(t, {
    [MAP]: sitemap('/a', '/b', '/c'),
    ...Object.fromEntries(['/a', '/b', '/c'].map((path) => [SITE + path, page(path)])),
  })
  let stops = 2
  const { site } = scene
  const cut = refreshMirror({ name: 'docs', url: MAP, root: scene.root }, scene.table, {
    visit: site.visit,
    now: site.now,
    report: () => {},
    stopped: () => scene.files().length >= stops,
    options: {},
  })
  assert.equal(await cut, undefined)
  assert.equal(scene.files().length, 2)
  assert.notEqual(scene.table.round().begun_at, undefined)
  stops = 100
  site.asked.length = 0
  await scene.refresh()
  assert.deepEqual(scene.asked(), ['/c'])
  assert.equal(scene.files().length, 3)
  assert.equal(scene.table.round().begun_at, undefined)
})

test('a host that has to be left alone leaves the round open, to be gone on with', async (t) => {
  const busy = { status: 503, headers: { 'retry-after': '1800' } }
  const { refresh, site, table, asked, files } = setUp(t, {
    [MAP]: sitemap('/a', '/b'),
    [`${SITE}/a`]: page('a'),
    [`${SITE}/b`]: [busy, page('b')],
  })
  assert.deepEqual(await refresh(), { pages: 2, changed: 1, gone: 0, failed: 1 })
  assert.notEqual(table.round().failed_at, undefined)
  assert.equal(table.round().ended_at, undefined)
  site.asked.length = 0
  site.pass(3_600)
  await refresh()
  assert.deepEqual(asked(), ['/b'])
  assert.equal(files().length, 2)
  assert.notEqual(table.round().ended_at, undefined)
})

test('a copy whose writing was cut off is asked for without conditions', async (t) => {
  const { refresh, site, table, root } = setUp(t, {
    [MAP]: sitemap('/a'),
    [`${SITE}/a`]: page('a', { etag: '"1"' }),
  })
  await refresh()
  const row = table.get(`${SITE}/a`)
  assert.ok(row)
  // As after the end of the process between row and file.
  table.put({ ...row, etag: undefined, fetched_at: undefined })
  rmSync(join(root, 'docs.example/a.html'))
  site.pass(86_400)
  await refresh()
  assert.ok(existsSync(join(root, 'docs.example/a.html')))
})

test('a copy that somebody took away is fetched anew, though the page has not changed', async (t) => {
  const { refresh, site, root, files } = setUp(t, {
    [MAP]: sitemap(['/a', '2026-01-01']),
    [`${SITE}/a`]: page('a', { etag: '"1"' }),
  })
  await refresh()
  rmSync(join(root, 'docs.example/a.html'))
  site.pass(86_400)
  await refresh()
  assert.deepEqual(files(), ['docs.example/a.html'])
})

test('only twenty problems of a round are told one by one', async (t) => {
  const paths = Array.from({ length: 50 }, (_, index) => `/${index}`)
  const { refresh, problems } = setUp(t, { [MAP]: sitemap(...paths) })
  await refresh()
  assert.equal(problems.length, 21)
  assert.equal(problems.at(-1), `${MAP}: 30 more pages could not be read`)
})

test('ten thousand pages are taken, and that there are more is told', async (t) => {
  const paths = Array.from({ length: 10_002 }, (_, index) => `/${index}`)
  const { refresh, site, problems } = setUp(t, {
    [MAP]: sitemap(...paths),
    [`${SITE}/robots.txt`]: { body: 'User-agent: *\nDisallow: /' },
  })
  assert.equal((await refresh())?.pages, 10_000)
  assert.equal(site.asked.length, 2)
  assert.ok(problems.includes(`${MAP}: names more than 10000 pages: the first are taken`))
})
