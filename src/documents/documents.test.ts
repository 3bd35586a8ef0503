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

async function get(id: string, options: { signedIn: boolean }) {
  const asked: string[] = []
  const [route] = documentRoutes({
    corpus: {
      fetch: async (wanted) => {
        asked.push(wanted)
        return wanted === ID ? DOCUMENT : undefined
      },
    },
    currentAccount: async () =>
      options.signedIn ? { account: { account_id: 'a', username: 'owner' }, session: 's' } : undefined,
    signIn: ({ path }) => new Response(null, { status: 303, headers: { location: `/login?to=${path}` } }),
  })
  assert.ok(route)
  assert.equal(`${route.method} ${route.path} ${route.surface}`, 'GET /documents/:id browser')
  const path = `/documents/${id}`
  const context = { address: '127.0.0.1', path, query: '', parameter: id }
  const response = await route.handler(new Request(`http://localhost${path}`), context)
  assert.ok(!(response instanceof OAuthError))
  return { response, body: await response.text(), asked }
}

test('the signed-in person reads the document', async () => {
  const { response, body } = await get(ID, { signedIn: true })
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/html/)
  assert.equal(response.headers.get('cache-control'), 'no-store')
  assert.match(body, /# Heading/)
  assert.match(body, /2026-01-02/)
})

test('A-163 nothing of a document is markup: no script, no <base>, no refresh', async () => {
  const { body, response } = await get(ID, { signedIn: true })
  assert.doesNotMatch(body, /<script|<base|<meta http-equiv|<img/i)
  assert.match(body, /&lt;script&gt;alert\(1\)&lt;\/script&gt;&lt;base href=\/\/evil\.example&gt;/)
  assert.match(body, /&amp;amp;/)
  assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/)
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
