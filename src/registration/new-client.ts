import type { Client } from '../oauth/client.ts'
import type { ClientMetadata } from '../oauth/client-metadata.ts'
import { hashPassword, sha256 } from '../ops/digest.ts'
import type { Random } from '../ops/random.ts'
import type { Settings } from '../ops/settings.ts'

/** How the server makes and keeps secrets. */
export type SecretPolicy = Pick<Settings, 'clientSecretTtl' | 'clientSecretHash'>

/**
 * A new client of this metadata, and the secret that it is told once: none for a public one (`none`). The client's
 * own wishes for `client_id` or `client_secret` never come here (RFC 7591 §3.2.1: the server issues them).
 */
export async function newClient(
  metadata: ClientMetadata,
  registered_scope: string | undefined,
  policy: SecretPolicy,
  now: number,
  random: Random,
): Promise<{ client: Client; client_secret: string | undefined }> {
  const client: Client = {
    client_id: random.id('client_'),
    client_id_issued_at: now,
    ...(registered_scope !== undefined && { registered_scope }),
    metadata,
  }
  if (metadata.token_endpoint_auth_method === 'none') return { client, client_secret: undefined }
  const client_secret = random.secret('secret_')
  return {
    client: {
      ...client,
      client_secret_hash: await secretHash(client_secret, policy.clientSecretHash),
      // RFC 7591 §3.2.1: "Time at which the client secret will expire or 0 if it will not expire."
      client_secret_expires_at: policy.clientSecretTtl === 0 ? 0 : now + policy.clientSecretTtl,
    },
    client_secret,
  }
}

/** A secret of ours carries 256 random bits, which no speed of hashing lets anybody search: SHA-256 is enough. */
async function secretHash(secret: string, hash: Settings['clientSecretHash']): Promise<string> {
  return hash === 'argon2id' ? hashPassword(secret) : `sha256:${sha256(secret)}`
}
