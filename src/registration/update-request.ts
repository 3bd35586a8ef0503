import type { Client } from '../oauth/client.ts'
import { isGiven } from '../oauth/client-metadata.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { JsonObject } from '../oauth/json.ts'
import { hasEnded, type IsSecret } from '../ops/client-secret.ts'

/**
 * RFC 7592 §2.2: "The updated client metadata fields request MUST NOT include the "registration_access_token",
 * "registration_client_uri", "client_secret_expires_at", or "client_id_issued_at" fields described in Section 3."
 */
const FORBIDDEN = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
]

/**
 * What an update says of the members that the server issues: a refusal, or undefined where it agrees with the client.
 * Null and empty ones count as left out, as everywhere.
 */
export async function judgeIssued(
  body: JsonObject,
  client: Client,
  isSecret: IsSecret,
  now: number,
): Promise<OAuthError | undefined> {
  const forbidden = FORBIDDEN.filter((name) => isGiven(body[name]))
  if (forbidden.length > 0) return invalid(`${forbidden.join(', ')} must not be in an update`)
  // "The client MUST include its "client_id" field in the request, and it MUST be the same as its currently issued
  // client identifier."
  if (!isGiven(body.client_id)) return invalid('client_id must be in an update')
  if (body.client_id !== client.client_id) return invalid('client_id must be that of the client')

  // "If the client includes the "client_secret" field in the request, the value of this field MUST match the currently
  // issued client secret for that client. The client MUST NOT be allowed to overwrite its existing client secret with
  // its own chosen value."
  const { client_secret } = body
  if (!isGiven(client_secret)) return undefined
  const right = typeof client_secret === 'string' && (await isIssued(client_secret, client, isSecret, now))
  if (right instanceof OAuthError) return right
  return right ? undefined : invalid('client_secret must be that of the client: the server makes the secrets')
}

async function isIssued(
  secret: string,
  client: Client,
  isSecret: IsSecret,
  now: number,
): Promise<boolean | OAuthError> {
  const { client_secret_hash, previous_secret_hash, previous_secret_expires_at } = client
  const current = client_secret_hash !== undefined && (await isSecret(secret, client_secret_hash))
  if (current !== false) return current
  if (previous_secret_hash === undefined || hasEnded(previous_secret_expires_at, now)) return false
  return isSecret(secret, previous_secret_hash)
}

function invalid(description: string): OAuthError {
  return new OAuthError('invalid_client_metadata', description)
}
