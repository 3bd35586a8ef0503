import { randomFillSync } from 'node:crypto'

/**
 * Identifiers and secrets begin with 48 bits of time, because rows whose keys grow are far cheaper to insert than
 * rows with random ones. The time is neither secret nor counted as entropy. Only `[A-Za-z0-9_-]`, so that both
 * encodings of HTTP Basic in use read the same (RFC 6749 §2.3.1).
 */
function timed(bytes: number): string {
  return Date.now().toString(16).padStart(12, '0') + dice(bytes)
}

/**
 * Random bytes are drawn in advance, since a call of the generator costs far more than the bytes it gives (Node's
 * `randomUUID` does the same). Each is used once, and wiped.
 */
const pool = Buffer.alloc(4096)
let used = pool.length

function dice(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const text = pool.toString('base64url', used, used + bytes)
  pool.fill(0, used, used + bytes)
  used += bytes
  return text
}

/** The dice of the house; tests pass their own. */
export type Random = {
  /** `prefix` + time + 128 random bits: unguessable, but not a secret. */
  id(prefix: string): string
  /** `prefix` + time + 256 random bits: codes, tokens, secrets. */
  secret(prefix: string): string
}

export const systemRandom: Random = {
  id: (prefix) => prefix + timed(16),
  secret: (prefix) => prefix + timed(32),
}
