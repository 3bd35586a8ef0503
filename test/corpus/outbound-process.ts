/** Opens the corpus of argv, searches it when it is indexed, and ends: `<folder> <data dir> <endpoint of embeddings or ''>`. */
import { openCorpus } from '../../src/corpus/open.ts'

const [folder = '', dataDir = '', url = ''] = process.argv.slice(2)
const indexed = Promise.withResolvers<void>()
const corpus = await openCorpus({
  folders: [folder],
  dataDir,
  emit: (event) => {
    if (event.type === 'corpus.indexed') indexed.resolve()
  },
  ...(url === '' ? {} : { embeddings: { url, model: 'm', key: undefined } }),
})
await indexed.promise
const [best] = await corpus.search('kennel', 1)
process.stdout.write(`FOUND ${best?.path}\n`)
await corpus.close()
