import type { Client } from '../oauth/client.ts'
import { hasEnded } from '../ops/client-secret.ts'
import type { Random } from '../ops/random.ts'
import {
  type Issuance,
  type SecretPolicy,
  withoutSecret,
  withRegistrationToken,
  withRotatedSecret,
} from './credentials.ts'
import type { JudgedRegistration } from './registration-judge.ts'

/**
 * What an update makes of a client (RFC 7592 §2.2): what was judged in place of what there was, nothing merged.
 *
 * Credentials are made anew together: where the settings say so at each update, where the client needs a secret and
 * holds none that is good, and where it came with the registration token before the last one, because then the answer
 * with the last ones was lost (`answerLost`). The old ones go on until the new ones are used.
 */
export async function updatedClient(
  before: Client,
  judged: JudgedRegistration,
  answerLost: boolean,
  policy: SecretPolicy & { readonly rotateOnUpdate: boolean },
  now: number,
  random: Random,
): Promise<Issuance> {
  const { metadata: _, registered_scope, scope_limit, approval, ...kept } = before
  const client: Client = { ...kept, ...judged }
  const needsSecret = client.metadata.token_endpoint_auth_method !== 'none'
  const hasSecret = client.client_secret_hash !== undefined && !hasEnded(client.client_secret_expires_at, now)
  const rotates = policy.rotateOnUpdate || answerLost || (needsSecret && !hasSecret)

  const secret: Issuance = !needsSecret
    ? { client: withoutSecret(client), issued: {} }
    : rotates
      ? await rotateSecret(client, answerLost, policy, now, random)
      : { client, issued: {} }
  if (!rotates) return secret
  const token = withRegistrationToken(secret.client, random)
  return {
    client: { ...token.client, ...previousToken(before, answerLost) },
    issued: { ...secret.issued, ...token.issued },
  }
}

/** Beside the new secret the client keeps the one that it knows, as long as that was announced. */
async function rotateSecret(
  client: Client,
  answerLost: boolean,
  policy: SecretPolicy,
  now: number,
  random: Random,
): Promise<Issuance> {
  const { client: next, issued } = await withRotatedSecret(client, policy, 0, now, random)
  const { previous_secret_hash, previous_secret_expires_at = 0 } = client
  return answerLost && previous_secret_hash !== undefined
    ? { client: { ...next, previous_secret_hash, previous_secret_expires_at }, issued }
    : { client: next, issued }
}

/** The token that the client came with. */
function previousToken(
  { registration_token_hash, previous_registration_token_hash }: Client,
  answerLost: boolean,
): Pick<Client, 'previous_registration_token_hash'> {
  const hash = answerLost ? previous_registration_token_hash : registration_token_hash
  return hash === undefined ? {} : { previous_registration_token_hash: hash }
}
