import type { Connection } from '../drivers/sqlite.ts'
import type { Store } from '../ports.ts'
import { createAccounts } from './accounts.ts'
import { createAudit } from './audit.ts'
import { createClients } from './clients.ts'
import { createCodes } from './codes.ts'
import { createConsents } from './consents.ts'
import { createGrants } from './grants.ts'
import { createJournal } from './journal.ts'
import { createKeys } from './keys.ts'
import { createRefreshTokens, insertRefreshToken } from './refresh-tokens.ts'
import { createRegistrationTokens } from './registration-tokens.ts'
import { createSessions } from './sessions.ts'

export type StoreOptions = {
  /** Clients that nobody authorized; more than these are never kept. */
  readonly maxUnusedClients?: number
  readonly refusalsKept?: number
  readonly journalKept?: number
}

const MAX_UNUSED_CLIENTS = 10_000

/** The store over one connection whose schema is up to date. */
export function createStore(connection: Connection, options: StoreOptions = {}): Store {
  const audit = createAudit(connection, options)
  const grants = createGrants(connection, audit.record)
  const consents = createConsents(connection)
  const sessions = createSessions(connection)
  const registrationTokens = createRegistrationTokens(connection, audit.record)
  const journal = createJournal(connection, options.journalKept)
  const clients = createClients(connection, {
    record: audit.record,
    grantsEnded: grants.ended,
    registrationTokens,
    maxUnused: options.maxUnusedClients ?? MAX_UNUSED_CLIENTS,
  })
  const parts = {
    clientAuthorized: clients.authorized,
    revive: clients.revive,
    consents,
    grants,
    insertRefreshToken: insertRefreshToken(connection),
  }
  const codes = createCodes(connection, parts)
  const refreshTokens = createRefreshTokens(connection, parts)

  return {
    clients: clients.store,
    consents: consents.store,
    codes: codes.store,
    grants: grants.store,
    refreshTokens: refreshTokens.store,
    accounts: createAccounts(connection, audit.record, sessions.ended),
    sessions: sessions.store,
    keys: createKeys(connection, audit.record),
    audit: audit.store,
    registrationTokens: registrationTokens.store,
    journal: journal.store,

    sweep: (now, limit, sweepOptions = {}) =>
      connection
        .write(
          () => {
            const { accessTokenTtl } = sweepOptions
            const over = accessTokenTtl === undefined ? [] : grants.sweep(now, limit, accessTokenTtl)
            const rows =
              codes.sweep(now, limit) +
              refreshTokens.sweep(now, limit) +
              sessions.sweep(now, limit) +
              audit.sweep(limit)
            return { over, rows }
          },
          ({ over }) => {
            for (const grant_id of over) grants.ended(grant_id)
          },
        )
        .then(({ over, rows }) => over.length + rows),

    async close() {
      await clients.close()
      await journal.close()
      await audit.close()
      await connection.close()
    },
  }
}
