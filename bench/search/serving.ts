/** Serves a folder, asks it the questions that stand in standard input (JSON), and tells how it went. */

import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { openCorpus } from '../../src/corpus/open.ts'
import type { ServingReport } from './scale.ts'

const [folder = '', dataDir = ''] = process.argv.slice(2)
const questions = JSON.parse(await text(process.stdin)) as string[]
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
const { promise: indexed, resolve } = Promise.withResolvers<number>()
const corpus = await openCorpus({
  folders: [folder],
  dataDir,
  emit(event) {
    if (event.type === 'corpus.indexed') resolve(event.seconds)
  },
})
const seconds = await indexed
delay.disable()
const { user, system } = process.cpuUsage()
const merged = await settled(join(dataDir, 'corpus.db'))
const residentMost = process.resourceUsage().maxRSS / 1024
const first: number[] = []
const again: number[] = []
for (const times of [first, again]) {
  for (const question of questions) {
    const asked = performance.now()
    await corpus.search(question, 10)
    times.push(performance.now() - asked)
  }
}
const report: ServingReport = {
  ...{ seconds, merged, cpuSeconds: (user + system) / 1e6 },
  ...{ documents: (await corpus.status()).documents, residentMost },
  resident: process.memoryUsage.rss() / 1024 / 1024,
  // A timer of one millisecond is one late at least.
  late: { p99: delay.percentile(99) / 1e6, most: delay.max / 1e6 },
  ...{ first, again },
}
await corpus.close()
process.stdout.write(`${JSON.stringify(report)}\n`)

/** Until the index has been as it is for three seconds; resolves to the seconds before that. */
async function settled(file: string): Promise<number> {
  const database = new DatabaseSync(file, { readOnly: true })
  const segments = database.prepare('select group_concat(id) as ids from segment')
  const began = performance.now()
  let before = ''
  let since = began
  while (performance.now() - since < 3000) {
    await setTimeout(100)
    const now = String(segments.get()?.ids)
    if (now !== before) since = performance.now()
    before = now
  }
  database.close()
  return (since - began) / 1000
}
