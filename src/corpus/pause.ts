import { setTimeout } from 'node:timers/promises'

/** Resolves after so many seconds, at once where that is none, or as soon as the signal says so. */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  if (seconds <= 0) return
  await setTimeout(seconds * 1000, undefined, { signal }).catch((fault: unknown) => {
    if (!signal.aborted) throw fault
  })
}
