import type { Grant } from '../../oauth/grant.ts'
import { createCache } from '../drivers/cache.ts'
import type { Connection } from '../drivers/sqlite.ts'
import type { GrantRow, GrantStore } from '../ports.ts'
import type { Record } from './audit.ts'

/** Live grants kept in memory: some 100 bytes each. */
const CACHED = 20_000

/**
 * A grant lives as long as its row does. Its refresh tokens are dead without it, so that ending a family is one
 * deletion; the tokens' rows are swept when they expire.
 */
export type Grants = {
  readonly store: GrantStore
  /** For use inside a verb; returns nothing, a grant id is never used twice. */
  insert(grant: Grant): void
  /** For use inside a verb: ends the grant because its code or token was stolen, with an audit record. */
  end(grant_id: string, now: number, why: string): void
  /** After a commit that ended the grant; without an id, any grants. */
  ended(grant_id?: string): void
  /** Removes grants that nothing can use any more, for use inside a verb; looks at `limit` rows a call. */
  sweep(now: number, limit: number, accessTokenTtl: number): string[]
}

type Page = GrantRow & { client_name: string | null }

export function createGrants(connection: Connection, record: Record): Grants {
  const columns = 'grant_id, client_id, account_id, scope, resource, created_at'
  const insert = connection.run(`INSERT INTO grants (${columns}, last_used_at) VALUES (?, ?, ?, ?, ?, ?, ?)`)
  const find = connection.get<Grant>(`SELECT ${columns} FROM grants WHERE grant_id = ?`)
  const exists = connection.get<{ grant_id: string }>('SELECT grant_id FROM grants WHERE grant_id = ?')
  const remove = connection.run('DELETE FROM grants WHERE grant_id = ?')
  const forget = connection.run('DELETE FROM consents WHERE client_id = ? AND account_id = ?')
  const pageColumns = `${columns}, last_used_at,
    (SELECT json_extract(metadata, '$.client_name') FROM clients WHERE clients.client_id = grants.client_id)
      AS client_name`
  const page = connection.all<Page>(
    `SELECT ${pageColumns} FROM grants WHERE grant_id > ?1 AND (?2 IS NULL OR account_id = ?2)
      ORDER BY grant_id LIMIT ?3`,
  )
  const pageOfClient = connection.all<Page>(
    `SELECT ${pageColumns} FROM grants WHERE client_id = ?4 AND grant_id > ?1
      AND (?2 IS NULL OR account_id = ?2) ORDER BY grant_id LIMIT ?3`,
  )
  const from = connection.all<{ grant_id: string; last_used_at: number }>(
    'SELECT grant_id, last_used_at FROM grants WHERE grant_id > ? ORDER BY grant_id LIMIT ?',
  )
  const refreshable = connection.get<{ grant_id: string }>(
    'SELECT grant_id FROM refresh_tokens WHERE grant_id = ? AND used_at IS NULL AND expires_at > ? LIMIT 1',
  )
  const live = createCache<true>(connection, CACHED)
  let swept = ''

  const ended = (grant_id?: string) => (grant_id === undefined ? live.clear() : live.delete(grant_id))

  return {
    ended,
    insert(grant) {
      insert(
        grant.grant_id,
        grant.client_id,
        grant.account_id,
        grant.scope,
        grant.resource,
        grant.created_at,
        grant.created_at,
      )
    },
    end(grant_id, now, why) {
      const grant = find(grant_id)
      if (!grant) return
      remove(grant_id)
      const { client_id, account_id } = grant
      record({ at: now, type: 'grant.revoked', client_id, account_id, detail: `${grant_id}: ${why}` })
    },
    sweep(now, limit, accessTokenTtl) {
      const grants = from(swept, limit)
      swept = grants.length < limit ? '' : (grants.at(-1)?.grant_id ?? '')
      const over = grants
        .filter(({ last_used_at }) => last_used_at + LAST_USE_STEP + accessTokenTtl <= now)
        .filter(({ grant_id }) => !refreshable(grant_id, now))
        .map(({ grant_id }) => grant_id)
      for (const grant_id of over) remove(grant_id)
      return over
    },
    store: {
      isLive: (grant_id) =>
        connection.read(() => {
          if (live.get(grant_id)) return true
          if (!exists(grant_id)) return false
          live.set(grant_id, true)
          return true
        }),
      find: (grant_id) =>
        connection.read(() => {
          const grant = find(grant_id)
          return grant && { ...grant }
        }),
      revoke: (grant_id, audit, options) =>
        connection.write(
          () => {
            const grant = find(grant_id)
            if (!grant) return false
            remove(grant_id)
            if (options?.forgetConsent) forget(grant.client_id, grant.account_id)
            record(audit)
            return true
          },
          () => ended(grant_id),
        ),
      page: ({ after = '', limit, client_id, account_id }) =>
        connection.read(() => {
          const rows =
            client_id === undefined
              ? page(after, account_id, limit)
              : pageOfClient(after, account_id, limit, client_id)
          return rows.map(({ client_name, ...grant }) =>
            client_name === null ? grant : { ...grant, client_name },
          )
        }),
    },
  }
}

/** `last_used_at` is written when it is this many seconds old: most rotations spare the row. */
export const LAST_USE_STEP = 60
