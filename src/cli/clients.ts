import { systemClock } from '../ops/clock.ts'
import { Fault } from '../ops/fault.ts'
import { safeText } from '../ops/log-text.ts'
import { allPages, type DataOptions, withStore } from './data.ts'
import { moment, show, table } from './output.ts'

/** `corpusiq clients list`: who is registered, the oldest first. Never a secret, nor its hash. */
export function listClients(options: DataOptions): Promise<Fault | undefined> {
  return withStore(options, async (store) => {
    const clients = await allPages(store.clients.page, (client) => client.client_id)
    const rows = clients.map(({ client_id, client_id_issued_at, client_secret_expires_at, metadata }) => ({
      client_id,
      client_id_issued_at,
      ...(client_secret_expires_at === undefined ? {} : { client_secret_expires_at }),
      ...metadata,
    }))
    show(options.json, rows, () =>
      table(
        ['CLIENT', 'REGISTERED', 'NAME', 'REDIRECT URIS'],
        rows.map((row) => [
          row.client_id,
          moment(row.client_id_issued_at),
          row.client_name ?? '-',
          (row.redirect_uris ?? []).join(' '),
        ]),
      ),
    )
    return undefined
  })
}

/** `corpusiq clients delete <client_id>`: with its grants, tokens and consents, at once. */
export function deleteClient(client_id: string, options: DataOptions): Promise<Fault | undefined> {
  return withStore(options, async (store) => {
    const audit = {
      at: systemClock(),
      type: 'client.deleted',
      client_id,
      detail: 'by corpusiq clients delete',
    }
    if (!(await store.clients.remove(client_id, audit))) {
      return new Fault(`There is no client ${safeText(client_id)}. See: corpusiq clients list`)
    }
    show(options.json, { client_id, deleted: true }, () => `Deleted ${client_id}, and every grant of it.`)
    return undefined
  })
}
