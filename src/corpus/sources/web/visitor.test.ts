import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Served, type SiteUnderTest, siteUnderTest } from '../../../../test/support/web-site.ts'
import { PublicFetchFault } from '../../../ops/public-fetch.ts'
import { retryAfter, type Visit } from './visitor.ts'

const A = 'https://docs.example/a'
const B = 'https://docs.example/b'
const ROBOTS = 'https://docs.example/robots.txt'
const OK: Served = { body: 'x' }

const told = (visit: Visit) =>
  typeof visit === 'string' ? visit : visit instanceof PublicFetchFault ? visit.kind : visit.status
const visit = async (site: SiteUnderTest, url: string, isNamed = false) =>
  told(await site.visit(url, { maxBytes: 100, redirects: 5 }, isNamed))
const urls = (site: SiteUnderTest) => site.asked.map(({ url }) => url)

test('robots.txt is asked for once, before the first page, and obeyed', async () => {
  const site = siteUnderTest({ [ROBOTS]: { body: 'User-agent: *\nDisallow: /b' }, [A]: OK, [B]: OK })
  assert.equal(await visit(site, A), 200)
  assert.equal(await visit(site, B), 'disallowed')
  assert.equal(await visit(site, A), 200)
  assert.deepEqual(urls(site), [ROBOTS, A, A])
})

test('RFC 9309 §2.4 "Crawlers SHOULD NOT use the cached version for more than 24 hours"', async () => {
  const site = siteUnderTest({ [A]: OK })
  await visit(site, A)
  site.pass(86_000)
  await visit(site, A)
  assert.equal(urls(site).filter((url) => url === ROBOTS).length, 1)
  site.pass(1_000)
  await visit(site, A)
  assert.equal(urls(site).filter((url) => url === ROBOTS).length, 2)
})

test('RFC 9309 §2.3.1.3 where robots.txt is unavailable (4xx) everything may be read', async () => {
  for (const status of [400, 401, 403, 404, 410]) {
    assert.equal(await visit(siteUnderTest({ [ROBOTS]: { status }, [A]: OK }), A), 200, String(status))
  }
})

test('RFC 9309 §2.3.1.4 where robots.txt is unreachable "the crawler MUST assume complete disallow"', async () => {
  for (const served of [
    { status: 500 },
    { status: 503 },
    { status: 429 },
    { fault: 'connection' },
    { fault: 'time' },
    { fault: 'size' },
  ] as const) {
    const site = siteUnderTest({ [ROBOTS]: served, [A]: OK })
    assert.equal(await visit(site, A), 'away')
    assert.equal(await visit(site, A), 'away')
    assert.ok(!urls(site).includes(A))
    // Tried again later, since nothing says that it is so for ever.
    site.pages.delete(ROBOTS)
    site.pass(4_000)
    assert.equal(await visit(site, A), 200)
  }
})

test('RFC 9309 §2.3.1.2 beyond five redirects robots.txt counts as unavailable', async () => {
  assert.equal(await visit(siteUnderTest({ [ROBOTS]: { fault: 'redirect' }, [A]: OK }), A), 200)
})

test('a URL that the operator named is asked without a rule', async () => {
  const site = siteUnderTest({ [ROBOTS]: { body: 'User-agent: *\nDisallow: /' }, [A]: OK })
  assert.equal(await visit(site, A, true), 200)
  assert.deepEqual(urls(site), [A])
})

test('a redirect within the site is held against the same rules', async () => {
  const site = siteUnderTest({ [ROBOTS]: { body: 'User-agent: *\nDisallow: /b' }, [A]: { ...OK, url: B } })
  assert.equal(await visit(site, A), 'redirect')
  site.pages.set(A, { ...OK, url: 'https://docs.example/c' })
  assert.equal(await visit(site, A), 200)
})

