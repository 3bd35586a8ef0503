import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/**
 * What the server's own secret (a file beside the database, 0600) is good for: signing what passes through a browser
 * and sealing what lies in the database. Each purpose has a key of its own (HKDF, RFC 5869).
 */
export type Sealing = {
  /** HMAC-SHA-256 of `text` under `purpose`, base64url. */
  sign(purpose: string, text: string): string
  /** AES-256-GCM, base64url; only `open` with the same purpose reads it. */
  seal(purpose: string, text: string): string
  /** The text, or undefined where it was not sealed by us for this purpose. */
  open(purpose: string, sealed: string): string | undefined
}

/** `secret`: 32 random bytes. */
export function createSealing(secret: Buffer): Sealing {
  const keys = new Map<string, Buffer>()
  const keyFor = (purpose: string): Buffer => {
    let key = keys.get(purpose)
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', secret, '', `corpusiq ${purpose}`, 32))
      keys.set(purpose, key)
    }
    return key
  }
  return {
    sign: (purpose, text) => createHmac('sha256', keyFor(purpose)).update(text).digest('base64url'),
    seal(purpose, text) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', keyFor(purpose), nonce)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(purpose, sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < 28) return undefined
      try {
        const decipher = createDecipheriv('aes-256-gcm', keyFor(purpose), bytes.subarray(0, 12))
        decipher.setAuthTag(bytes.subarray(12, 28))
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
      } catch {
        return undefined
      }
    },
  }
}
