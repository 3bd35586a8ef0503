/** A thread that draws documents out of files' bytes, one after the other; `pool.ts` watches its time and memory. */
import { parentPort } from 'node:worker_threads'
import { type PackedFiles, pack, unpackFiles } from './packing.ts'
import { createExtraction } from './prepared-extraction.ts'

const extract = createExtraction()

parentPort?.on('message', async (request: PackedFiles) => {
  for (const { path, bytes } of unpackFiles(request))
    parentPort?.postMessage(pack(await extract(path, bytes)))
})
