import { argon2 as argon2Callback, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const argon2 = promisify(argon2Callback)

/**
 * The key under which a token, code or secret made by `ops/random` is stored: its 48 bits of time, then SHA-256 of
 * the whole. Keeps the rows in order of time, and a stolen table opens nothing. `undefined` for what cannot be ours.
 */
export function storageKey(prefix: string, token: string): Buffer | undefined {
  if (token.length !== prefix.length + 12 + 43 || !token.startsWith(prefix)) return undefined
  const time = token.slice(prefix.length, prefix.length + 12)
  if (!/^[0-9a-f]{12}$/.test(time)) return undefined
  return Buffer.from(time + hash('sha256', token), 'hex')
}

/** SHA-256 as base64url: for secrets that carry 256 random bits, where a slow hash would add nothing. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url')
}

/** Equality in a time that does not depend on where two texts differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'))
}

/**
 * The first of OWASP's equal choices of argon2id: 46 MiB, one pass, one lane. Of the second one (19 MiB, two passes)
 * every thread that hashes would keep its memory: glibc gives back at once only what is larger than 32 MiB.
 */
const ARGON2ID = { memory: 47_104, passes: 1, parallelism: 1, tagLength: 32 } as const

/** argon2id of what a person chose, as a PHC string (`$argon2id$v=19$m=…,t=…,p=…$salt$tag`). Runs on the thread pool. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const tag = await argon2('argon2id', { ...ARGON2ID, message: composed(password), nonce })
  return phc(unpadded(nonce), unpadded(tag))
}

function phc(salt: string, tag: string): string {
  const { memory, passes, parallelism } = ARGON2ID
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${salt}$${tag}`
}

/** A hash that takes as long to compare with as any of `hashPassword`, and that nothing hashes to. */
export const UNMATCHED_PASSWORD_HASH = phc('A'.repeat(22), 'A'.repeat(43))

/** Whether `password` is the one behind `phc`; the parameters are read from it, so old hashes outlive a change of ours. */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(phc)
  if (!parts) return false
  const [, memory, passes, parallelism, salt = '', tag = ''] = parts
  const expected = Buffer.from(tag, 'base64')
  const actual = await argon2('argon2id', {
    message: composed(password),
    nonce: Buffer.from(salt, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: expected.length,
  })
  return timingSafeEqual(actual, expected)
}

/** No password that anybody may set is longer, in UTF-16 units (`PASSWORD_MAX` characters). */
const COMPOSED = 2048

/**
 * One form for each character, as keyboards differ in what they send. Composing takes time with the square of combining
 * marks in a row, so what is too long for a password is left as it is: it matches nothing either way (CWE-407).
 */
function composed(password: string): string {
  return password.length > COMPOSED ? password : password.normalize('NFKC')
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
