/** A thread in the place of the one that reads documents: a file's path is what it does. */
import { parentPort, threadId } from 'node:worker_threads'
import { type PackedFiles, unpackFiles } from '../../src/corpus/extracting/packing.ts'

parentPort?.on('message', (request: PackedFiles) => {
  for (const { path } of unpackFiles(request)) {
    if (path === 'loop') for (;;);
    if (path === 'memory') fill()
    if (path === 'exit') process.exit()
    if (path === 'throw') throw new Error('on purpose')
    const text = path === 'thread' ? String(threadId) : path
    parentPort?.postMessage({ title: text, media_type: 'text/plain' })
  }
})

function fill(): void {
  const all: number[][] = []
  for (;;) all.push(Array.from({ length: 1000 }, (_, index) => index))
}
