import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CorpusStatus } from '../corpus/corpus.ts'
import { progressLine, showProgress } from './indexing-progress.ts'

const at = (documents: number, pending: number, problems = 0): CorpusStatus => ({
  ...{ documents, pending, indexing: true, indexed_at: undefined, alive_at: undefined },
  sources: [{ name: 'notes', kind: 'folder', documents, pending, problems }],
})

test('the line says how many of the known files are in the index, those that cannot be read among them', () => {
  assert.equal(progressLine(at(0, 0), 0), 'Indexing: looking for files')
  assert.equal(progressLine(at(900, 3000, 100), 4000), 'Indexing [#####---------------] 25 % of 4,000 files')
  assert.equal(progressLine(at(0, 1), 1), 'Indexing [--------------------] 0 % of 1 file')
  assert.equal(progressLine(at(3999, 1), 4000), 'Indexing [###################-] 99 % of 4,000 files')
})

async function shown(isTTY: boolean, ...statuses: CorpusStatus[]): Promise<string> {
  let text = ''
  await showProgress(
    async () => statuses.shift() ?? { ...at(4, 0), indexing: false },
    { isTTY, write: (part) => (text += part) },
    async () => {},
  )
  return text
}

test('a terminal sees one line that moves and goes; anything else sees nothing', async () => {
  const text = await shown(true, at(1, 3), at(2, 2))
  assert.deepEqual(text.match(/\d+ %/g), ['25 %', '50 %'])
  assert.ok(text.endsWith('\u001B[2K'))
  assert.ok(!text.includes('\n'))
  assert.equal(await shown(false, at(1, 3)), '')
})

test('a file that turns out to be nothing to read is done: the total does not shrink', async () => {
  const text = await shown(true, at(0, 8), at(1, 6, 1), at(1, 2, 1))
  assert.deepEqual(text.match(/\d+ % of \d+/g), ['0 % of 8', '25 % of 8', '75 % of 8'])
})

test('an indexing that has ended before anybody notices shows nothing', async () => {
  assert.equal(await shown(true), '')
})
