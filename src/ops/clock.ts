/** Whole seconds since the epoch: the unit of every time in the protocol and in the store. */
export type Clock = () => number

/** The machine's clock, the only reader of it outside `ops/random.ts` (identifiers begin with the time). */
export const systemClock: Clock = () => Math.floor(Date.now() / 1000)

/** The same clock in milliseconds, where files' times are compared with it. */
export const systemMilliseconds = (): number => Date.now()
