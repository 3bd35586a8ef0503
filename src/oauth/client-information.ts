import type { Client } from './client.ts'
import type { ClientMetadata } from './client-metadata.ts'

/** RFC 7591 §3.2.1, RFC 7592 §3: what a client is told of itself, at registration and whenever it reads it back. */
export type ClientInformation = {
  readonly client_id: string
  readonly client_id_issued_at: number
  readonly client_secret?: string
  readonly client_secret_expires_at?: number
  readonly registration_access_token: string
  readonly registration_client_uri: string
} & ClientMetadata

/**
 * RFC 7591 §3.2.1: "the authorization server MUST return all registered metadata about this client, including any
 * fields provisioned by the authorization server itself." The secret is stored as a hash, so it is told only when it was
 * made just now. No member is null or empty: clients take those for errors.
 */
export function clientInformation(
  client: Client,
  told: { client_secret?: string; registration_access_token: string; registration_client_uri: string },
): ClientInformation {
  const { client_secret, registration_access_token, registration_client_uri } = told
  const { client_id, client_id_issued_at, client_secret_expires_at, metadata } = client
  return {
    client_id,
    client_id_issued_at,
    ...(client_secret !== undefined && { client_secret }),
    ...(client_secret_expires_at !== undefined && { client_secret_expires_at }),
    registration_access_token,
    registration_client_uri,
    ...metadata,
  }
}
