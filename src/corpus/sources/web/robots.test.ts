import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ALLOW_ALL, ALLOW_NOTHING, parseRobots } from './robots.ts'

const robots = (...lines: string[]) => parseRobots(lines.join('\n'))

test('RFC 9309 §2.2.1 "Crawlers MUST use case-insensitive matching to find the group that matches the product token"', () => {
  for (const agent of ['CorpusIQ', 'corpusiq', 'CORPUSIQ', 'CorpusIQ/1.0', ' corpusiq  # us']) {
    assert.equal(robots(`User-Agent: ${agent}`, 'Disallow: /').allows('/a'), false, agent)
  }
  for (const agent of ['Corpus', 'CorpusIQ-Bot', 'Googlebot']) {
    assert.equal(robots(`User-agent: ${agent}`, 'Disallow: /').allows('/a'), true, agent)
  }
})

test('RFC 9309 §2.2.1 "the matching groups\' rules MUST be combined into one group"', () => {
  const { allows } = robots(
    'user-agent: corpusiq',
    'disallow: /a',
    '',
    'user-agent: x',
    'disallow: /',
    '',
    'user-agent: corpusiq',
    'disallow: /b',
  )
  assert.deepEqual([allows('/a'), allows('/b'), allows('/c')], [false, false, true])
})

test('RFC 9309 §2.2.1 a group may begin with several user agents', () => {
  const { allows } = robots('User-agent: x', 'User-agent: CorpusIQ', 'User-agent: y', 'Disallow: /a')
  assert.equal(allows('/a'), false)
})

test('RFC 9309 §2.2.1 "If no matching group exists, crawlers MUST obey the group with a user-agent line with the "*" value, if present."', () => {
  const star = ['User-agent: *', 'Disallow: /a']
  assert.equal(robots(...star).allows('/a'), false)
  assert.equal(robots(...star, 'User-agent: CorpusIQ', 'Disallow: /b').allows('/a'), true)
  assert.equal(robots('User-agent: CorpusIQ', 'Disallow:', ...star).allows('/a'), true)
  assert.equal(robots('User-agent: x', 'Disallow: /').allows('/a'), true)
})

test('RFC 9309 §2.2.2 "The most specific match is the match that has the most octets"', () => {
  const { allows } = robots(
    'User-agent: *',
    'Allow: /example/page/',
    'Disallow: /example/page/disallowed.gif',
  )
  assert.equal(allows('/example/page/'), true)
  assert.equal(allows('/example/page/disallowed.gif'), false)
  const page = robots('User-agent: *', 'Allow: /page', 'Disallow: /*.html')
  assert.deepEqual([page.allows('/page.html'), page.allows('/page')], [false, true])
})

test('RFC 9309 §2.2.2 "If an "allow" rule and a "disallow" rule are equivalent, then the "allow" rule SHOULD be used"', () => {
  assert.equal(robots('User-agent: *', 'Disallow: /a', 'Allow: /a').allows('/a'), true)
  assert.equal(robots('User-agent: *', 'Allow: /a', 'Disallow: /a').allows('/a'), true)
})

test('RFC 9309 §2.2.2 "The matching SHOULD be case sensitive", and the /robots.txt URI is implicitly allowed', () => {
  const { allows } = robots('User-agent: *', 'Disallow: /A', 'Disallow: /r')
  assert.deepEqual(
    [allows('/A'), allows('/a'), allows('/robots.txt'), allows('/robots')],
    [false, true, true, false],
  )
})

test('RFC 9309 §2.2.2 the comparison is of percent-encoded octets', () => {
  for (const [rule, path, matched] of [
    ['/foo/bar?baz=quz', '/foo/bar?baz=quz', true],
    ['/foo/bar/ツ', '/foo/bar/%E3%83%84', true],
    ['/foo/bar/%E3%83%84', '/foo/bar/%E3%83%84', true],
    ['/foo/bar/%e3%83%84', '/foo/bar/%E3%83%84', true],
    ['/foo/bar/%62%61%7A', '/foo/bar/baz', true],
    ['/foo/bar/baz', '/foo/bar/%62%61%7A', true],
    ['/foo%2Fbar', '/foo/bar', false],
  ] as const) {
    assert.equal(robots('User-agent: *', `Disallow: ${rule}`).allows(path), !matched, `${rule} ${path}`)
  }
})

test('RFC 9309 §2.2.3 `*` is any signs, `$` the end, and a comment ends a line', () => {
  for (const [rule, path, matched] of [
    ['/*.gif$', '/a/b.gif', true],
    ['/*.gif$', '/a/b.gif?x', false],
    ['/*.gif', '/a/b.gif?x', true],
    ['/a$', '/a', true],
    ['/a$', '/ab', false],
    ['/this/*/exactly', '/this/is/exactly/so', true],
    ['/this/*/exactly', '/this/exactly', false],
    ['*/b', '/a/b', true],
    ['/a*b*c$', '/abXbc', true],
    ['/a*bc$', '/abc/bd', false],
    ['/ab*ba$', '/aba', false],
    ['/path/file-with-a-%2A.html', '/path/file-with-a-*.html', true],
    ['/path/foo-%24', '/path/foo-$', true],
    ['/path/foo-%24', '/path/foo-', false],
    ['/a # comment', '/a', true],
    ['', '/a', false],
  ] as const) {
    assert.equal(robots('User-agent: *', `Disallow: ${rule}`).allows(path), !matched, `${rule} ${path}`)
  }
})

test('RFC 9309 §2.2 what is no rule is passed over: other records, text, a byte order mark, any ends of lines', () => {
  const text =
    '\uFEFFUser-agent: *\r\nSitemap: https://docs.example/s.xml\rHost x\r\n<html>\nDisallow : /a\nAllow: /a/b'
  const { allows } = parseRobots(text)
  assert.deepEqual([allows('/a'), allows('/a/b'), allows('/c')], [false, true, true])
  assert.equal(robots('Disallow: /', 'User-agent: *').allows('/a'), true)
})

test('a delay is taken from the group that is obeyed', () => {
  assert.equal(robots('User-agent: *', 'Crawl-delay: 5').crawlDelay, 5)
  assert.equal(robots('User-agent: *', 'Crawl-delay: 0.5').crawlDelay, 0.5)
  assert.equal(
    robots('User-agent: CorpusIQ', 'Crawl-delay: 7', 'User-agent: *', 'Crawl-delay: 5').crawlDelay,
    7,
  )
  for (const delay of ['-1', 'soon', '1e9', 'Infinity', ''])
    assert.equal(robots('User-agent: *', `Crawl-delay: ${delay}`).crawlDelay, undefined, delay)
})

test('everything and nothing', () => {
  assert.equal(ALLOW_ALL.allows('/a'), true)
  assert.equal(ALLOW_NOTHING.allows('/a'), false)
})

test('A-174 patterns made to be slow are not', () => {
  const rules = Array.from({ length: 2000 }, (_, index) => `Disallow: /${'a*'.repeat(50)}b${index}$`)
  const { allows } = robots('User-agent: *', ...rules)
  const began = process.cpuUsage().user
  assert.equal(allows(`/${'a'.repeat(5000)}`), true)
  // By far less than a second; backtracking would take years.
  assert.ok(process.cpuUsage().user - began < 20_000_000)
})
