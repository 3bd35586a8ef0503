/** A process that indexes the folder and dies when it is told: `node indexing-process.ts <folder> <data> <documents>` */
import { setImmediate } from 'node:timers/promises'
import { openCorpus } from '../../src/corpus/open.ts'

const [folder = '', dataDir = '', enough = ''] = process.argv.slice(2)
const corpus = await openCorpus({ folders: [folder], dataDir, emit: () => {} })
for (;;) {
  await setImmediate()
  const { documents, indexing } = await corpus.status()
  if (documents >= Number(enough)) {
    // In the midst of indexing, with no chance to end anything in order.
    process.stdout.write(`${documents} ${indexing}\n`, () => process.kill(process.pid, 'SIGKILL'))
    await new Promise(() => {})
  }
}
