import type { Tombstone } from '../oauth/client.ts'
import { isRevivable } from '../oauth/revival.ts'
import type { AuthorizationDependencies } from './dependencies.ts'

/**
 * A client that was removed here and that the owner may let back in: clients keep their id for ever, and few of them
 * learn that it is dead. Undefined for an id that never was one, or that has to stay dead (`isRevivable`).
 */
export async function findRemoved(
  { settings, clients }: Pick<AuthorizationDependencies, 'settings' | 'clients'>,
  client_id: string,
): Promise<Tombstone | undefined> {
  if (!settings.reviveClients) return undefined
  const tombstone = await clients.findTombstone(client_id)
  return tombstone && isRevivable(tombstone) ? tombstone : undefined
}
