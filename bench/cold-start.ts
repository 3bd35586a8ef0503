import { type Contender, start } from './contenders.ts'
import { median } from './median.ts'
import { residentMiB } from './processes.ts'

export type ColdStart = {
  /** Milliseconds from the spawn to the metadata document. */
  readonly milliseconds: number
  /** Resident memory 0.3 s later. */
  readonly mebibytes: number
}

const ROUNDS = 7

/** Each on an empty directory each time, interleaved. */
export async function coldStarts(contenders: readonly Contender[]): Promise<Map<string, ColdStart>> {
  const measured = new Map<string, ColdStart[]>()
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of contenders) {
      const one = await coldStart(contender)
      measured.set(contender.name, [...(measured.get(contender.name) ?? []), one])
    }
  }
  return new Map(
    [...measured].map(([name, all]) => [
      name,
      {
        milliseconds: median(all.map((one) => one.milliseconds)),
        mebibytes: median(all.map((one) => one.mebibytes)),
      },
    ]),
  )
}

async function coldStart(contender: Contender): Promise<ColdStart> {
  const before = performance.now()
  // Nobody names an owner in the environment but this benchmark; a person follows the setup link.
  const server = await start({ ...contender, environment: {} })
  try {
    const response = await fetch(`http://127.0.0.1:${server.port}${contender.metadataPath}`)
    if (response.status !== 200) throw new Error(`${contender.name}: metadata ${response.status}`)
    await response.text()
    const milliseconds = performance.now() - before
    await new Promise((resolve) => setTimeout(resolve, 300))
    return { milliseconds, mebibytes: residentMiB(server.child.pid ?? 0) }
  } finally {
    await server.stop()
  }
}
