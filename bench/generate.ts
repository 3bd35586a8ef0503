import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { Job, JobResult } from './generator.ts'

/** Runs one job in the generator's process; rejects where an answer was not the expected one. */
export type Generate = (job: Job) => Promise<Extract<JobResult, { ok: true }>>

/** The generator: one process for the whole run, one job at a time. */
export function startGenerator(): { generate: Generate; stop(): void } {
  const generator = fork(join(import.meta.dirname, 'generator.ts'), { stdio: 'inherit' })
  return {
    generate: (job) =>
      new Promise((resolve, reject) => {
        generator.once('message', (result: JobResult) =>
          result.ok ? resolve(result) : reject(new Error(`${job.workload}: ${result.fault}`)),
        )
        generator.send(job)
      }),
    stop: () => void generator.kill(),
  }
}
