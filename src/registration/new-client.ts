import type { Client } from '../oauth/client.ts'
import type { Random } from '../ops/random.ts'
import { type Issuance, type SecretPolicy, withSecret } from './credentials.ts'
import type { JudgedRegistration } from './registration-judge.ts'

/**
 * A new client, and the secret that it is told once: none for a public one (`none`). The client's
 * own wishes for `client_id` or `client_secret` never come here (RFC 7591 §3.2.1: the server issues them).
 */
export async function newClient(
  registration: JudgedRegistration,
  policy: SecretPolicy,
  now: number,
  random: Random,
): Promise<Issuance> {
  const client: Client = {
    client_id: random.id('client_'),
    client_id_issued_at: now,
    ...registration,
  }
  return registration.metadata.token_endpoint_auth_method === 'none'
    ? { client, issued: {} }
    : withSecret(client, policy, now, random)
}
