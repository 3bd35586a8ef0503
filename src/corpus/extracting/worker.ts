/** A thread that draws documents out of files' bytes, one after the other; `pool.ts` watches its time and memory. */
import { parentPort } from 'node:worker_threads'
import { pack } from './packing.ts'
import type { ExtractionRequest } from './pool.ts'
import { createExtraction } from './prepared-extraction.ts'

const extract = createExtraction()

parentPort?.on('message', async (request: ExtractionRequest) => {
  for (const { path, bytes } of request) parentPort?.postMessage(pack(await extract(path, bytes)))
})
