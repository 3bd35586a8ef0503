/** A compact JWS taken apart (RFC 7515 §3.1); nothing about it is proved yet. */
export type Jwt = {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Readonly<Record<string, unknown>>
  /** The bytes that were signed: header and payload as they were sent. */
  readonly signed: string
  readonly signature: Buffer
}

/** No token of ours comes near this. */
const MAX_LENGTH = 8 * 1024

/**
 * Three parts of canonical base64url, two of them JSON objects; undefined for anything else. Canonical, so that one
 * signature has one spelling: the decoder ignores spare bits, characters outside the alphabet and what follows a `=`.
 */
export function parseJwt(token: string): Jwt | undefined {
  if (token.length > MAX_LENGTH) return undefined
  const parts = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(token)
  if (!parts) return undefined
  const [, first = '', second = '', third = ''] = parts
  const header = parseObject(first)
  const payload = parseObject(second)
  const signature = decode(third)
  if (!header || !payload || !signature) return undefined
  return { header, payload, signed: `${first}.${second}`, signature }
}

/** A JSON object as a part of a compact JWS. */
export function encodePart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function decode(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url')
  return bytes.toString('base64url') === part ? bytes : undefined
}

function parseObject(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(decode(part)?.toString('utf8') ?? '')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
