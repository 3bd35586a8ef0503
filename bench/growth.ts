import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Contender, start } from './contenders.ts'
import type { Generate } from './generate.ts'
import { cpuSeconds, residentMiB } from './processes.ts'

export type GrowthStep = {
  readonly clients: number
  /** Of the registrations since the step before. */
  readonly cpuMicroseconds: number
  readonly mebibytes: number
  /** The database with its log, divided by all clients. */
  readonly bytesPerClient: number
}

const STEPS = [1_000, 5_000, 10_000, 50_000, 100_000]

/** By default CorpusIQ keeps 10,000 clients that nobody used, so that a flood fills no disk; here they are to stay. */
const UNBOUNDED = { CORPUSIQ_MAX_UNUSED_CLIENTS: '1000000' }

/** Public registrations, 32 at once, into one database. */
export async function growth(contender: Contender, generate: Generate): Promise<GrowthStep[]> {
  const server = await start({ ...contender, environment: { ...contender.environment, ...UNBOUNDED } })
  const pid = server.child.pid ?? 0
  try {
    const prepared = await contender.prepare(`http://127.0.0.1:${server.port}`, 1)
    const steps: GrowthStep[] = []
    for (const clients of STEPS) {
      const units = clients - (steps.at(-1)?.clients ?? 0)
      const before = cpuSeconds(pid)
      await generate({ port: server.port, workload: 'register public', connections: 32, units, prepared })
      steps.push({
        clients,
        cpuMicroseconds: ((cpuSeconds(pid) - before) * 1e6) / units,
        mebibytes: residentMiB(pid),
        bytesPerClient: databaseBytes(server.directory) / clients,
      })
    }
    return steps
  } finally {
    await server.stop()
  }
}

function databaseBytes(directory: string): number {
  return readdirSync(directory)
    .filter((name) => /\.db(-wal)?$/.test(name) && !name.startsWith('corpus.'))
    .reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
}
