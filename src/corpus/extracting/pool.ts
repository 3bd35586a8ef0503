import { Worker } from 'node:worker_threads'
import { type PackedDocument, packFiles, unpack } from './packing.ts'
import type { Extraction } from './prepared-extraction.ts'

/** Draws documents out of files' bytes, in threads of their own and within limits. */
export type Extractors = {
  /**
   * The document in the bytes, or in one sentence why there is none. `isSmall` says that it takes no time to speak of:
   * several such files travel together. Never rejects.
   */
  extract(path: string, bytes: Uint8Array, isSmall: boolean): Promise<Extraction>
  close(): Promise<void>
}

export type ExtractionLimits = {
  /** Threads at once; one of them is kept for small files, so that a book never holds up a note. */
  readonly threads: number
  /** For one file. */
  readonly seconds: number
  /** Of JavaScript objects in one thread, in MiB. */
  readonly memory: number
  /** Seconds after which a thread that has nothing to do ends. */
  readonly idle: number
}

const LIMITS: ExtractionLimits = { threads: 2, seconds: 30, memory: 512, idle: 5 }

/** MiB of short-lived objects before a thread looks for what is left of them. */
const YOUNG = 16

/** What travels together. */
const BATCH = { files: 32, bytes: 512 * 1024 }

type Task = {
  readonly path: string
  readonly bytes: Uint8Array
  readonly isSmall: boolean
  readonly resolve: (extraction: Extraction) => void
}

/** `module` is what a thread runs, by its URL without the ending. */
export function createExtractors(
  limits: Partial<ExtractionLimits> = {},
  module: URL = new URL('./worker', import.meta.url),
): Extractors {
  const { threads, seconds, memory, idle } = { ...LIMITS, ...limits }
  const small: Task[] = []
  const large: Task[] = []
  const pool = new Set<Thread>()
  let closed = false

  function dispatch(): void {
    while (!closed) {
      const busyWithLarge = [...pool].filter((thread) => thread.isBusyWithLarge()).length
      const mayBeLarge = large.length > 0 && busyWithLarge < Math.max(threads - 1, 1)
      if (small.length === 0 && !mayBeLarge) return
      const thread = [...pool].find((one) => !one.isBusy()) ?? (pool.size < threads ? start() : undefined)
      if (!thread) return
      // Small ones first: they are done in no time.
      const one = small.length > 0 ? undefined : large.shift()
      thread.give(one ? [one] : takeBatch())
    }
  }

  function takeBatch(): Task[] {
    let bytes = 0
    let files = 0
    while (files < BATCH.files && files < small.length && (files === 0 || bytes < BATCH.bytes)) {
      bytes += small[files]?.bytes.byteLength ?? 0
      files++
    }
    return small.splice(0, files)
  }

  function start(): Thread {
    const thread = startThread({
      ...{ module, seconds, memory, idle },
      free: dispatch,
      /** What it had not come to goes to another. */
      ended: (left) => {
        pool.delete(thread)
        for (const task of left.reverse()) (task.isSmall ? small : large).unshift(task)
        dispatch()
      },
    })
    pool.add(thread)
    return thread
  }

  return {
    extract(path, bytes, isSmall) {
      if (closed) return Promise.resolve({ problem: 'the corpus is closed' })
      return new Promise((resolve) => {
        const task = { path, bytes, isSmall, resolve }
        if (isSmall) small.push(task)
        else large.push(task)
        // After the caller's turn, so that what it hands over in one go travels together.
        if (small.length + large.length === 1) setImmediate(dispatch)
        else if (small.length >= BATCH.files || !isSmall) dispatch()
      })
    },
    async close() {
      closed = true
      const left = [...small.splice(0), ...large.splice(0)]
      for (const { resolve } of left) resolve({ problem: 'the corpus is closed' })
      await Promise.all([...pool].map((thread) => thread.close()))
    },
  }
}

type Thread = {
  give(tasks: Task[]): void
  isBusy(): boolean
  isBusyWithLarge(): boolean
  close(): Promise<void>
}

function startThread(options: {
  module: URL
  seconds: number
  memory: number
  idle: number
  free: () => void
  ended: (left: Task[]) => void
}): Thread {
  const { module, seconds, memory, idle, free, ended } = options
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  // Documents are strangers' work: the thread that reads them gets nothing from the environment.
  const worker = new Worker(new URL(module.href + ending), {
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: memory, maxYoungGenerationSizeMb: YOUNG },
    // What libraries say about a broken file is no log line of ours.
    stdout: true,
    stderr: true,
  })
  worker.stdout.resume()
  worker.stderr.resume()
  let tasks: Task[] = []
  let problem: string | undefined
  let timer: NodeJS.Timeout | undefined
  let isEnding = false

  const end = () => {
    isEnding = true
    return worker.terminate()
  }
  const watchTime = () => {
    clearTimeout(timer)
    if (tasks.length === 0) {
      timer = setTimeout(end, idle * 1000).unref()
      return
    }
    timer = setTimeout(() => {
      problem = `reading it took longer than ${seconds} seconds`
      void end()
    }, seconds * 1000)
  }

  worker.on('message', (extraction: PackedDocument | Extraction) => {
    const task = tasks.shift()
    watchTime()
    task?.resolve(unpack(extraction))
    if (tasks.length === 0) free()
  })
  worker.on('error', (fault: Error & { code?: string }) => {
    problem ??=
      fault.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? `reading it takes more than ${memory} MiB of memory`
        : `it could not be read: ${fault.message}`
  })
  worker.on('exit', () => {
    clearTimeout(timer)
    // It does them in their order: the first without an answer is the one that ended it.
    const guilty = tasks.shift()
    guilty?.resolve({ problem: problem ?? 'it could not be read: the thread that read it ended' })
    ended(tasks.splice(0))
  })
  watchTime()

  return {
    give(given) {
      tasks = given
      watchTime()
      // It answers them in their order.
      const files = packFiles(given)
      worker.postMessage(files, [files.bytes.buffer])
    },
    isBusy: () => isEnding || tasks.length > 0,
    isBusyWithLarge: () => tasks[0]?.isSmall === false,
    async close() {
      await end()
    },
  }
}
