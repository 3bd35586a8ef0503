import { timingSafeEqual } from 'node:crypto'
import { OAuthError } from '../oauth/errors.ts'
import { hashPassword, sha256, UNMATCHED_PASSWORD_HASH, verifyPassword } from './digest.ts'
import type { Settings } from './settings.ts'

type HashName = Settings['clientSecretHash']

/** A secret of ours carries 256 random bits, which no speed of hashing lets anybody search: SHA-256 is enough. */
export async function hashSecret(secret: string, hash: HashName): Promise<string> {
  return hash === 'argon2id' ? hashPassword(secret) : `sha256:${sha256(secret)}`
}

/** Compared with where there is no hash, so that an unknown client costs as much as a known one; nothing hashes to it. */
export const NOBODY: Readonly<Record<HashName, string>> = {
  sha256: `sha256:${'A'.repeat(43)}`,
  argon2id: UNMATCHED_PASSWORD_HASH,
}

/** Slow hashes at once, waiting ones included: each takes 46 MiB and a thread, and logins need the threads too. */
const SLOW_LIMIT = 32

/** Whether `secret` is the one behind `stored` (by `hashSecret`); `temporarily_unavailable` where too many ask at once. */
export type IsSecret = (secret: string, stored: string) => Promise<boolean | OAuthError>

export function createIsSecret(slowLimit = SLOW_LIMIT): IsSecret {
  let slow = 0
  return async (secret, stored) => {
    if (stored.startsWith('sha256:')) return equal(`sha256:${sha256(secret)}`, stored)
    if (slow >= slowLimit) {
      return new OAuthError('temporarily_unavailable', 'too many authentications at once', {
        headers: { 'retry-after': '1' },
      })
    }
    slow++
    try {
      return await verifyPassword(secret, stored)
    } finally {
      slow--
    }
  }
}

/** Whether something good until `expires_at` has ended; 0 and absent mean never. */
export function hasEnded(expires_at: number | undefined, now: number): boolean {
  return expires_at !== undefined && expires_at !== 0 && expires_at <= now
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
