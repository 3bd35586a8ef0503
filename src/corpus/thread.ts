import { Worker } from 'node:worker_threads'

/** A worker thread that is started again when it fails, ever more slowly while it keeps failing. */
export type Thread = {
  /** False where no thread runs at the moment, so that the message is lost. */
  post(message: unknown): boolean
  /** Asks the thread to end in order; ends it after three seconds. */
  close(): Promise<void>
}

/** MiB of short-lived objects before a thread looks for what is left of them: by default it is three times as much. */
const YOUNG = 16

/** Milliseconds. */
const PATIENCE = { first: 250, most: 60_000, settled: 60_000, close: 3_000 }
/** Looks at a thread that shows signs of life, the milliseconds between two, and how many may pass without one. */
const LOOKS = { every: 5_000, silent: 12 }

export function startThread(options: {
  /** `./name/worker`, without its ending, relative to `src/corpus/`. */
  module: string
  data: unknown
  receive: (message: unknown) => void
  /** The thread failed, and what was asked of it is lost. */
  failed: (fault: unknown) => void
  /** The thread sends something every second or so: one that is silent for a minute is ended and started again. */
  showsLife?: boolean
}): Thread {
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const url = new URL(options.module + ending, import.meta.url)
  let closing = false
  let wait = PATIENCE.first
  let restart: NodeJS.Timeout | undefined
  let worker: Worker | undefined = start()

  function start(): Worker {
    const began = performance.now()
    // Documents are strangers' work: the thread that reads them gets nothing from the environment.
    const started = new Worker(url, {
      workerData: options.data,
      env: {},
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
    })
    let fault: unknown
    let silent = 0
    started.on('message', (message) => {
      silent = 0
      options.receive(message)
    })
    // Looks are counted, not time: while the machine sleeps nobody looks.
    const looking = setInterval(() => {
      if (!options.showsLife || closing || ++silent <= LOOKS.silent) return
      fault ??= new Error('the thread gave no sign of life for a minute')
      void started.terminate()
    }, LOOKS.every).unref()
    started.on('error', (error) => {
      fault = error
    })
    started.on('exit', (code) => {
      worker = undefined
      clearInterval(looking)
      if (closing) return
      options.failed(fault ?? new Error(`the thread ended with code ${code}`))
      // Whoever was told may have closed it.
      if (closing) return
      wait = performance.now() - began > PATIENCE.settled ? PATIENCE.first : Math.min(wait * 2, PATIENCE.most)
      restart = setTimeout(() => {
        worker = start()
      }, wait)
    })
    return started
  }

  return {
    post(message) {
      worker?.postMessage(message)
      return worker !== undefined
    },
    async close() {
      closing = true
      clearTimeout(restart)
      const ended = worker
      if (!ended) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => void ended.terminate(), PATIENCE.close)
        ended.once('exit', () => {
          clearTimeout(timer)
          resolve()
        })
        ended.postMessage('close')
      })
    },
  }
}
