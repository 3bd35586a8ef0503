/** `/mcp` over a corpus of two documents, for tests of what it answers. */
import assert from 'node:assert/strict'
import type { Corpus, CorpusDocument, Freshness } from '../../src/corpus/corpus.ts'
import { createGuard } from '../../src/mcp/guard.ts'
import { mcpRoutes } from '../../src/mcp/server.ts'
import { OAuthError } from '../../src/oauth/errors.ts'
import type { AccessTokenClaims } from '../../src/oauth/grant.ts'
import type { Event } from '../../src/ops/events.ts'
import type { Settings } from '../../src/ops/settings.ts'

export const ORIGIN = 'https://notes.example.com'
export const BOTH = 'corpus:read corpus:search'

export const DOCUMENT: CorpusDocument = {
  id: 'doc_1',
  title: 'Tea',
  path: 'drinks/tea.md',
  collection: 'notes',
  media_type: 'text/markdown',
  bytes: 20,
  modified: '2026-01-02T03:04:05.000Z',
  text: 'Green tea wants 80 °C.',
  offset: 0,
  length: 22,
}

/** Twelve characters a passage, a hundred passages. */
export const LONG: CorpusDocument = {
  ...DOCUMENT,
  id: 'doc_long',
  title: 'Almanac',
  path: 'almanac.pdf',
  origin: 'https://example.com/almanac',
  text: 'words',
  offset: 24_000,
  length: 90_000,
  marked: { passage: 20, heading: 'Spring > Tea', page: 7, start: 0, end: 5 },
}

/** What the corpus was asked for, by tools and resources. */
export const asked: unknown[][] = []

const corpus: Corpus = {
  search: async (query, limit, options) => {
    asked.push([query, limit, options])
    if (query === 'almanac') {
      const place = { passage: 20, heading: 'Spring > Tea', page: 7 }
      return [{ ...LONG, ...place, text: 'words', score: 1, passages: 100 }]
    }
    return query === 'tea'
      ? [{ ...DOCUMENT, text: 'Green tea', score: 1, passage: 0, passages: 1 }].slice(0, limit)
      : []
  },
  fetch: async (id, part) => {
    asked.push([id, part])
    assert.match(id, /^[A-Za-z0-9_-]{1,200}$/, 'nothing else is worth a look-up by resource')
    if (id === 'broken') throw new Error('SQLITE_IOERR /home/someone/secret/path')
    return [DOCUMENT, LONG].find((document) => document.id === id)
  },
  list: async ({ cursor }) => (cursor === undefined ? [DOCUMENT] : []),
  freshness: () => current.freshness,
  status: async () => ({
    documents: 1,
    indexing: false,
    indexed_at: undefined,
    pending: 0,
    alive_at: undefined,
    sources: [],
  }),
  problems: async () => [],
  close: async () => {},
}

/** How fresh the index says it is; for a test to change, and to put back. */
export const current: { freshness: Freshness } = { freshness: { indexing: false, indexed_at: 1_700_000_000 } }

/** Access tokens of this test are their own scope: `good:<scope>` with `+` for a space. */
export function endpoint(settings: Partial<Settings> = {}) {
  const events: Event[] = []
  const complete = { resourceUrl: ORIGIN, corsAllowOrigins: '*', ...settings } as Settings
  const guard = createGuard({
    settings: complete,
    emit: (event) => events.push(event),
    verifyAccess: async (token) =>
      token.startsWith('good/')
        ? ({ scope: token.slice(5).replaceAll('+', ' ').replaceAll('.', ':') } as AccessTokenClaims)
        : new OAuthError('invalid_token', 'the access token is not valid'),
  })
  const [route] = mcpRoutes({ settings: complete, corpus, guard })
  assert.ok(route)
  const fetch = async (init: RequestInit & { headers?: Record<string, string> }) => {
    const request = new Request(`${ORIGIN}/mcp`, { method: 'POST', ...init })
    const answer = await route.handler(request, {
      address: '192.0.2.1',
      path: '/mcp',
      query: '',
      parameter: '',
    })
    assert.ok(answer instanceof Response)
    return answer
  }
  return { fetch, events }
}

export type Answer = {
  result?: Record<string, unknown>
  error?: { code: number; message: string; data?: unknown }
}

export const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

export function as(scope: string): Record<string, string> {
  return { ...HEADERS, authorization: `Bearer good/${scope.replaceAll(' ', '+').replaceAll(':', '.')}` }
}

export function call(method: string, params: Record<string, unknown> = {}, id: number | string = 1) {
  return { jsonrpc: '2.0', id, method, params }
}

export async function ask(message: unknown, scope = BOTH, headers: Record<string, string> = {}) {
  const response = await endpoint().fetch({
    body: JSON.stringify(message),
    headers: { ...as(scope), ...headers },
  })
  const text = await response.text()
  return { status: response.status, response, body: (text === '' ? undefined : JSON.parse(text)) as Answer }
}
