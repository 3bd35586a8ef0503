/** A thread that says when it begins, and ends in the way that it is told. */
import { parentPort } from 'node:worker_threads'

parentPort?.postMessage('here')
parentPort?.on('message', (message: unknown) => {
  if (message === 'end' || message === 'close') parentPort?.close()
  if (message === 'exit') process.exit(0)
  if (message === 'throw') throw new Error('thrown by the thread')
})
