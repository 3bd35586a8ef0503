import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CorpusDocument } from '../corpus/corpus.ts'
import { OAuthError } from '../oauth/errors.ts'
import { documentRoutes } from './documents.ts'

const ID = 'AbC_-0123456789abcdefg'
const DOCUMENT: CorpusDocument = {
  id: ID,
  title: '</title><script>alert(1)</script>',
  path: 'a/"><img src=x onerror=alert(1)>.html',
  collection: 'notes',
  media_type: 'text/markdown',
  bytes: 10,
  modified: '2026-01-02T03:04:05.000Z',
  text: '# Heading\n\n<script>alert(1)</script><base href=//evil.example><meta http-equiv=refresh content="0;url=//evil.example">&amp;',
  offset: 0,
  length: 120,
}

const LONG: CorpusDocument = {
  ...DOCUMENT,
  id: 'long',
  media_type: 'text/plain',
  origin: 'https://example.com/<a>',
  text: 'before <the> after',
  offset: 1000,
  length: 5000,
  marked: { passage: 7, page: 3, heading: 'One > <Two>', start: 7, end: 12 },
}

async function get(id: string, options: { signedIn: boolean; query?: string; document?: CorpusDocument }) {
  const asked: string[] = []
  const parts: unknown[] = []
  const document = options.document ?? DOCUMENT
  const [route] = documentRoutes({
    corpus: {
      fetch: async (wanted, part) => {
        asked.push(wanted)
        parts.push(part)
        return wanted === document.id ? document : undefined
      },
    },
    currentAccount: async () =>
      options.signedIn ? { account: { account_id: 'a', username: 'owner' }, session: 's' } : undefined,
    signIn: ({ path }) => new Response(null, { status: 303, headers: { location: `/login?to=${path}` } }),
  })
  assert.ok(route)
  assert.equal(`${route.method} ${route.path} ${route.surface}`, 'GET /documents/:id browser')
  const path = `/documents/${id}`
  const context = { address: '127.0.0.1', path, query: options.query ?? '', parameter: id }
  const response = await route.handler(new Request(`http://localhost${path}`), context)
  assert.ok(!(response instanceof OAuthError))
  return { response, body: await response.text(), asked, parts }
}

test('the signed-in person reads the document', async () => {
  const { response, body } = await get(ID, { signedIn: true })
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/html/)
  assert.equal(response.headers.get('cache-control'), 'no-store')
  assert.match(body, /<div class="text"><h2>Heading<\/h2>/)
  assert.match(body, /2026-01-02/)
})

test('A-163 nothing of a document is markup: no script, no <base>, no refresh', async () => {
  for (const media_type of ['text/markdown', 'text/plain', 'text/html', 'image/svg+xml']) {
    const { body, response } = await get(ID, { signedIn: true, document: { ...DOCUMENT, media_type } })
    assert.doesNotMatch(body, /<script|<base|<meta http-equiv|<img/i)
    assert.match(body, /&lt;script&gt;alert\(1\)&lt;\/script&gt;&lt;base href=\/\/evil\.example&gt;/)
    // In Markdown `&amp;` is how to write `&`.
    assert.match(body, media_type === 'text/markdown' ? /&amp;\s*<\/p>/ : /&amp;amp;<\/pre>/)
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/)
  }
})

test('a line of a mail is a line to its reader; one that an editor wrapped goes on', async () => {
  const text = 'From: Anna\nTo: Bo\n\nUnder\nthe mat.'
  for (const [path, markup] of [
    ['archive.mbox', '<p>From: Anna<br>\nTo: Bo</p>\n<p>Under<br>\nthe mat.</p>'],
    ['note.md', '<p>From: Anna\nTo: Bo</p>\n<p>Under\nthe mat.</p>'],
  ] as const) {
    const { body } = await get(ID, { signedIn: true, document: { ...DOCUMENT, path, text } })
    assert.ok(body.includes(markup), body)
  }
})

test('an unknown id is a page that says so', async () => {
  for (const id of ['unknown', '..%2f..%2fetc%2fpasswd', '', 'a'.repeat(100_000), '%00']) {
    const { response, body } = await get(id, { signedIn: true })
    assert.equal(response.status, 404)
    assert.match(body, /No such document/)
  }
})

test('A-156 what cannot be an id is not even looked up', async () => {
  for (const id of ['..%2f', 'a.md', 'a'.repeat(65)]) {
    assert.deepEqual((await get(id, { signedIn: true })).asked, [])
  }
})

test('whoever is not signed in is sent to sign in, for any id alike, and back', async () => {
  for (const id of [ID, 'unknown']) {
    const { response, body, asked } = await get(id, { signedIn: false })
    assert.equal(response.status, 303)
    assert.equal(response.headers.get('location'), `/login?to=/documents/${id}`)
    assert.equal(body, '')
    assert.deepEqual(asked, [])
  }
})

test('with ?passage= the passage is marked, and the page says where it stands', async () => {
  const { body, parts } = await get('long', { signedIn: true, query: 'passage=7', document: LONG })
  assert.deepEqual(parts, [{ bytes: 40_000, passage: 7 }])
  assert.match(body, /<pre class="text">before <mark id="passage">&lt;the&gt;<\/mark> after<\/pre>/)
  assert.match(body, /<a href="#passage">To the passage that was found<\/a> \(page 3, One &gt; &lt;Two&gt;\)/)
  assert.match(body, /, from https:\/\/example\.com\/&lt;a&gt;, changed/)
  const markdown = { ...LONG, media_type: 'text/markdown' }
  const rendered = await get('long', { signedIn: true, query: 'passage=7', document: markdown })
  assert.match(rendered.body, /<p><mark id="passage">before &lt;the&gt; after<\/mark><\/p>/)
})

test('a long document has links to what is before and after, within itself', async () => {
  const { body, parts } = await get('long', { signedIn: true, query: 'offset=1000', document: LONG })
  assert.deepEqual(parts, [{ bytes: 40_000, offset: 1000 }])
  const links = [...body.matchAll(/href="(\/documents\/[^"]*)"/g)].map(([, target]) => target)
  const three = ['/documents/long?offset=0', '/documents/long?offset=982', '/documents/long?offset=1018']
  assert.deepEqual(links, [...three, ...three])
  assert.doesNotMatch((await get(ID, { signedIn: true })).body, /offset=/)
})

test('a passage that the part does not hold is not marked', async () => {
  for (const [start, end] of [
    [-20, -3],
    [100, 120],
  ] as const) {
    for (const media_type of ['text/plain', 'text/markdown']) {
      const document = { ...LONG, media_type, marked: { passage: 1, start, end } }
      assert.doesNotMatch((await get('long', { signedIn: true, document })).body, /<mark|#passage/)
    }
  }
})

test('what is no number is not asked for', async () => {
  for (const query of [
    'passage=x',
    'passage=-1',
    'offset=1e9',
    'passage=',
    'passage=1.5',
    'offset=99999999999',
    '&&=%ff',
  ]) {
    assert.deepEqual((await get(ID, { signedIn: true, query })).parts, [{ bytes: 40_000 }], query)
  }
})
