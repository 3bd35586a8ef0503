import type { Connection } from '../drivers/sqlite.ts'
import type { Consent, ConsentStore } from '../ports.ts'

type Row = { scope: string; redirect_hosts: string }

export type Consents = {
  readonly store: ConsentStore
  /** For use inside a verb: remembers the consent, widened by what was granted before. */
  widen(consent: Consent): void
}

export function createConsents(connection: Connection): Consents {
  const select = connection.get<Row>(
    'SELECT scope, redirect_hosts FROM consents WHERE client_id = ? AND account_id = ?',
  )
  const replace = connection.run(
    'INSERT OR REPLACE INTO consents (client_id, account_id, scope, redirect_hosts) VALUES (?, ?, ?, ?)',
  )
  const find = (account_id: string, client_id: string): Consent | undefined => {
    const row = select(client_id, account_id)
    return row && { account_id, client_id, scope: row.scope, redirect_hosts: JSON.parse(row.redirect_hosts) }
  }
  return {
    store: { find: (account_id, client_id) => connection.read(() => find(account_id, client_id)) },
    widen(consent) {
      const before = find(consent.account_id, consent.client_id)
      const scope = new Set(`${before?.scope ?? ''} ${consent.scope}`.split(' ').filter(Boolean))
      const hosts = new Set([...(before?.redirect_hosts ?? []), ...consent.redirect_hosts])
      replace(consent.client_id, consent.account_id, [...scope].join(' '), JSON.stringify([...hosts]))
    },
  }
}
