/** A thread that draws documents out of files' bytes, one after the other; `pool.ts` watches its time and memory. */
import { parentPort } from 'node:worker_threads'
import { extract } from '../extract/extract.ts'
import type { ExtractionRequest } from './pool.ts'

parentPort?.on('message', async (request: ExtractionRequest) => {
  for (const { path, bytes } of request) parentPort?.postMessage(await extract(path, bytes))
})
