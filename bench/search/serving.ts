/** Serves a folder, asks it the questions that stand in standard input (JSON), and tells how it went. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { text } from 'node:stream/consumers'
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
  ...{ seconds, cpuSeconds: (user + system) / 1e6 },
  ...{ documents: (await corpus.status()).documents, residentMost },
  resident: process.memoryUsage.rss() / 1024 / 1024,
  // A timer of one millisecond is one late at least.
  late: { p99: delay.percentile(99) / 1e6, most: delay.max / 1e6 },
  ...{ first, again },
}
await corpus.close()
process.stdout.write(`${JSON.stringify(report)}\n`)
