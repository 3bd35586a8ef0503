import { timingSafeEqual } from 'node:crypto'
import type { Client } from '../oauth/client.ts'
import {
  type ClientCredentials,
  invalidClient,
  readClientCredentials,
} from '../oauth/client-authentication.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { Parameters } from '../oauth/parameters.ts'
import type { Clock } from '../ops/clock.ts'
import { sha256, verifyPassword } from '../ops/digest.ts'
import type { ClientStore } from '../store/ports.ts'

/** A client that is who it says: it proved its secret (`confidential`), or is a public one that has none. */
export type AuthenticatedClient = { readonly client: Client; readonly confidential: boolean }

export type AuthenticateClient = (
  authorization: string | null,
  form: Parameters,
) => Promise<AuthenticatedClient | OAuthError>

/** Compared with where there is no hash, so that an unknown client costs as much as a known one; nothing hashes to it. */
const NOBODY = {
  sha256: `sha256:${'A'.repeat(43)}`,
  argon2id: `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
} as const

/** Slow hashes at once, waiting ones included: each takes 19 MiB and a thread, and logins need the threads too. */
const SLOW_LIMIT = 32

/**
 * RFC 6749 §2.3, §3.2.1. A client that holds a secret may send it as Basic or in the body, because known clients mix
 * the two, but never leave it out; one that holds none may not send any. 401 `invalid_client` alike for an unknown
 * client, a wrong secret and a wrong method: known clients register again on it. Nothing is spent by a failure.
 * Guessing is not slowed: a secret has 256 random bits, and a limit would lock out the many people behind one vendor's
 * address when one of them has an old secret.
 */
export function createAuthenticateClient({
  clients,
  clientSecretHash,
  now,
  slowLimit = SLOW_LIMIT,
}: {
  clients: Pick<ClientStore, 'find'>
  clientSecretHash: 'sha256' | 'argon2id'
  now: Clock
  slowLimit?: number
}): AuthenticateClient {
  let slow = 0

  const isSecret = async (secret: string, stored: string): Promise<boolean | OAuthError> => {
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

  const authenticate = async (
    { client_id, client_secret }: ClientCredentials,
    usedHeader: boolean,
  ): Promise<AuthenticatedClient | OAuthError> => {
    const client = await clients.find(client_id)
    const stored = client?.client_secret_hash
    if (client_secret === undefined) {
      if (!client) return failed(usedHeader, 'unknown client')
      if (stored !== undefined || client.metadata.token_endpoint_auth_method !== 'none') {
        return failed(usedHeader, 'the client holds a secret and sent none')
      }
      return { client, confidential: false }
    }
    const right = await isSecret(client_secret, stored ?? NOBODY[clientSecretHash])
    if (right instanceof OAuthError) return right
    if (!client) return failed(usedHeader, 'unknown client')
    if (stored === undefined) return failed(usedHeader, 'a secret from a client that holds none')
    if (!right) return failed(usedHeader, 'wrong secret')
    // RFC 7591 §3.2.1: "time at which the client secret will expire or 0 if it will not expire"
    const expires = client.client_secret_expires_at ?? 0
    if (expires !== 0 && expires <= now()) {
      return invalidClient('the client secret has expired; register again', usedHeader)
    }
    return { client, confidential: true }
  }

  return async (authorization, form) => {
    const readings = readClientCredentials(authorization, form)
    if (readings instanceof OAuthError) return readings
    const [first, second] = readings
    const result = await authenticate(first, authorization !== null)
    if (!second || !(result instanceof OAuthError)) return result
    const other = await authenticate(second, authorization !== null)
    return other instanceof OAuthError ? result : other
  }
}

function failed(usedHeader: boolean, reason: string): OAuthError {
  const description = 'client authentication failed; a client that is unknown here has to register again'
  return invalidClient(description, usedHeader, reason)
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
