/** `corpusiq search`: what a client is given, beside a running server and without one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../support/running-server.ts'
import { callMcp, obtainTokens, registerClient } from '../support/scenario.ts'
import { corpusiq, emptyDirectory } from './program.ts'

test('search answers what the tool answers, while the server runs and after it', async () => {
  await using server = await startServer()
  await server.says(/Corpus indexed/)
  const { access_token } = await obtainTokens(server, await registerClient(server))
  const call = { name: 'search', arguments: { query: 'water -lighthouse', limit: 2 } }
  const { result } = (await (await callMcp(server, access_token, 'tools/call', call)).json()) as {
    result: { structuredContent: { results: unknown[]; indexed_at: string } }
  }
  const { results, indexed_at } = result.structuredContent
  assert.ok(results.length > 0)
  const data = ['--data-dir', server.dataDir, '--oauth-resource-url', server.url]
  const args = ['search', 'water', '--', '-lighthouse']
  const asked = await corpusiq(['search', 'water -lighthouse', '--limit', '2', '--json', ...data])
  assert.equal(asked.code, 0, asked.errors)
  const given = JSON.parse(asked.output)
  assert.deepEqual(given.results, results)
  assert.ok(Math.abs(Date.parse(given.indexed_at) - Date.parse(indexed_at)) < 60_000)
  await server.stop()
  const later = await corpusiq([args[0] ?? '', ...data, '--limit', '2', '--json', ...args.slice(1)])
  assert.deepEqual(JSON.parse(later.output).results, results, later.errors)

  // For people, with how it came to its score on demand.
  const shown = await corpusiq(['search', 'green tea water', '--explain', ...data])
  assert.match(
    shown.output,
    /^1\. Green tea\n {3}notes: tea\.md, .*20\d\d-\d\d-\d\d\n {3}\S.*\n {3}score \d+\.\d+: .*tea/,
  )
  assert.doesNotMatch((await corpusiq(['search', 'tea', ...data])).output, /score/)
  const explained = JSON.parse((await corpusiq(['search', 'tea', '--explain', '--json', ...data])).output)
  assert.equal(typeof explained.results[0].score, 'number')
  assert.ok(explained.results[0].explanation)
  const nothing = await corpusiq(['search', 'zugzwang', ...data])
  assert.equal(nothing.code, 0)
  assert.match(
    nothing.output,
    /^Nothing found\.\n\nAll was indexed at 20\d\d-\d\d-\d\d \d\d:\d\d \(UTC\)\.\n$/,
  )
  const other = await corpusiq(['search', 'tea', '--collection', 'other', '--json', ...data])
  assert.deepEqual(JSON.parse(other.output).results, [])
  const slip = await corpusiq(['search', 'tea', '--collection', 'other', ...data])
  assert.match(slip.output, /^Nothing found: there is no collection other\. There are: notes\n/)
})

test('search without an index, or with a limit that is none, is a fault of one line', async (t) => {
  const directory = await emptyDirectory(t)
  const none = await corpusiq(['search', 'tea', '--data-dir', directory])
  assert.equal(none.code, 1)
  assert.match(none.errors, /^corpusiq: There is no index in \S+\. Serve a folder once, [^\n]+\n$/)
  for (const limit of ['0', '51', 'x', '-1']) {
    const refused = await corpusiq(['search', 'tea', `--limit=${limit}`, '--data-dir', directory])
    assert.match(refused.errors, /^corpusiq: --limit \S+ is not from 1 to 50/)
  }
})
