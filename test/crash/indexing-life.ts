/** A process that indexes until it is killed, and says whether it is busy: `node indexing-life.ts <folder> <data>` */
import { setTimeout as pause } from 'node:timers/promises'
import { openCorpus } from '../../src/corpus/open.ts'

const [folder = '', dataDir = ''] = process.argv.slice(2)
const corpus = await openCorpus({ folders: [folder], dataDir, emit: () => {}, rescan: 1 })
for (;;) {
  const { indexing, pending } = await corpus.status()
  process.stdout.write(indexing || pending > 0 ? 'busy\n' : 'idle\n')
  await pause(5)
}
