import { clientName } from '../oauth/client-name.ts'
import { systemClock } from '../ops/clock.ts'
import { OperatorFault } from '../ops/fault.ts'
import { safeText } from '../ops/log-text.ts'
import { type DataOptions, withStore } from './data.ts'
import { show } from './output.ts'

/** `corpusiq clients approve <client_id>`: it may authorize from now on. Says what it is that was approved. */
export function approveClient(client_id: string, options: DataOptions): Promise<OperatorFault | undefined> {
  return withStore(options, async ({ clients }, _settings, tell) => {
    const client = await clients.find(client_id)
    if (!client)
      return new OperatorFault(
        `There is no client ${safeText(client_id)}. See: corpusiq clients list --pending`,
      )
    if (client.approval !== 'pending') {
      return new OperatorFault(
        `${client_id} does not wait for approval. See: corpusiq clients list --pending`,
      )
    }
    const audit = {
      at: systemClock(),
      type: 'client.approved',
      client_id,
      detail: 'by corpusiq clients approve',
    }
    const { revision = 0, metadata } = client
    if (!(await clients.approve(client_id, audit, { revision }))) {
      return new OperatorFault(
        `${client_id} has changed just now. Look at it again: corpusiq clients list --pending`,
      )
    }
    tell({ type: 'client.approved', client_id })
    const { redirect_uris } = metadata
    const client_name = clientName(metadata)
    show(
      options.json,
      { client_id, approved: true, client_name, redirect_uris },
      () =>
        `Approved ${client_id} (${safeText(client_name)}), which sends people back to ${redirect_uris.map((uri) => safeText(uri)).join(' ')}. It may ask for access from now on.`,
    )
    return undefined
  })
}
