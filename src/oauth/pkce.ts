import { hash, timingSafeEqual } from 'node:crypto'

/** RFC 7636 §4.1: `code-verifier = 43*128unreserved`. */
export function isCodeVerifier(value: string): boolean {
  return value.length >= 43 && value.length <= 128 && /^[A-Za-z0-9\-._~]+$/.test(value)
}

/**
 * The challenge as sent, where it can be one of S256: base64url of 32 bytes, which is always 43 characters
 * (RFC 7636 §4.2). Undefined for anything else.
 */
export function parseCodeChallenge(value: string | undefined): string | undefined {
  return value !== undefined && value.length === 43 && /^[A-Za-z0-9_-]+$/.test(value) ? value : undefined
}

/**
 * Whether `code_verifier` is the one behind `code_challenge` (S256, in constant time).
 * RFC 7636 §4.6: "If the 'code_challenge_method' from Section 4.3 was 'S256', the received 'code_verifier' is hashed
 * by SHA-256, base64url-encoded, and then compared to the 'code_challenge'". False for a verifier that is none.
 */
export function verifyChallenge(code_verifier: string, code_challenge: string): boolean {
  if (!isCodeVerifier(code_verifier)) return false
  const expected = Buffer.from(code_challenge)
  const actual = Buffer.from(hash('sha256', code_verifier, 'base64url'))
  return actual.length === expected.length && timingSafeEqual(actual, expected)
}
