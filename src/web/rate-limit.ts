import type { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Clock } from '../ops/clock.ts'

/** How many clients are told apart in one window; some 100 bytes each. */
const KEYS = 100_000

export type RateLimit = {
  /** Counts one request of `key`: `undefined` where it is within the limit, else the seconds to wait, at least 1. */
  exceeded(key: string): Promise<number | undefined>
}

/**
 * At most `points` requests of one key in a window of `seconds`. The windows are the same for all keys, so that
 * forgetting is dropping one map: the library's timer for each key costs more than the count. Memory is bounded; when
 * more than 100,000 keys come in one window, counting starts anew, because a flood from that many networks cannot be
 * held off by counting each of them, and to refuse newcomers would be what the flood is for.
 */
export function createRateLimit(
  { points, seconds }: { points: number; seconds: number },
  now: Clock,
  keys = KEYS,
): RateLimit {
  let Limiter: typeof RateLimiterMemory | undefined
  let counted: RateLimiterMemory
  let known = 0
  let ends = -Infinity
  const begin = (Limiter: typeof RateLimiterMemory): void => {
    // Duration 0: the library sets no timers, the whole limiter goes with its window.
    counted = new Limiter({ points, duration: 0, keyPrefix: '' })
    known = 0
  }
  return {
    async exceeded(key) {
      // No start needs it, and it comes with a back end for every database.
      Limiter ??= (await import('rate-limiter-flexible')).RateLimiterMemory
      const time = now()
      // The second condition: the clock was set back.
      if (time >= ends || time < ends - seconds) {
        begin(Limiter)
        ends = time + seconds
      } else if (known >= keys) begin(Limiter)
      try {
        const { consumedPoints } = await counted.consume(key)
        if (consumedPoints === 1) known++
        return undefined
      } catch (refusal) {
        if (refusal instanceof Error) throw refusal
        return Math.max(1, ends - time)
      }
    },
  }
}

/**
 * What limits count an address by: an IPv4 address itself (also where it is written inside of an IPv6 one), of an
 * IPv6 address the first 64 bits, since one household gets all the rest (RFC 6177 §2). What is no address is itself.
 */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address
  const groups = groupsOf(address.replace(/%.*$/, ''))
  if (!groups) return address
  // RFC 4291 §2.5.5.2: ::ffff:192.0.2.1
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff') {
    const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16))
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
  }
  return `${groups.slice(0, 4).join(':')}::/64`
}

/** The eight groups of an IPv6 address in their shortest form; undefined where it is none. */
function groupsOf(address: string): string[] | undefined {
  if (!URL.canParse(`http://[${address}]/`)) return undefined
  // The URL standard writes every IPv6 address in one way (RFC 5952), without a dotted end.
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::', 2)
  const before = head === '' ? [] : head.split(':')
  if (tail === undefined) return before
  const after = tail === '' ? [] : tail.split(':')
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
}