test("between two requests to a host a second passes, robots.txt among them; other hosts don't wait for it", async () => {
  const other = 'https://other.example/a'
  const site = siteUnderTest({ [A]: OK, [other]: OK })
  await Promise.all([visit(site, A), visit(site, A), visit(site, other)])
  const times = (host: string) => site.asked.filter(({ url }) => url.includes(host)).map(({ at }) => at)
  const docs = times('docs')
  assert.equal(docs.length, 3)
  for (const [index, at] of docs.entries()) {
    // A request takes a tenth of a second, and the second is counted from its end.
    if (index > 0) assert.ok(at - (docs[index - 1] ?? 0) >= 1.1 - 1e-6, String(docs))
  }
  assert.equal(times('other').length, 2)
  assert.ok((times('other')[0] ?? Number.NaN) - (docs[0] ?? 0) < 1, 'waited for the other host')
})

test('the delay that a site asks for is kept, to half a minute, and never less than our own', async () => {
  for (const [asked, kept] of [
    ['10', 10],
    ['900', 30],
    ['0.1', 1],
  ] as const) {
    const site = siteUnderTest({ [ROBOTS]: { body: `User-agent: *\nCrawl-delay: ${asked}` }, [A]: OK })
    await visit(site, A)
    await visit(site, A)
    const [, first, second] = site.asked
    assert.ok(Math.abs((second?.at ?? 0) - (first?.at ?? 0) - kept - 0.1) < 1e-6, asked)
  }
})

test('RFC 9110 §10.2.3 a host that asks to wait a little is waited for once, and asked again', async () => {
  for (const status of [429, 503]) {
    const busy = { status, headers: { 'retry-after': '90' } }
    const site = siteUnderTest({ [A]: [busy, OK] })
    assert.equal(await visit(site, A), 200)
    assert.ok(site.waits.includes(90))
    const busier = siteUnderTest({ [A]: busy, [B]: OK })
    assert.equal(await visit(busier, A), 'away')
    assert.deepEqual(urls(busier), [ROBOTS, A, A])
    assert.equal(await visit(busier, B), 'away')
    busier.pass(100)
    assert.equal(await visit(busier, B), 200)
  }
})

test('a host that asks to wait long is left alone until then, without waiting', async () => {
  const site = siteUnderTest({ [A]: [{ status: 503, headers: { 'retry-after': '7200' } }, OK], [B]: OK })
  assert.equal(await visit(site, A), 'away')
  site.pass(7_000)
  assert.equal(await visit(site, B), 'away')
  assert.deepEqual(urls(site), [ROBOTS, A])
  site.pass(201)
  assert.equal(await visit(site, A), 200)
})

test('Retry-After is a number of seconds or a date', () => {
  const now = Date.parse('2026-11-25T06:00:00Z') / 1000
  assert.equal(retryAfter({ 'retry-after': '120' }, now), 120)
  assert.equal(retryAfter({ 'retry-after': 'Wed, 25 Nov 2026 06:02:00 GMT' }, now), 120)
  assert.equal(retryAfter({ 'retry-after': 'Wed, 25 Nov 2026 05:00:00 GMT' }, now), 0)
  assert.equal(retryAfter({ 'retry-after': 'soon' }, now), undefined)
  assert.equal(retryAfter({}, now), undefined)
})

test('a host that fails three times in a row is left alone for an hour', async () => {
  const site = siteUnderTest({ [A]: { fault: 'time' }, [B]: OK })
  assert.deepEqual([await visit(site, A), await visit(site, A), await visit(site, B)], ['time', 'time', 200])
  assert.deepEqual(
    [await visit(site, A), await visit(site, A), await visit(site, A)],
    ['time', 'time', 'time'],
  )
  const before = site.asked.length
  assert.equal(await visit(site, B), 'away')
  assert.equal(site.asked.length, before)
  site.pass(3_600)
  assert.equal(await visit(site, B), 200)
})

test('once stopped nothing more is asked', async () => {
  const site = siteUnderTest({ [A]: OK })
  site.stop()
  assert.equal(await visit(site, A), 'away')
  assert.deepEqual(urls(site), [])
})
