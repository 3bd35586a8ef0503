import type { Client } from '../oauth/client.ts'
import { REGISTRATION_TOKEN_PREFIX } from '../oauth/prefix.ts'
import { hasEnded, hashSecret } from '../ops/client-secret.ts'
import { sha256 } from '../ops/digest.ts'
import type { Random } from '../ops/random.ts'
import type { Settings } from '../ops/settings.ts'

/** How the server makes and keeps secrets. */
export type SecretPolicy = Pick<Settings, 'clientSecretTtl' | 'clientSecretHash'>

/** What a client is told once: only hashes of it are stored. */
export type Credentials = {
  readonly client_secret?: string
  readonly registration_access_token?: string
}

/** A client, and what it has to be told of it. */
export type Issuance = { readonly client: Client; readonly issued: Credentials }
export type TokenIssuance = {
  readonly client: Client
  readonly issued: { readonly registration_access_token: string }
}

/** A secret made by the server; one that the client had before is forgotten. */
export async function withSecret(
  client: Client,
  policy: SecretPolicy,
  now: number,
  random: Random,
): Promise<Issuance> {
  const client_secret = random.secret('secret_')
  return {
    client: {
      ...withoutSecret(client),
      client_secret_hash: await hashSecret(client_secret, policy.clientSecretHash),
      // RFC 7591 §3.2.1: "Time at which the client secret will expire or 0 if it will not expire."
      client_secret_expires_at: policy.clientSecretTtl === 0 ? 0 : now + policy.clientSecretTtl,
    },
    issued: { client_secret },
  }
}

/** As `withSecret`, and the secret in use is good beside the new one until `until` (0: without end), if not sooner. */
export async function withRotatedSecret(
  client: Client,
  policy: SecretPolicy,
  until: number,
  now: number,
  random: Random,
): Promise<Issuance> {
  const { client: next, issued } = await withSecret(client, policy, now, random)
  const { client_secret_hash, client_secret_expires_at = 0 } = client
  if (client_secret_hash === undefined || hasEnded(client_secret_expires_at, now))
    return { client: next, issued }
  const ends = [until, client_secret_expires_at].filter((time) => time !== 0)
  const previous_secret_expires_at = ends.length === 0 ? 0 : Math.min(...ends)
  return { client: { ...next, previous_secret_hash: client_secret_hash, previous_secret_expires_at }, issued }
}

export function withoutSecret({
  client_secret_hash,
  client_secret_expires_at,
  previous_secret_hash,
  previous_secret_expires_at,
  ...client
}: Client): Client {
  return client
}

/**
 * Whether a client that was public holds a secret now. What people allowed the public one is then forgotten: a remembered
 * consent spares a client that authenticates the page (RFC 8252 §8.6), and nobody agreed to that.
 */
export function becomesConfidential(before: Client, after: Client): boolean {
  return before.client_secret_hash === undefined && after.client_secret_hash !== undefined
}

/**
 * A registration access token (RFC 7592 §3); one that the client had before is forgotten. RFC 7592 §5: it "MUST contain
 * sufficient entropy to prevent a random guessing attack of this token".
 */
export function withRegistrationToken(
  { previous_registration_token_hash, ...client }: Client,
  random: Random,
): TokenIssuance {
  const registration_access_token = random.secret(REGISTRATION_TOKEN_PREFIX)
  return {
    client: { ...client, registration_token_hash: sha256(registration_access_token) },
    issued: { registration_access_token },
  }
}
