import type { Account } from '../../oauth/grant.ts'
import { createCache } from '../drivers/cache.ts'
import type { Connection } from '../drivers/sqlite.ts'
import type { SessionStore } from '../ports.ts'

const CACHED = 1000

export type Sessions = {
  readonly store: SessionStore
  /** After a commit that ended sessions otherwise. */
  ended(): void
  /** Removes expired sessions, for use inside a verb; returns how many rows went. */
  sweep(now: number, limit: number): number
}

export function createSessions(connection: Connection): Sessions {
  const insert = connection.run('INSERT INTO sessions (key, account_id, expires_at) VALUES (?, ?, ?)')
  const find = connection.get<Account & { expires_at: number }>(
    `SELECT account_id, username, expires_at FROM sessions JOIN accounts USING (account_id) WHERE key = ?`,
  )
  const remove = connection.run('DELETE FROM sessions WHERE key = ?')
  const expire = connection.run(
    'DELETE FROM sessions WHERE expires_at <= ? AND key IN (SELECT key FROM sessions ORDER BY key LIMIT ?)',
  )
  const cache = createCache<{ account: Account; expires_at: number }>(connection, CACHED)

  return {
    ended: () => cache.clear(),
    sweep: (now, limit) => expire(now, limit),
    store: {
      start: ({ key, account_id, expires_at }) =>
        connection.write(() => void insert(key, account_id, expires_at)),
      find: (key, now) =>
        connection.read(() => {
          const name = key.toString('latin1')
          let session = cache.get(name)
          if (!session) {
            const row = find(key)
            if (!row) return undefined
            const { expires_at, ...account } = row
            session = { account, expires_at }
            cache.set(name, session)
          }
          return session.expires_at > now ? session.account : undefined
        }),
      end: (key) =>
        connection.write(
          () => void remove(key),
          () => cache.delete(key.toString('latin1')),
        ),
    },
  }
}
