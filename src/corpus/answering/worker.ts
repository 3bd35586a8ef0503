/** The thread that answers: apart from the one that reads files, so that neither waits for the other. */

import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../../ops/fault.ts'
import type { Part } from '../corpus.ts'
import { openNearDocuments } from '../embeddings/near-documents.ts'
import { openNearest } from '../embeddings/nearest.ts'
import { openDatabase } from '../index/database.ts'
import { isDamaged } from '../sqlite.ts'
import { type AskedOptions, openAnswers } from './answers.ts'

export type Question =
  | {
      readonly number: number
      readonly ask: 'search'
      readonly text: string
      readonly limit: number
      readonly options: AskedOptions
    }
  | { readonly number: number; readonly ask: 'fetch'; readonly id: string; readonly part: Part }
  | { readonly number: number; readonly ask: 'list'; readonly cursor: string; readonly limit: number }
  | { readonly number: number; readonly ask: 'problems' }

export type Answer = { readonly number: number; readonly answer?: unknown; readonly fault?: string }

export type AnsweringOptions = {
  readonly file: string
  /** Where passages have vectors: their file, and the model that they are of. */
  readonly vectors?: { readonly file: string; readonly model: string } | undefined
}

/** Milliseconds between two looks whether the index has changed. */
const QUIET = 1_000

const { file, vectors } = workerData as AnsweringOptions
const database = openDatabase(file, { readOnly: true })
const nearest = vectors && openNearest(vectors.file, vectors.model, () => performance.now())
const answers = openAnswers(database, nearest && openNearDocuments(database, nearest))

let warming = setTimeout(warm)

/** Between questions: after the start, and whenever the index has changed. */
function warm(): void {
  let isMore = false
  try {
    isMore = answers.warm()
  } catch {
    // The next question says what is wrong.
  }
  warming = setTimeout(warm, isMore ? 0 : QUIET)
}

parentPort?.on('message', (question: Question | 'close') => {
  if (question === 'close') {
    clearTimeout(warming)
    nearest?.close()
    database.close()
    parentPort?.close()
    return
  }
  try {
    post({ number: question.number, answer: answer(question) })
  } catch (fault) {
    // Whoever started the thread makes the index anew.
    if (isDamaged(fault)) throw fault
    post({ number: question.number, fault: messageOf(fault) })
  }
})

function answer(question: Question): unknown {
  switch (question.ask) {
    case 'search':
      return answers.search(question.text, question.limit, question.options)
    case 'fetch':
      return answers.fetch(question.id, question.part)
    case 'list':
      return answers.list(question.cursor, question.limit)
    case 'problems':
      return answers.problems()
  }
}

function post(message: Answer): void {
  parentPort?.postMessage(message)
}
