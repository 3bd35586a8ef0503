import type { Client, RemovalCause } from '../../oauth/client.ts'
import { isRevivable } from '../../oauth/revival.ts'
import { createCache } from '../drivers/cache.ts'
import { createLazyWrites } from '../drivers/lazy-writes.ts'
import type { Connection } from '../drivers/sqlite.ts'
import type { AuditRecord, ClientStore } from '../ports.ts'
import type { Record } from './audit.ts'
import { blob, CLIENT_COLUMNS, type ClientRow, insertClient, replaceClient, toClient } from './client-rows.ts'
import { createInactiveClients } from './inactive-clients.ts'
import type { RegistrationTokens } from './registration-tokens.ts'
import { createTombstones } from './tombstones.ts'
import { createUnusedClients, KEPT_SEEN, KEPT_SIGNED_IN } from './unused-clients.ts'

const CACHED = 1000
/** `last_used_at` is exact to this many seconds. */
const USE_STEP = 86_400

export type Clients = {
  readonly store: ClientStore
  /** After a commit that let the client in by its first code. */
  authorized(client_id: string): void
  /** For use inside a verb: the client of the tombstone, if it may come back; `authorized` is told after the commit. */
  revive(client_id: string, audit: AuditRecord): Client | undefined
  /** Writes what waits. */
  close(): Promise<void>
}

