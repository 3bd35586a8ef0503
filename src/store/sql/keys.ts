import { createCache } from '../drivers/cache.ts'
import type { Connection } from '../drivers/sqlite.ts'
import type { KeyStore, SigningKey } from '../ports.ts'
import type { Record } from './audit.ts'

type Row = Omit<SigningKey, 'retired_at'> & { retired_at: number | null }

export function createKeys(connection: Connection, record: Record): KeyStore {
  const columns = 'kid, alg, public_jwk, private_key, created_at'
  const values = '?, ?, ?, ?, ?'
  const list = connection.all<Row>(`SELECT ${columns}, retired_at FROM signing_keys ORDER BY id DESC`)
  const insertFirst = connection.run(
    `INSERT INTO signing_keys (${columns})
      SELECT ${values} WHERE NOT EXISTS (SELECT 1 FROM signing_keys WHERE retired_at IS NULL)`,
  )
  const insert = connection.run(`INSERT INTO signing_keys (${columns}) VALUES (${values})`)
  const retire = connection.run('UPDATE signing_keys SET retired_at = ? WHERE retired_at IS NULL')
  const prune = connection.run('DELETE FROM signing_keys WHERE retired_at < ?')
  const cache = createCache<readonly SigningKey[]>(connection, 1)
  const changed = () => cache.clear()
  const add = (statement: typeof insert, key: SigningKey) =>
    statement(key.kid, key.alg, key.public_jwk, key.private_key, key.created_at)

  return {
    list: () =>
      connection.read(() => {
        const cached = cache.get('all')
        if (cached) return cached
        const keys = list().map((row) => ({ ...row, retired_at: row.retired_at ?? undefined }))
        cache.set('all', keys)
        return keys
      }),
    addFirst: (key) => connection.write(() => add(insertFirst, key) === 1, changed),
    rotate: (key, now, audit) =>
      connection.write(() => {
        retire(now)
        add(insert, key)
        record(audit)
      }, changed),
    prune: (before) => connection.write(() => prune(before), changed),
  }
}
