import type { Emit } from '../../ops/events.ts'
import { startThread, type Thread } from '../thread.ts'
import type { Answer, AnsweringOptions, Question } from './worker.ts'

const RESTARTING = 'the corpus could not answer: search is being started again'

type WithoutNumber<T> = T extends unknown ? Omit<T, 'number'> : never

export type Ask = {
  /** What `answers.ts` says to the question; rejects where the thread failed meanwhile. */
  ask(question: WithoutNumber<Question>): Promise<unknown>
  close(): Promise<void>
}

/** Questions to the thread that answers, and its answers back to whoever asked. `failed`: told why the thread failed. */
export function startAnswering(
  data: AnsweringOptions,
  emit: Emit,
  failed: (fault: unknown) => void = () => {},
): Ask {
  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (fault: Error) => void }>()
  let last = 0

  const rejectAll = (reason: string) => {
    for (const { reject } of waiting.values()) reject(new Error(reason))
    waiting.clear()
  }
  const start = () =>
    startThread({
      module: './answering/worker',
      data,
      receive: (message) => {
        const { number, answer, fault } = message as Answer
        const asked = waiting.get(number)
        waiting.delete(number)
        if (fault === undefined) asked?.resolve(answer)
        else asked?.reject(new Error(`the corpus could not answer: ${fault}`))
      },
      failed: (fault) => {
        emit({
          type: 'corpus.problem',
          path: data.file,
          reason: `search failed and is started again: ${String(fault)}`,
        })
        failed(fault)
        rejectAll(RESTARTING)
      },
    })
  // Started by the first question: a server that nobody asks does without its memory.
  let thread: Thread | undefined
  let closed = false

  return {
    ask(question) {
      if (closed) return Promise.reject(new Error('the corpus is closed'))
      thread ??= start()
      const { post } = thread
      last += 1
      const number = last
      return new Promise((resolve, reject) => {
        waiting.set(number, { resolve, reject })
        if (post({ ...question, number })) return
        waiting.delete(number)
        reject(new Error(RESTARTING))
      })
    },
    async close() {
      closed = true
      await thread?.close()
      rejectAll('the corpus is closed')
    },
  }
}
