import type { Connection } from '../drivers/sqlite.ts'
import type { AuthorizationCode, CodeStore } from '../ports.ts'
import type { Clients } from './clients.ts'
import type { Consents } from './consents.ts'
import type { Grants } from './grants.ts'
import type { InsertRefreshToken } from './refresh-tokens.ts'

/** Seconds that a code is remembered after it expired, so that a late replay still ends what the code gave. */
const REPLAY_MEMORY = 3600

type Row = Omit<AuthorizationCode, 'key' | 'redirect_uri_given'> & { redirect_uri_given: number }

export type Codes = {
  readonly store: CodeStore
  /** Removes expired codes and decisions, for use inside a verb; returns how many rows went. */
  sweep(now: number, limit: number): number
}

export function createCodes(
  connection: Connection,
  parts: {
    consents: Consents
    grants: Grants
    insertRefreshToken: InsertRefreshToken
    /** Told after a commit that let the client in by its first code. */
    clientAuthorized: (client_id: string) => void
    /** Brings a removed client back, where it may come back. */
    revive: Clients['revive']
  },
): Codes {
  const columns =
    'client_id, account_id, redirect_uri, redirect_uri_given, scope, resource, code_challenge, expires_at'
  const clientExists = 'EXISTS (SELECT 1 FROM clients WHERE clients.client_id = codes.client_id)'
  const insert = connection.run(`INSERT INTO codes (key, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const find = connection.get<Row>(`SELECT ${columns} FROM codes WHERE key = ? AND ${clientExists}`)
  const spend = connection.run(
    `UPDATE codes SET grant_id = ? WHERE key = ? AND grant_id IS NULL AND expires_at > ? AND ${clientExists}`,
  )
  const spentFor = connection.get<{ grant_id: string | null }>('SELECT grant_id FROM codes WHERE key = ?')
  const client = connection.get<{ authorized_at: number }>(
    'SELECT authorized_at FROM clients WHERE client_id = ?',
  )
  const authorize = connection.run(
    'UPDATE clients SET authorized_at = ?1, last_used_at = ?1 WHERE client_id = ?2',
  )
  const decide = connection.run('INSERT OR IGNORE INTO decisions (id, expires_at) VALUES (?, ?)')
  const expire = {
    codes: connection.run(
      `DELETE FROM codes WHERE expires_at <= ? AND key IN (SELECT key FROM codes ORDER BY key LIMIT ?)`,
    ),
    decisions: connection.run(
      `DELETE FROM decisions WHERE expires_at <= ? AND rowid IN (SELECT rowid FROM decisions ORDER BY rowid LIMIT ?)`,
    ),
  }

  return {
    // The keys begin with the time, so the first to expire are the first in order.
    sweep: (now, limit) => expire.codes(now - REPLAY_MEMORY, limit) + expire.decisions(now, limit),

    store: {
      issue: (code, decision) => {
        let first = false
        return connection.write(
          () => {
            const holder = client(code.client_id)
            const revive = holder ? undefined : decision?.revive
            if (!holder && !revive) return 'client_gone'
            if (decision && decide(decision.id, decision.expires_at) === 0) return 'decided_before'
            if (revive && !parts.revive(code.client_id, revive)) return 'client_gone'
            if (decision) parts.consents.widen(decision.consent)
            if (holder?.authorized_at === 0) authorize(code.issued_at ?? code.expires_at, code.client_id)
            first = !holder || holder.authorized_at === 0
            insert(
              code.key,
              code.client_id,
              code.account_id,
              code.redirect_uri,
              code.redirect_uri_given ? 1 : 0,
              code.scope,
              code.resource,
              code.code_challenge,
              code.expires_at,
            )
            return 'issued'
          },
          () => {
            if (first) parts.clientAuthorized(code.client_id)
          },
        )
      },

      deny: ({ id, expires_at }) => connection.write(() => decide(id, expires_at) === 1),

      find: (key) =>
        connection.read(() => {
          const row = find(key)
          return row && { ...row, key, redirect_uri_given: row.redirect_uri_given === 1 }
        }),

      redeem: (key, now, grant, refreshToken) =>
        connection.write(
          () => {
            if (spend(grant.grant_id, key, now) === 0) {
              const earlier = spentFor(key)?.grant_id
              if (!earlier) return { outcome: 'gone' }
              parts.grants.end(earlier, now, 'authorization code replayed')
              return { outcome: 'replayed', grant_id: earlier }
            }
            parts.grants.insert(grant)
            if (refreshToken) parts.insertRefreshToken(refreshToken, grant.grant_id)
            return { outcome: 'redeemed' }
          },
          (result) => {
            if (result.outcome === 'replayed') parts.grants.ended(result.grant_id)
          },
        ),
    },
  }
}
