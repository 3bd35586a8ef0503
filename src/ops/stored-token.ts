import { storageKey } from './digest.ts'
import type { Random } from './random.ts'

/** A fresh code or token, told once, and the key that it is stored under (`storageKey`). */
export type StoredToken = { readonly token: string; readonly key: Buffer }

export function newStoredToken(random: Random, prefix: string): StoredToken {
  const token = random.secret(prefix)
  const key = storageKey(prefix, token)
  if (!key) throw new Error('random.secret made what ops/digest does not know')
  return { token, key }
}
