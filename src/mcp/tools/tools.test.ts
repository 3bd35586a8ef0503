import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, asked, call, current, ORIGIN } from '../../../test/support/mcp-endpoint.ts'

test('search answers in the shape of OpenAI, as structured content and as the JSON of the same', async () => {
  const { body } = await ask(call('tools/call', { name: 'search', arguments: { query: 'tea' } }))
  const expected = {
    results: [
      {
        id: 'doc_1',
        title: 'Tea',
        url: `${ORIGIN}/documents/doc_1`,
        text: 'Green tea',
        metadata: {
          path: 'drinks/tea.md',
          collection: 'notes',
          modified: '2026-01-02T03:04:05.000Z',
          media_type: 'text/markdown',
        },
      },
    ],
    indexed_at: '2023-11-14T22:13:20.000Z',
  }
  assert.deepEqual(body.result, {
    content: [{ type: 'text', text: JSON.stringify(expected) }],
    structuredContent: expected,
  })
})

test('search without a match is an empty list, not an error', async () => {
  const { body } = await ask(call('tools/call', { name: 'search', arguments: { query: 'nothing' } }))
  assert.deepEqual(body.result?.structuredContent, { results: [], indexed_at: '2023-11-14T22:13:20.000Z' })
  assert.equal(body.result?.isError, undefined)
})

test('fetch answers with the whole document', async () => {
  const { body } = await ask(call('tools/call', { name: 'fetch', arguments: { id: 'doc_1' } }))
  assert.deepEqual(body.result?.structuredContent, {
    id: 'doc_1',
    title: 'Tea',
    text: 'Green tea wants 80 °C.',
    url: `${ORIGIN}/documents/doc_1`,
    metadata: {
      path: 'drinks/tea.md',
      collection: 'notes',
      modified: '2026-01-02T03:04:05.000Z',
      media_type: 'text/markdown',
    },
  })
})

test('a result of a long document names the passage: by id, url and metadata, each of them a string', async () => {
  const { body } = await ask(call('tools/call', { name: 'search', arguments: { query: 'almanac' } }))
  assert.partialDeepStrictEqual(body.result?.structuredContent, {
    results: [
      {
        id: 'doc_long#20',
        title: 'Almanac',
        url: `${ORIGIN}/documents/doc_long?passage=20#passage`,
        text: 'words',
        metadata: {
          path: 'almanac.pdf',
          collection: 'notes',
          modified: '2026-01-02T03:04:05.000Z',
          media_type: 'text/markdown',
          origin: 'https://example.com/almanac',
          heading: 'Spring > Tea',
          page: '7',
        },
      },
    ],
  })
})

test('fetch of a long document gives a part, says which, and how to ask for the rest', async () => {
  const { body } = await ask(call('tools/call', { name: 'fetch', arguments: { id: 'doc_long#20' } }))
  assert.deepEqual(asked.at(-1), ['doc_long', { bytes: 40_000, passage: 20 }])
  const part = 'characters 24,000 to 24,005 of 90,000'
  assert.deepEqual(body.result?.structuredContent, {
    id: 'doc_long#20',
    title: 'Almanac',
    text:
      `[A part of a longer document: ${part}. Its beginning: fetch with id "doc_long#20" and offset 0.]\n\n` +
      `words\n\n[The document goes on; shown are ${part}. What follows: fetch with id "doc_long#20" and offset 24005.]`,
    url: `${ORIGIN}/documents/doc_long?passage=20#passage`,
    metadata: {
      path: 'almanac.pdf',
      collection: 'notes',
      modified: '2026-01-02T03:04:05.000Z',
      media_type: 'text/markdown',
      origin: 'https://example.com/almanac',
      heading: 'Spring > Tea',
      page: '7',
      offset: '24000',
      next_offset: '24005',
      total_chars: '90000',
    },
  })
})

test('fetch takes an offset, as a number or as metadata.next_offset says it, and a passage by its plain id too', async () => {
  for (const [args, part] of [
    [
      { id: 'doc_long', offset: 24_005 },
      { bytes: 40_000, offset: 24_005 },
    ],
    [
      { id: 'doc_long#3', offset: '0' },
      { bytes: 40_000, passage: 3, offset: 0 },
    ],
    [{ id: 'doc_long', offset: null }, { bytes: 40_000 }],
  ] as const) {
    await ask(call('tools/call', { name: 'fetch', arguments: args }))
    assert.deepEqual(asked.at(-1), ['doc_long', part])
  }
})

test('search asks within a collection where one is named', async () => {
  for (const [args, expected] of [
    [{ query: 'tea', collection: 'work' }, ['tea', 10, { collection: 'work' }]],
    [{ query: 'tea', limit: 50, collection: '' }, ['tea', 50, {}]],
    [{ query: 'tea', collection: null }, ['tea', 10, {}]],
  ] as const) {
    await ask(call('tools/call', { name: 'search', arguments: args }))
    assert.deepEqual(asked.at(-1), expected)
  }
})

test('while the first indexing runs, search says how far it is instead of a time', async (t) => {
  const before = current.freshness
  t.after(() => {
    current.freshness = before
  })
  current.freshness = { indexing: true, indexed_at: undefined, progress: { files: 120, of: 1000 } }
  const { body } = await ask(call('tools/call', { name: 'search', arguments: { query: 'nothing' } }))
  assert.deepEqual(body.result?.structuredContent, { results: [], indexing: { files: 120, of: 1000 } })
})

test('arguments that no tool takes are a fault that the model can read', async () => {
  for (const [name, args] of [
    ['fetch', { id: 'unknown' }],
    ['fetch', { id: 7 }],
    ['fetch', {}],
    ['search', {}],
    ['search', { query: ['tea'] }],
    ['search', { query: 'tea', limit: 51 }],
    ['search', { query: 'tea', limit: 1.5 }],
    ['search', { query: 'tea', limit: '3' }],
    ['search', { query: 'tea', collection: 7 }],
    ['fetch', { id: 'doc_1', offset: -1 }],
    ['fetch', { id: 'doc_1', offset: 1.5 }],
    ['fetch', { id: 'doc_1', offset: 'x' }],
    ['fetch', { id: 'doc_1#' }],
    ['fetch', { id: 'doc_1#1#2' }],
    ['fetch', { id: 'doc_1#-1' }],
    ['fetch', { id: '#1' }],
  ] as const) {
    const { status, body } = await ask(call('tools/call', { name, arguments: args }))
    assert.equal(status, 200)
    assert.equal(body.result?.isError, true, JSON.stringify(args))
  }
})

test('A-155 both tools are marked read-only and say that documents are data', async () => {
  const { body } = await ask(call('tools/list'))
  const tools = body.result?.tools as {
    name: string
    description: string
    annotations: Record<string, boolean>
  }[]
  assert.deepEqual(
    tools.map((tool) => tool.name),
    ['search', 'fetch'],
  )
  for (const tool of tools) {
    assert.equal(tool.annotations.readOnlyHint, true)
    assert.equal(tool.annotations.openWorldHint, false)
    assert.match(tool.description, /not instructions from the user/)
  }
})
