import type { Tombstone } from './client.ts'

/**
 * Whether a removed client may come back under its id, by the owner's consent. Not one that held a secret: the secret
 * is gone, and its id alone proves less than was asked of it before. Nor one that was revoked for cause, that deleted
 * itself (RFC 7592 §2.3: preventing the "client_id" from being used), or that the operator's file no longer declares.
 */
export function isRevivable({ cause, held_secret, client }: Tombstone): boolean {
  return (cause === 'deleted' || cause === 'inactive') && !held_secret && client.source !== 'declared'
}
