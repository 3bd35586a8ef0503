import type { Clock } from '../ops/clock.ts'
import { createFailures } from './failures.ts'

/**
 * Slows guessing, by address and by account, without locking the owner out. Only failures count.
 *
 * - An address that failed five times waits, longer each time.
 * - An account that failed five times, from wherever, waits too, but only for addresses that failed before: the right
 *   password from an address without failures always gets in, and an attacker has one guess for each new address.
 */
export type LoginLimit = {
  /** Seconds until this address may try this name again; 0: now. */
  wait(address: string, username: string): number
  failed(address: string, username: string): void
  succeeded(address: string): void
}

/** `address` is the key that limits count by (IPv6 by /64). */
export function createLoginLimit(now: Clock): LoginLimit {
  const addresses = createFailures(now)
  const accounts = createFailures(now)
  return {
    wait(address, username) {
      const account = addresses.has(address) ? accounts.wait(username) : 0
      return Math.max(addresses.wait(address), account)
    },
    failed(address, username) {
      addresses.add(address)
      accounts.add(username)
    },
    succeeded: (address) => addresses.forget(address),
  }
}
