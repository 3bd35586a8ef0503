import type { Grant } from '../../oauth/grant.ts'
import type { Connection } from '../drivers/sqlite.ts'
import type { RefreshTokenStore } from '../ports.ts'
import { type Grants, LAST_USE_STEP } from './grants.ts'

/** For use inside a verb. */
export type InsertRefreshToken = (token: { key: Buffer; expires_at: number }, grant_id: string) => void

/** For use inside a verb: stores a refresh token of a grant. */
export function insertRefreshToken(connection: Connection): InsertRefreshToken {
  const insert = connection.run('INSERT INTO refresh_tokens (key, grant_id, expires_at) VALUES (?, ?, ?)')
  return (token, grant_id) => void insert(token.key, grant_id, token.expires_at)
}

const KEY_LENGTH = 38

type Token = {
  grant_id: string
  expires_at: number
  used_at: number | null
  /** The keys of all tokens that this one was exchanged for, one behind the other. */
  successors: Uint8Array | null
  last_used_at: number
}

export type RefreshTokens = {
  readonly store: RefreshTokenStore
  /** Removes expired tokens, for use inside a verb; looks at `limit` rows a call. */
  sweep(now: number, limit: number): number
}

export function createRefreshTokens(
  connection: Connection,
  parts: { grants: Grants; insertRefreshToken: InsertRefreshToken },
): RefreshTokens {
  const find = connection.get<Grant & { token_expires_at: number; used_at: number | null }>(
    `SELECT grants.grant_id, client_id, account_id, scope, resource, created_at,
        refresh_tokens.expires_at AS token_expires_at, used_at
      FROM refresh_tokens JOIN grants USING (grant_id) WHERE key = ?`,
  )
  const state = connection.get<Token>(
    `SELECT grants.grant_id, refresh_tokens.expires_at, used_at, successors, last_used_at
      FROM refresh_tokens JOIN grants USING (grant_id) WHERE key = ?`,
  )
  const usedAt = connection.get<{ used_at: number | null }>(
    'SELECT used_at FROM refresh_tokens WHERE key = ?',
  )
  const branches = connection.get<{ count: number }>(
    `SELECT count(*) AS count FROM refresh_tokens WHERE grant_id = ? AND used_at IS NULL AND expires_at > ?`,
  )
  const use = connection.run(
    'UPDATE refresh_tokens SET used_at = ?, successors = ?, expires_at = ? WHERE key = ?',
  )
  const touch = connection.run('UPDATE grants SET last_used_at = ? WHERE grant_id = ?')
  const from = connection.all<{ key: Uint8Array; expires_at: number }>(
    'SELECT key, expires_at FROM refresh_tokens WHERE key > ? ORDER BY key LIMIT ?',
  )
  const remove = connection.run('DELETE FROM refresh_tokens WHERE key = ?')
  let swept: Uint8Array = Buffer.alloc(0)

  /** A successor that is no longer there counts as used: then the stricter answer is given. */
  const anyUsed = (successors: Uint8Array) => {
    for (let at = 0; at < successors.length; at += KEY_LENGTH)
      if (usedAt(successors.subarray(at, at + KEY_LENGTH))?.used_at !== null) return true
    return false
  }

  return {
    sweep(now, limit) {
      const tokens = from(swept, limit)
      swept = tokens.length < limit ? Buffer.alloc(0) : (tokens.at(-1)?.key ?? Buffer.alloc(0))
      let gone = 0
      for (const { key, expires_at } of tokens) if (expires_at <= now) gone += remove(key)
      return gone
    },
    store: {
      find: (key) =>
        connection.read(() => {
          const row = find(key)
          if (!row) return undefined
          const { token_expires_at, used_at, ...grant } = row
          return { key, grant, expires_at: token_expires_at, used_at: used_at ?? undefined }
        }),

      rotate: (key, next, now, limits) => {
        let grant_id = ''
        return connection.write(
          () => {
            const token = state(key)
            if (!token || token.expires_at <= now) return 'gone'
            grant_id = token.grant_id
            const successors = token.successors ?? Buffer.alloc(0)
            if (token.used_at !== null) {
              const pardoned = now - token.used_at <= limits.grace || !anyUsed(successors)
              if (!pardoned) {
                parts.grants.end(grant_id, now, 'refresh token used again')
                return 'reused'
              }
              if ((branches(grant_id, now)?.count ?? 0) >= limits.branches) return 'refused'
            }
            use(
              token.used_at ?? now,
              Buffer.concat([successors, next.key]),
              Math.max(token.expires_at, next.expires_at),
              key,
            )
            parts.insertRefreshToken(next, grant_id)
            if (now - token.last_used_at >= LAST_USE_STEP) touch(now, grant_id)
            return 'rotated'
          },
          (outcome) => {
            if (outcome === 'reused') parts.grants.ended(grant_id)
          },
        )
      },
    },
  }
}
