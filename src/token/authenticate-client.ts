import type { Client } from '../oauth/client.ts'
import {
  type ClientCredentials,
  invalidClient,
  readClientCredentials,
} from '../oauth/client-authentication.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { Parameters } from '../oauth/parameters.ts'
import { hasEnded, type IsSecret, NOBODY } from '../ops/client-secret.ts'
import type { Clock } from '../ops/clock.ts'
import type { Settings } from '../ops/settings.ts'
import type { ClientStore } from '../store/ports.ts'

/** A client that is who it says: it proved its secret (`confidential`), or is a public one that has none. */
export type AuthenticatedClient = { readonly client: Client; readonly confidential: boolean }

export type AuthenticateClient = (
  authorization: string | null,
  form: Parameters,
) => Promise<AuthenticatedClient | OAuthError>

/**
 * RFC 6749 §2.3, §3.2.1. A client that holds a secret may send it as Basic or in the body, because known clients mix
 * the two, but never leave it out; one that holds none may not send any. 401 `invalid_client` alike for an unknown
 * client, a wrong secret and a wrong method: known clients register again on it. Nothing is spent by a failure.
 * Guessing is not slowed: a secret has 256 random bits, and a limit would lock out the many people behind one vendor's
 * address when one of them has an old secret.
 *
 * A rotated secret is good beside the new one; the first use of the new one ends it after the overlap.
 */
export function createAuthenticateClient({
  settings: { clientSecretHash, clientSecretOverlap },
  clients,
  isSecret,
  now,
}: {
  settings: Pick<Settings, 'clientSecretHash' | 'clientSecretOverlap'>
  clients: Pick<ClientStore, 'find' | 'confirmSecret'>
  isSecret: IsSecret
  now: Clock
}): AuthenticateClient {
  const isPrevious = async (client: Client, secret: string): Promise<boolean | OAuthError> => {
    const { previous_secret_hash, previous_secret_expires_at } = client
    if (previous_secret_hash === undefined || hasEnded(previous_secret_expires_at, now())) return false
    return isSecret(secret, previous_secret_hash)
  }

  /** The new secret was used. Written once for each rotation. */
  const confirm = async (client: Client): Promise<void> => {
    const { client_id, client_secret_hash, previous_secret_hash, previous_secret_expires_at = 0 } = client
    if (client_secret_hash === undefined || previous_secret_hash === undefined) return
    const until = now() + clientSecretOverlap
    if (previous_secret_expires_at !== 0 && previous_secret_expires_at <= until) return
    await clients.confirmSecret(client_id, client_secret_hash, until)
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
    if (!right) {
      const previous = await isPrevious(client, client_secret)
      if (previous instanceof OAuthError) return previous
      return previous ? { client, confidential: true } : failed(usedHeader, 'wrong secret')
    }
    // RFC 7591 §3.2.1: "time at which the client secret will expire or 0 if it will not expire"
    if (hasEnded(client.client_secret_expires_at, now())) {
      return invalidClient('the client secret has expired; register again', usedHeader)
    }
    if (client.previous_secret_hash !== undefined) await confirm(client)
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
