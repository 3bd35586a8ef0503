import type { Account } from '../../oauth/grant.ts'
import type { Connection } from '../drivers/sqlite.ts'
import type { AccountStore } from '../ports.ts'
import type { Record } from './audit.ts'

/** `sessionsEnded`: told after a commit that ended sessions. */
export function createAccounts(
  connection: Connection,
  record: Record,
  sessionsEnded: () => void,
): AccountStore {
  const insertFirst = connection.run(
    `INSERT INTO accounts (account_id, username, password_hash, created_at)
      SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM accounts)`,
  )
  const any = connection.get<{ account_id: string }>('SELECT account_id FROM accounts LIMIT 1')
  const find = connection.get<Account>('SELECT account_id, username FROM accounts WHERE account_id = ?')
  const findByUsername = connection.get<Account & { password_hash: string }>(
    'SELECT account_id, username, password_hash FROM accounts WHERE username = ?',
  )
  const all = connection.all<Account>('SELECT account_id, username FROM accounts ORDER BY created_at')
  const setPassword = connection.run('UPDATE accounts SET password_hash = ? WHERE account_id = ?')
  const endSessions = connection.run('DELETE FROM sessions WHERE account_id = ?')

  return {
    createOwner: (account, audit) =>
      connection.write(() => {
        const { account_id, username, password_hash, created_at } = account
        if (insertFirst(account_id, username, password_hash, created_at) === 0) return false
        record(audit)
        return true
      }),
    exists: () => connection.read(() => any() !== undefined),
    find: (account_id) => connection.read(() => plain(find(account_id))),
    findByUsername: (username) => connection.read(() => plain(findByUsername(username))),
    list: () => connection.read(() => all().map((row) => ({ ...row }))),
    setPassword: (account_id, password_hash, audit) =>
      connection.write(() => {
        setPassword(password_hash, account_id)
        endSessions(account_id)
        record(audit)
      }, sessionsEnded),
  }
}

/** SQLite's rows have no prototype. */
function plain<Row extends object>(row: Row | undefined): Row | undefined {
  return row && { ...row }
}
