import { identifyClient, identityLine } from '../oauth/client-identity.ts'
import { systemClock } from '../ops/clock.ts'
import { OperatorFault } from '../ops/fault.ts'
import { safeText } from '../ops/log-text.ts'
import { allPages, type DataOptions, withStore } from './data.ts'
import { moment, show, table } from './output.ts'

/** `corpusiq clients list [--pending]`: who is registered, the oldest first. Never a secret, nor its hash. */
export function listClients(
  options: DataOptions & { readonly pending?: boolean },
): Promise<OperatorFault | undefined> {
  return withStore(options, async (store) => {
    const waiting = options.pending ? ({ approval: 'pending' } as const) : {}
    const clients = await allPages(
      (query) => store.clients.page({ ...query, ...waiting }),
      (client) => client.client_id,
    )
    const rows = clients.map(
      ({ client_id, client_id_issued_at, client_secret_expires_at, approval, metadata }) => ({
        client_id,
        client_id_issued_at,
        ...(client_secret_expires_at === undefined ? {} : { client_secret_expires_at }),
        ...(approval && { approval }),
        verified: identifyClient(metadata).verified ?? false,
        ...metadata,
      }),
    )
    show(options.json, rows, () =>
      table(
        ['CLIENT', 'REGISTERED', 'APPROVAL', 'NAME', 'IDENTITY', 'REDIRECT URIS'],
        rows.map((row) => [
          row.client_id,
          moment(row.client_id_issued_at),
          row.approval ?? '-',
          row.client_name ?? '-',
          identityLine(identifyClient(row)),
          (row.redirect_uris ?? []).join(' '),
        ]),
      ),
    )
    return undefined
  })
}

/**
 * `corpusiq clients delete <client_id> [--revoke]`: with its grants, tokens and consents, at once. With `revoke` for
 * cause: it can't be let in again by its old id.
 */
export function deleteClient(
  client_id: string,
  options: DataOptions & { readonly revoke?: boolean },
): Promise<OperatorFault | undefined> {
  return withStore(options, async (store, _settings, tell) => {
    const { revoke = false } = options
    const source = (await store.clients.find(client_id))?.source
    const audit = {
      at: systemClock(),
      type: 'client.deleted',
      client_id,
      detail: `by corpusiq clients delete${revoke ? ' --revoke' : ''}`,
    }
    if (!(await store.clients.remove(client_id, audit, { cause: revoke ? 'revoked' : 'deleted' }))) {
      return new OperatorFault(`There is no client ${safeText(client_id)}. See: corpusiq clients list`)
    }
    tell({ type: 'client.deleted', client_id })
    show(options.json, { client_id, deleted: true }, () =>
      [
        `Deleted ${client_id}, and every grant of it.`,
        source === 'declared' &&
          'The next start brings it back, unless it is taken out of the clients file too.',
      ]
        .filter(Boolean)
        .join(' '),
    )
    return undefined
  })
}
