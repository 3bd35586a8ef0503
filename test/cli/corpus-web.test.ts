/** `corpusiq corpus …` and pages of the web. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openPageTable } from '../../src/corpus/sources/web/page-table.ts'
import { corpusiq, emptyDirectory } from './program.ts'

test('a sitemap is added, its problems are listed, and what was fetched goes with it', async (t) => {
  const directory = await emptyDirectory(t)
  const data = ['--data-dir', join(directory, 'data')]
  const url = 'https://docs.example/sitemap.xml'
  const run = async (...args: string[]) => {
    const { code, output, errors } = await corpusiq(['corpus', ...args, '--json', ...data], {
      cwd: directory,
    })
    assert.equal(code, 0, errors)
    return JSON.parse(output)
  }
  assert.equal((await run('add', url, '--name', 'site')).kind, 'web')
  const listed: { name: string; kind: string; place: string }[] = await run('list')
  assert.deepEqual(
    listed.filter(({ kind }) => kind === 'web').map(({ name, place }) => [name, place]),
    [['site', url]],
  )
  assert.deepEqual(await run('problems'), [])

  // As the server leaves it.
  const mirror = join(directory, 'data', 'web', 'site')
  const table = openPageTable(mirror, url)
  const lost = 'https://docs.example/lost'
  const nothing = { path: undefined, etag: undefined, last_modified: undefined, lastmod: undefined }
  table.put({ url: lost, ...nothing, fetched_at: undefined, bytes: 0, problem: 'answered 404' })
  table.close()
  assert.deepEqual(await run('problems'), [{ source: 'site', path: lost, reason: 'answered 404' }])
  const problemsOf = (sources: { name: string; problems: number }[]) =>
    sources.find(({ name }) => name === 'site')?.problems
  assert.equal(problemsOf(await run('list')), 1)
  assert.equal(problemsOf((await run('status')).sources), 1)

  await run('remove', 'site')
  assert.equal(existsSync(mirror), false)
  assert.deepEqual(await run('problems'), [])
  const refused = await corpusiq(['corpus', 'add', 'http://docs.example/sitemap.xml', ...data])
  assert.equal(refused.code, 1)
  assert.match(refused.errors, /is not https/)
})
