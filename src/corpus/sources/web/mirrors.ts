import type { Emit, Event } from '../../../ops/events.ts'
import { startThread, type Thread } from '../../thread.ts'
import type { WebSource } from './refresh.ts'
import type { MirrorsOptions } from './worker.ts'

export type MirrorsMessage =
  | { readonly event: Event }
  /** All that was due is done; the next is, in so many seconds; undefined: none. */
  | { readonly done: true; readonly next: number | undefined }

export type Mirrors = {
  /** Other sources from now on. What was mirrored of one that is gone goes. */
  update(sources: readonly WebSource[]): void
  close(): Promise<void>
}

/** Seconds: a timer of Node's ends at 24 days. */
const LONGEST = 86_400

/**
 * Keeps web sources mirrored, each refreshed when it is `refresh` seconds old (0: only once). In a thread of its own,
 * because sitemaps are large and parsed at one go; the thread lives while pages are fetched.
 */
export function startMirrors(options: {
  sources: readonly WebSource[]
  refresh: number
  emit: Emit
  /** For tests. */
  unsafe?: MirrorsOptions['unsafe'] | undefined
}): Mirrors {
  const { refresh, emit, unsafe } = options
  let { sources } = options
  let gone: readonly WebSource[] = []
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let thread: Thread | undefined
  // One step after the other, so that no two threads write one mirror.
  let steps: Promise<void> = Promise.resolve()

  const end = async () => {
    clearTimeout(timer)
    const running = thread
    thread = undefined
    await running?.close()
  }
  const start = () => {
    steps = steps.then(async () => {
      await end()
      if (closed || sources.length + gone.length === 0) return
      const data: MirrorsOptions = { sources, gone, refresh, unsafe }
      gone = []
      const started = startThread({
        module: './sources/web/worker',
        data,
        receive: (received) => {
          const message = received as MirrorsMessage
          if ('event' in message) emit(message.event)
          else rest(started, message.next)
        },
        failed: (fault) => {
          const reason = `web sources could not be read, tried again soon: ${String(fault)}`
          emit({ type: 'corpus.problem', path: sources.map(({ name }) => name).join(', '), reason })
        },
      })
      thread = started
    })
  }
  const rest = (done: Thread, next: number | undefined) => {
    steps = steps.then(async () => {
      if (thread !== done) return
      await end()
      if (next === undefined || closed) return
      timer = setTimeout(start, Math.min(next, LONGEST) * 1000)
      timer.unref()
    })
  }

  if (sources.length > 0) start()
  return {
    update(next) {
      const isStill = (one: WebSource) => next.some(({ root, url }) => root === one.root && url === one.url)
      const left = sources.filter((source) => !next.some(({ root }) => root === source.root))
      if (sources.length === next.length && sources.every(isStill)) return
      gone = [...gone.filter(({ root }) => !next.some((source) => source.root === root)), ...left]
      sources = next
      start()
    },
    async close() {
      closed = true
      steps = steps.then(end)
      await steps
    },
  }
}
