/** One password hash takes 46 MiB and some 70 ms of a core: so many run at once, so many wait. */
const RUNNING = 2
const WAITING = 40
/** Of those that wait and run, so many may be of one address: a flood from one place leaves room for others. */
const PER_ADDRESS = 24

export type HashingGate = {
  /** Runs `work` in its turn; `full` at once where too much waits, `yours` where too much of it is this address's. */
  run<T>(address: string, work: () => Promise<T>): Promise<T> | 'full' | 'yours'
}

/** Keeps password hashing from choking the machine: tokens go on being verified meanwhile. */
export function createHashingGate(): HashingGate {
  const waiting: (() => void)[] = []
  const byAddress = new Map<string, number>()
  let running = 0

  async function take<T>(address: string, work: () => Promise<T>): Promise<T> {
    byAddress.set(address, (byAddress.get(address) ?? 0) + 1)
    if (running < RUNNING) running++
    else await new Promise<void>((turn) => waiting.push(turn))
    try {
      return await work()
    } finally {
      const left = (byAddress.get(address) ?? 1) - 1
      if (left === 0) byAddress.delete(address)
      else byAddress.set(address, left)
      // The turn is handed on, so that nobody slips in between.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  return {
    run(address, work) {
      if ((byAddress.get(address) ?? 0) >= PER_ADDRESS) return 'yours'
      if (running === RUNNING && waiting.length >= WAITING) return 'full'
      return take(address, work)
    },
  }
}
