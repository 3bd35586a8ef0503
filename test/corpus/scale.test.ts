import assert from 'node:assert/strict'
import { test } from 'node:test'
import { indexed, testFolder } from './folder.ts'

test('5,000 small files are indexed in reasonable time, and known at once after a restart', async (t) => {
  const folder = testFolder(t)
  for (let index = 0; index < 5000; index++) {
    folder.write(
      `${index % 50}/${index}.md`,
      `# Note ${index}\n\nunique${index} ${'words of an ordinary note. '.repeat(40)}\n`,
    )
  }
  const first = await indexed(t, folder)
  assert.equal((await first.status()).documents, 5000)
  assert.deepEqual(await first.paths('unique4321'), ['21/4321.md'])
  const took = secondsOf(first.events)
  await first.close()
  const second = await indexed(t, folder)
  const again = secondsOf(second.events)
  t.diagnostic(`indexed in ${took} s, looked through again in ${again} s`)
  assert.ok(took < 60, `${took} s`)
  assert.ok(again < 10, `${again} s`)
})

test('a search answers while thousands of files are being indexed', async (t) => {
  const folder = testFolder(t, { '0.md': 'lighthouse' })
  const corpus = await indexed(t, folder)
  for (let index = 0; index < 2000; index++)
    folder.write(`more/${index}.md`, 'words of an ordinary note. '.repeat(200))
  for (let asked = 0; asked < 50; asked++) assert.deepEqual(await corpus.paths('lighthouse'), ['0.md'])
})

function secondsOf(events: readonly { type: string }[]): number {
  const event = events.find(({ type }) => type === 'corpus.indexed')
  return event && 'seconds' in event ? Number(event.seconds) : Number.NaN
}
