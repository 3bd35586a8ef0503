import type { Connection } from '../drivers/sqlite.ts'
import type { RegistrationToken, RegistrationTokenStore } from '../ports.ts'
import type { Record } from './audit.ts'

type Row = {
  token_id: string
  key: Uint8Array
  created_at: number
  expires_at: number
  uses_left: number | null
  scope: string | null
  note: string | null
}

export type RegistrationTokens = {
  readonly store: RegistrationTokenStore
  /** For use inside a verb: one use less; false where there is none left. */
  spend(key: Buffer, now: number): boolean
}

export function createRegistrationTokens(connection: Connection, record: Record): RegistrationTokens {
  const columns = 'token_id, key, created_at, expires_at, uses_left, scope, note'
  const insert = connection.run(`INSERT INTO registration_tokens (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`)
  const find = connection.get<Row>(`SELECT ${columns} FROM registration_tokens WHERE key = ?`)
  const list = connection.all<Row>(`SELECT ${columns} FROM registration_tokens ORDER BY created_at, rowid`)
  const remove = connection.run('DELETE FROM registration_tokens WHERE token_id = ?')
  // NULL, any number of uses, stays NULL.
  const spend = connection.run(
    `UPDATE registration_tokens SET uses_left = uses_left - 1
      WHERE key = ? AND coalesce(uses_left, 1) > 0 AND (expires_at = 0 OR expires_at > ?)`,
  )

  return {
    spend: (key, now) => spend(key, now) === 1,
    store: {
      create: (token, audit) =>
        connection.write(() => {
          const { token_id, key, created_at, expires_at, uses_left, scope, note } = token
          insert(token_id, key, created_at, expires_at, uses_left, scope, note)
          record(audit)
        }),
      find: (key) =>
        connection.read(() => {
          const row = find(key)
          return row && fromRow(row)
        }),
      list: () => connection.read(() => list().map(fromRow)),
      revoke: (token_id, audit) =>
        connection.write(() => {
          if (remove(token_id) === 0) return false
          record(audit)
          return true
        }),
    },
  }
}

function fromRow({ token_id, key, created_at, expires_at, uses_left, scope, note }: Row): RegistrationToken {
  return {
    token_id,
    key: Buffer.from(key),
    created_at,
    expires_at,
    ...(uses_left !== null && { uses_left }),
    ...(scope !== null && { scope }),
    ...(note !== null && { note }),
  }
}
