import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Event } from '../../../ops/events.ts'
import { startMirrors } from './mirrors.ts'
import { openPageTable } from './page-table.ts'

const PEM = readFileSync(new URL('../../../../test/data/tls-of-tests.pem', import.meta.url), 'utf8')

/** A site of two pages on this machine, by TLS, and a mirror of it that may reach it. */
async function setUp(t: TestContext, refresh = 86_400) {
  const asked: string[] = []
  const server = createServer({ key: PEM, cert: PEM }, (request, response) => {
    asked.push(request.url ?? '')
    if (request.url === '/sitemap.xml') {
      response.end(`<urlset><url><loc>${site}/a</loc></url></urlset>`)
    } else if (request.url === '/a') response.setHeader('Content-Type', 'text/html').end('green tea')
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const site = `https://localhost:${(server.address() as AddressInfo).port}`
  const base = mkdtempSync(join(tmpdir(), 'corpusiq-'))
  t.after(() => rmSync(base, { recursive: true, force: true }))
  const source = (name: string) => ({ name, url: `${site}/sitemap.xml`, root: join(base, 'web', name) })
  const events: Event[] = []
  let wake = () => {}
  const start = (names: readonly string[], unsafe: boolean) => {
    const mirrors = startMirrors({
      sources: names.map(source),
      refresh,
      emit: (event) => {
        events.push(event)
        wake()
      },
      ...(unsafe ? { unsafe: { unsafeAllowAddresses: ['127.0.0.1'], certificateAuthority: PEM } } : {}),
    })
    t.after(() => mirrors.close())
    return mirrors
  }
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise<void>((resolve) => (wake = resolve))
  }
  const file = (name: string) => join(base, 'web', name, new URL(site).host.replace(':', '-'), 'a.html')
  const mirrored = () => events.filter(({ type }) => type === 'corpus.mirrored').length
  return { asked, source, events, start, until, file, mirrored }
}

test('a source is mirrored at the start, and not again before it is due', async (t) => {
  const { start, until, file, mirrored, asked } = await setUp(t)
  const mirrors = start(['docs'], true)
  await until(() => mirrored() === 1)
  assert.equal(readFileSync(file('docs'), 'utf8'), 'green tea')
  assert.deepEqual(asked, ['/sitemap.xml', '/robots.txt', '/a'])
  await mirrors.close()
  // Another one that is due, so that there is something to wait for.
  const again = start(['docs', 'more'], true)
  await until(() => mirrored() === 2)
  assert.equal(asked.length, 6)
  await again.close()
})

test('A-140 a source inside is not read: nothing is connected', async (t) => {
  const { start, until, events, asked } = await setUp(t)
  const mirrors = start(['docs'], false)
  await until(() => events.length > 0)
  assert.deepEqual(
    events.map((event) => (event.type === 'corpus.problem' ? event.reason : event.type)),
    ['names a host that is not public'],
  )
  assert.deepEqual(asked, [])
  await mirrors.close()
})

test('a source that is added is mirrored, one that is removed loses its mirror', async (t) => {
  const { start, until, file, mirrored, source } = await setUp(t)
  const mirrors = start(['docs'], true)
  await until(() => mirrored() === 1)
  mirrors.update([source('more')])
  await until(() => mirrored() === 2)
  assert.ok(existsSync(file('more')))
  assert.equal(existsSync(source('docs').root), false)
  mirrors.update([])
  await mirrors.close()
})

test('a source of the same name from elsewhere begins empty', async (t) => {
  const { start, until, mirrored, source, events } = await setUp(t)
  const { root, url } = source('docs')
  const table = openPageTable(root, 'https://other.example/sitemap.xml')
  table.put({
    ...{ url: 'https://other.example/x', path: 'other.example/x.html', bytes: 1, fetched_at: 1 },
    ...{ etag: undefined, last_modified: undefined, lastmod: undefined, problem: undefined },
  })
  table.setRound({ begun_at: undefined, ended_at: 2 ** 33, failed_at: undefined })
  table.close()
  const mirrors = start(['docs'], true)
  await until(() => mirrored() === 1)
  await mirrors.close()
  const after = openPageTable(root, url)
  assert.deepEqual(
    after.all().map((page) => page.url),
    [url.replace('/sitemap.xml', '/a')],
  )
  after.close()
  assert.equal(events.length, 1)
})

test('a mirror that is refreshed when it is old asks anew by itself', async (t) => {
  const { start, until, mirrored } = await setUp(t, 1)
  const mirrors = start(['docs'], true)
  await until(() => mirrored() === 2)
  await mirrors.close()
})

test('without sources there is no thread and nothing to close', async (t) => {
  const { start, asked } = await setUp(t)
  await start([], true).close()
  assert.deepEqual(asked, [])
})
