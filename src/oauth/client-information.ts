import type { Client } from './client.ts'
import type { ClientMetadata } from './client-metadata.ts'

/** RFC 7591 §3.2.1: what a client is told of itself, at registration and whenever it reads it back (RFC 7592 §3). */
export type ClientInformation = {
  readonly client_id: string
  readonly client_id_issued_at: number
  readonly client_secret?: string
  readonly client_secret_expires_at?: number
} & ClientMetadata

/**
 * RFC 7591 §3.2.1: "the authorization server MUST return all registered metadata about this client, including any
 * fields provisioned by the authorization server itself." The secret is known only when it was made just now.
 * No member is null or empty: clients take those for errors.
 */
export function clientInformation(client: Client, client_secret?: string): ClientInformation {
  const { client_id, client_id_issued_at, client_secret_expires_at, metadata } = client
  return {
    client_id,
    client_id_issued_at,
    ...(client_secret !== undefined && { client_secret }),
    ...(client_secret_expires_at !== undefined && { client_secret_expires_at }),
    ...metadata,
  }
}
