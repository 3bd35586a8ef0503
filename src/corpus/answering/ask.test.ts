import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Event } from '../../ops/events.ts'
import { prepareDatabase } from '../index/database.ts'
import { startAnswering } from './ask.ts'

test('a thread that fails is started again, and every question meanwhile is refused, not lost', async (t) => {
  const base = mkdtempSync(join(tmpdir(), 'corpusiq-'))
  t.after(() => rmSync(base, { recursive: true }))
  const file = join(base, 'corpus.db')
  const events: Event[] = []
  // Without the file the thread fails at once.
  const answering = startAnswering({ file }, (event) => events.push(event))
  t.after(() => answering.close())
  await assert.rejects(answering.ask({ ask: 'problems' }), /started again/)
  await assert.rejects(answering.ask({ ask: 'problems' }), /started again/)
  assert.equal(events[0]?.type, 'corpus.problem')
  prepareDatabase(file, [])
  let problems: unknown
  for (const end = performance.now() + 30_000; problems === undefined && performance.now() < end; ) {
    problems = await answering.ask({ ask: 'problems' }).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.deepEqual(problems, [])
})

test('closing answers what was asked, and refuses what comes later', async (t) => {
  const base = mkdtempSync(join(tmpdir(), 'corpusiq-'))
  t.after(() => rmSync(base, { recursive: true }))
  const file = join(base, 'corpus.db')
  prepareDatabase(file, [])
  const answering = startAnswering({ file }, () => {})
  const asked = answering.ask({ ask: 'search', text: 'tea', limit: 1, options: {} })
  await answering.close()
  assert.deepEqual(await asked, [])
  await assert.rejects(answering.ask({ ask: 'problems' }), /closed/)
})
