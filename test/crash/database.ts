import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DATABASE } from '../../src/store/open.ts'

/** Bytes of a key in the list of a token's successors. */
const KEY_LENGTH = 38

/**
 * Nothing is broken in the file, and nothing half-written: whatever is written in one transaction is there with all of
 * its parts or with none. Reads beside the running server.
 */
export function checkDatabase(dataDir: string): void {
  const database = new DatabaseSync(join(dataDir, DATABASE), { readOnly: true })
  try {
    const column = (sql: string): string[] =>
      database
        .prepare(sql)
        .all()
        .map((row) => String(row.value))
    const without = (values: readonly string[], known: ReadonlySet<string>) =>
      values.filter((value) => !known.has(value))

    assert.deepEqual(
      database
        .prepare('PRAGMA integrity_check')
        .all()
        .map((row) => ({ ...row })),
      [{ integrity_check: 'ok' }],
    )
    const clients = column('SELECT client_id AS value FROM clients')
    const deleted = new Set(column("SELECT client_id AS value FROM audit WHERE type = 'client.deleted'"))
    const audited = column("SELECT client_id AS value FROM audit WHERE type = 'registration.accepted'")
    assert.deepEqual(without(clients, new Set(audited)), [], 'clients without their audit record')
    assert.deepEqual(
      without(audited, new Set([...clients, ...deleted])),
      [],
      'audit records without their client or its end',
    )
    assert.deepEqual(
      clients.filter((client_id) => deleted.has(client_id)),
      [],
      'clients that were deleted and are there',
    )
    const tombstones = new Set(column('SELECT client_id AS value FROM tombstones'))
    assert.deepEqual(
      without([...deleted], tombstones),
      [],
      'deleted clients, all authorized, without a tombstone',
    )
    assert.deepEqual(without([...tombstones], deleted), [], 'tombstones of nobody')

    const grants = new Set(column('SELECT grant_id AS value FROM grants'))
    const of = (condition: string) =>
      column(`SELECT grant_id AS value FROM codes WHERE grant_id IS NOT NULL AND client_id ${condition}`)
    const spent = of('IN (SELECT client_id FROM clients)')
    // They died with their clients.
    const dead = of('NOT IN (SELECT client_id FROM clients)')
    const ended = new Set(
      column("SELECT substr(detail, 1, 40) AS value FROM audit WHERE type = 'grant.revoked'"),
    )
    const grantOrEnd = new Set([...grants, ...ended])
    assert.deepEqual(
      dead.filter((grant_id) => grants.has(grant_id)),
      [],
      'grants of clients that are gone',
    )
    assert.deepEqual(without([...grants], new Set(spent)), [], 'grants without a spent code')
    assert.deepEqual(without(spent, grantOrEnd), [], 'spent codes without a grant or its end')
    assert.deepEqual(
      [...grants].filter((grant_id) => ended.has(grant_id)),
      [],
      'grants that were ended and are there',
    )
    const families = column('SELECT DISTINCT grant_id AS value FROM refresh_tokens')
    assert.deepEqual(
      without(families, new Set([...grantOrEnd, ...dead])),
      [],
      'refresh tokens without a grant or its end',
    )
    assert.deepEqual(without([...grants], new Set(families)), [], 'grants without a refresh token')

    const torn =
      'SELECT count(*) AS value FROM refresh_tokens WHERE (used_at IS NULL) <> (successors IS NULL)'
    assert.deepEqual(column(torn), ['0'], 'refresh tokens that are used without a successor, or the reverse')
    const keys = new Set(column('SELECT hex(key) AS value FROM refresh_tokens'))
    const successors = column('SELECT hex(successors) AS value FROM refresh_tokens WHERE used_at IS NOT NULL')
    const cut = new RegExp(`.{${2 * KEY_LENGTH}}`, 'g')
    const named = successors.flatMap((list) => list.match(cut) ?? [])
    assert.deepEqual(without(named, keys), [], 'successors that are not there')

    const signing = 'SELECT count(*) AS value FROM signing_keys WHERE retired_at IS NULL'
    assert.deepEqual(column(signing), ['1'], 'signing keys in use')
  } finally {
    database.close()
  }
}
