/**
 * The load, in a process of its own: takes jobs over IPC, one at a time, and answers each with what it measured.
 */
import { Connection, spreadOver } from './http-client.ts'
import { type Prepared, WORKLOADS, type WorkloadName } from './workloads.ts'

export type Job = {
  port: number
  workload: WorkloadName
  connections: number
  /** Either runs for so long … */
  milliseconds?: number
  /** … or until so many units are done. */
  units?: number
  /** From how many addresses; default: another one each time. */
  addresses?: number
  prepared: Prepared
}

export type JobResult =
  | { ok: true; units: number; seconds: number; p50: number; p99: number; ownCpuSeconds: number }
  | { ok: false; fault: string }

process.on('message', (job: Job) => {
  run(job).then(
    (result) => process.send?.(result),
    (fault: unknown) => process.send?.({ ok: false, fault: String(fault) } satisfies JobResult),
  )
})

async function run(job: Job): Promise<JobResult> {
  if (job.addresses !== undefined) spreadOver(job.addresses)
  const lanes = await Promise.all(
    Array.from({ length: job.connections }, async (_, index) => ({
      connection: await Connection.open(job.port),
      script: WORKLOADS[job.workload](job.prepared, index),
    })),
  )
  const latencies: number[] = []
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  const end = start + (job.milliseconds ?? Number.POSITIVE_INFINITY)
  let left = job.units ?? Number.POSITIVE_INFINITY
  await Promise.all(
    lanes.map(async ({ connection, script }) => {
      for (let before = performance.now(); before < end && left-- > 0; ) {
        await script(connection)
        const after = performance.now()
        latencies.push(after - before)
        before = after
      }
    }),
  )
  const seconds = (performance.now() - start) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  for (const { connection } of lanes) connection.close()
  latencies.sort((a, b) => a - b)
  return {
    ok: true,
    units: latencies.length,
    seconds,
    p50: latencies[Math.floor(latencies.length * 0.5)] ?? 0,
    p99: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
    ownCpuSeconds: (cpu.user + cpu.system) / 1e6,
  }
}