export function createClients(
  connection: Connection,
  parts: {
    record: Record
    /** Told after a commit that ended grants of any client. */
    grantsEnded: () => void
    registrationTokens: Pick<RegistrationTokens, 'spend'>
    maxUnused: number
  },
): Clients {
  const { record, grantsEnded, registrationTokens } = parts
  const insert = insertClient(connection)
  const replace = replaceClient(connection)
  const find = connection.get<ClientRow>(`SELECT ${CLIENT_COLUMNS} FROM clients WHERE client_id = ?`)
  const pageWhere = (condition: string) =>
    connection.all<ClientRow>(
      `SELECT ${CLIENT_COLUMNS} FROM clients WHERE ${condition} AND client_id > ? ORDER BY client_id LIMIT ?`,
    )
  const page = pageWhere('true')
  const pageWaiting = pageWhere('approval IS NOT NULL')
  const pageOperated = connection.all<ClientRow>(
    `SELECT ${CLIENT_COLUMNS} FROM clients WHERE source = ? AND client_id > ? ORDER BY client_id LIMIT ?`,
  )
  const count = connection.get<{ count: number }>('SELECT count(*) AS count FROM clients')
  const approve = connection.run(
    `UPDATE clients SET approval = NULL, authorized_at = iif(authorized_at = 0, ?1, authorized_at)
      WHERE client_id = ?2 AND approval IS NOT NULL AND revision = coalesce(?3, revision)`,
  )
  const confirm = connection.run(
    `UPDATE clients SET previous_registration_token_hash = NULL, revision = revision + 1
      WHERE client_id = ? AND registration_token_hash = ? AND previous_registration_token_hash IS NOT NULL`,
  )
  const confirmSecret = connection.run(
    `UPDATE clients SET previous_registration_token_hash = NULL, revision = revision + 1,
        previous_secret_expires_at = iif(previous_secret_expires_at BETWEEN 1 AND ?1, previous_secret_expires_at, ?1)
      WHERE client_id = ?2 AND secret_hash = ?3 AND previous_secret_hash IS NOT NULL`,
  )
  // Renewing never shortens a secret's life, nor gives an end to one that has none.
  const touch = connection.run(
    `UPDATE clients SET last_used_at = ?1,
        secret_expires_at = iif(secret_expires_at > 0 AND secret_expires_at < ?2, ?2, secret_expires_at)
      WHERE client_id = ?3`,
  )
  const remove = connection.run('DELETE FROM clients WHERE client_id = ?')
  const removeConsents = connection.run('DELETE FROM consents WHERE client_id = ?')
  const removeGrants = connection.run('DELETE FROM grants WHERE client_id = ?')
  const removeCodes = connection.run('DELETE FROM codes WHERE client_id = ?')
  const tombstones = createTombstones(connection)
  const unused = createUnusedClients(connection, parts.maxUnused)
  const inactive = createInactiveClients(connection)
  const cache = createCache<Client>(connection, CACHED)

  const changed = (client_id: string) => cache.delete(client_id)
  /** It may have been an unused one. */
  const used = (client_id: string) => {
    changed(client_id)
    unused.changed()
  }
  const allChanged = (ids: readonly string[]) => {
    for (const client_id of ids) changed(client_id)
  }
  const end = (row: ClientRow, now: number, cause: RemovalCause) => {
    // Codes and refresh tokens die with the client's and the grants' rows, which every use of them asks for.
    remove(row.client_id)
    removeConsents(row.client_id)
    removeGrants(row.client_id)
    if (row.authorized_at > 0) tombstones.lay(toClient(row), now, cause)
  }

  /** What a removed client was given before its end does not come back with it. */
  const forget = (client_id: string) => {
    removeCodes(client_id)
    tombstones.lift(client_id)
  }

  const revive = (client_id: string, audit: AuditRecord): Client | undefined => {
    const row = find(client_id)
    if (row) return toClient(row)
    const tombstone = tombstones.find(client_id)
    if (!tombstone || !isRevivable(tombstone)) return undefined
    const { client } = tombstone
    const revision = (client.revision ?? 0) + 1
    const revived = { ...client, revision, authorized_at: audit.at, last_used_at: audit.at }
    forget(client_id)
    insert(revived, undefined)
    record(audit)
    return revived
  }

  const uses = createLazyWrites<{ client_id: string; now: number; until: number }>(
    connection,
    (some) => {
      for (const { client_id, now, until } of some) touch(now, until, client_id)
    },
    (some) => allChanged(some.map(({ client_id }) => client_id)),
  )
  const visits = createLazyWrites<{ client_id: string; until: number }>(connection, (some) => {
    for (const { client_id, until } of some) unused.keep(client_id, until)
  })

  return {
    authorized: used,
    revive,
    async close() {
      await uses.close()
      await visits.close()
    },
    store: {
      register(client, audit, { registrationToken, unusedPerAddress } = {}) {
        let evicted: string[] = []
        return connection.write(
          () => {
            evicted = []
            if (unusedPerAddress && unused.countOf(unusedPerAddress.address) >= unusedPerAddress.max)
              return 'too_many_unused'
            if (registrationToken && !registrationTokens.spend(registrationToken, audit.at))
              return 'token_spent'
            if ((client.source ?? 'dynamic') === 'dynamic') evicted = unused.makeRoom()
            if (client.source === 'declared') forget(client.client_id)
            insert(client, unusedPerAddress?.address)
            record(audit)
            return 'registered'
          },
          () => allChanged(evicted),
        )
      },

      find: (client_id) =>
        connection.read(() => {
          const cached = cache.get(client_id)
          if (cached) return cached
          const row = find(client_id)
          if (!row) return undefined
          const client = toClient(row)
          cache.set(client_id, client)
          return client
        }),

      replace: (client, audit, { forgetConsents = false } = {}) =>
        connection.write(
          () => {
            if (!replace(client)) return find(client.client_id) ? 'stale' : 'gone'
            if (forgetConsents) removeConsents(client.client_id)
            record(audit)
            return 'replaced'
          },
          () => changed(client.client_id),
        ),

      approve: (client_id, audit, { revision } = {}) =>
        connection.write(
          () => {
            if (approve(audit.at, client_id, revision) === 0) return false
            record(audit)
            return true
          },
          () => used(client_id),
        ),

      confirmRegistrationToken: (client_id, registration_token_hash) =>
        connection.write(
          () => void confirm(client_id, blob(registration_token_hash)),
          () => changed(client_id),
        ),

      confirmSecret: (client_id, client_secret_hash, until) =>
        connection.write(
          () => void confirmSecret(until, client_id, client_secret_hash),
          () => changed(client_id),
        ),
      touch(client, now, { renewSecretUntil: until = 0 } = {}) {
        const { client_id, authorized_at = 0, last_used_at = 0, client_secret_expires_at = 0 } = client
        const renewed = client_secret_expires_at > 0 && until - client_secret_expires_at >= USE_STEP
        // What was let in today is known to be in use.
        if (renewed || now - Math.max(authorized_at, last_used_at) >= USE_STEP) {
          uses.add({ client_id, now, until }, client_id)
        }
      },

      seen({ client_id, authorized_at }, now, { signedIn = false } = {}) {
        if (authorized_at !== undefined) return
        const until = now + (signedIn ? KEPT_SIGNED_IN : KEPT_SEEN)
        visits.add({ client_id, until }, `${signedIn} ${client_id}`)
      },

      remove: (client_id, audit, { cause = 'deleted' } = {}) =>
        connection.write(
          () => {
            const row = find(client_id)
            if (!row) return false
            end(row, audit.at, cause)
            record(audit)
            return true
          },
          (removed) => {
            if (!removed) return
            used(client_id)
            grantsEnded()
          },
        ),

      findTombstone: (client_id) => connection.read(() => tombstones.find(client_id)),

      revive: (client_id, audit) =>
        connection.write(
          () => revive(client_id, audit),
          () => changed(client_id),
        ),

      page: ({ after = '', limit, approval, source }) =>
        connection.read(() => {
          if (source !== undefined) return pageOperated(source, after, limit).map(toClient)
          return (approval === undefined ? page : pageWaiting)(after, limit).map(toClient)
        }),

      count: () => connection.read(() => count()?.count ?? 0),

      removeUnused: (query) =>
        connection.write(() => unused.sweep(query), allChanged).then((gone) => gone.length),

      removeInactive: ({ before, now, limit }) =>
        connection
          .write(() => {
            const gone = inactive.next(before, limit)
            for (const client_id of gone) {
              const row = find(client_id)
              if (row) end(row, now, 'inactive')
              record({ at: now, type: 'client.removed', client_id, detail: 'not used for long' })
            }
            return gone
          }, allChanged)
          .then((gone) => gone.length),
    },
  }
}
