import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openCatalogue } from '../index/catalogue.ts'
import { openDatabase, prepareDatabase } from '../index/database.ts'
import { createPreparation } from '../ranking/prepared-document.ts'
import { openAnswers } from './answers.ts'

/** An index that is written by `put`, each in a transaction of its own, and what answers from it. */
function openIndex(t: TestContext) {
  const base = mkdtempSync(join(tmpdir(), 'corpusiq-'))
  const file = join(base, 'corpus.db')
  prepareDatabase(file, [{ name: 'notes', kind: 'folder', root: base, excluded: [], added: false }])
  const [writing, reading] = [openDatabase(file), openDatabase(file, { readOnly: true })]
  t.after(() => {
    reading.close()
    writing.close()
    rmSync(base, { recursive: true })
  })
  const catalogue = openCatalogue(writing)
  const prepare = createPreparation()
  const facts = { size: 1, stamp: '1', identity: '1', modified: '2026-11-25T00:00:00.000Z' }
  return {
    put(path: string, text: string): void {
      const document = { title: path, text, media_type: 'text/markdown' }
      catalogue.commit(() => {
        catalogue.put('notes', path, facts, path, { ...document, ...prepare(path, document) })
      })
    },
    answers: openAnswers(reading),
  }
}

test('words of what was written are learnt between questions, once, unless a question came before', (t) => {
  const { put, answers } = openIndex(t)
  const warm = () => [answers.warm(), answers.warm()]
  assert.deepEqual(warm(), [false, false])
  put('a.md', 'playground')
  assert.deepEqual(warm(), [true, false])
  put('b.md', 'battlegrounds')
  assert.equal(answers.search('battleground', 10)[0]?.path, 'b.md')
  assert.deepEqual(warm(), [false, false])
})

test('a score is explained by its own parts, whatever was asked for before', (t) => {
  const { put, answers } = openIndex(t)
  put('a.md', 'green tea with milk')
  put('b.md', 'black tea, milk beside it')
  const explain = (question: string) => answers.search(question, 10, { explain: true })
  const hits = explain('milk tea')
  assert.equal(hits.length, 2)
  for (const { score, explanation = {} } of hits) {
    const { bm25, near, like_the_first } = explanation
    assert.ok(Math.abs(Number(bm25) + Number(near) + Number(like_the_first) - score) < 1e-9)
    assert.ok(Number(near) > 0)
  }
  // Of filters alone, newest first: nothing was scored.
  const parts = { bm25: 0, near: 0, like_the_first: 0, words: '' }
  assert.deepEqual(
    explain('type:md').map(({ explanation }) => explanation),
    [parts, parts],
  )
})
