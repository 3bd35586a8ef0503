import type { Client, Tombstone } from '../oauth/client.ts'
import { identifyClient, identityLine } from '../oauth/client-identity.ts'
import { isRevivable } from '../oauth/revival.ts'
import { OperatorFault } from '../ops/fault.ts'
import { safeText } from '../ops/log-text.ts'
import type { GrantRow } from '../store/ports.ts'
import { allPages, type DataOptions, withStore } from './data.ts'
import { moment, show } from './output.ts'

/** `corpusiq clients show`: all that is known of one, or of what is left of it. Never a secret, nor its hash. */
export function showClient(client_id: string, options: DataOptions): Promise<OperatorFault | undefined> {
  return withStore(options, async ({ clients, grants }) => {
    const client = await clients.find(client_id)
    if (client) {
      const live = await allPages(
        (query) => grants.page({ ...query, client_id }),
        (grant) => grant.grant_id,
      )
      const value = details(client, live)
      show(options.json, value, () => lines(value))
      return undefined
    }
    const tombstone = await clients.findTombstone(client_id)
    if (!tombstone)
      return new OperatorFault(`There is no client ${safeText(client_id)}. See: corpusiq clients list`)
    const value = remains(tombstone)
    show(options.json, value, () => lines(value))
    return undefined
  })
}

function details(client: Client, grants: readonly GrantRow[]) {
  const { verified, flags } = identifyClient(client.metadata)
  return {
    ...about(client),
    identity: identityLine({ verified, flags }),
    verified: verified ?? false,
    flags: flags.map(({ flag }) => flag),
    approval: client.approval ?? 'not needed',
    manages_itself: client.registration_token_hash !== undefined,
    ...(client.client_secret_expires_at !== undefined && {
      client_secret_expires_at: client.client_secret_expires_at,
    }),
    ...(client.previous_secret_expires_at !== undefined && {
      previous_secret_expires_at: client.previous_secret_expires_at,
    }),
    ...client.metadata,
    grants: grants.map(({ grant_id, scope, created_at, last_used_at }) => ({
      grant_id,
      scope,
      created_at,
      last_used_at,
    })),
  }
}

function remains(tombstone: Tombstone) {
  const { client, removed_at, cause, held_secret } = tombstone
  return {
    removed_at,
    cause,
    held_secret,
    revivable: isRevivable(tombstone),
    ...about(client),
    ...client.metadata,
  }
}

function about(client: Client) {
  const { client_id, client_id_issued_at, source = 'dynamic', authorized_at, last_used_at } = client
  return {
    client_id,
    source,
    client_id_issued_at,
    ...(authorized_at !== undefined && { authorized_at }),
    ...(last_used_at !== undefined && { last_used_at }),
    ...(client.scope_limit !== undefined && { scope_limit: client.scope_limit }),
  }
}

/** One member a line, one line for each element of a list. */
function lines(value: object): string {
  const rows: [string, string][] = []
  for (const [name, member] of Object.entries(value)) {
    const list = Array.isArray(member) ? member : [member]
    if (list.length === 0) rows.push([name, '-'])
    for (const [at, element] of list.entries()) rows.push([at === 0 ? name : '', inWords(name, element)])
  }
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join('\n')
}

function inWords(name: string, value: unknown): string {
  if (typeof value === 'number' && name.endsWith('_at'))
    return value === 0 ? 'never' : `${moment(value)} (UTC)`
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([member, inner]) =>
        member === 'grant_id' ? String(inner) : `${safeText(member)} ${inWords(member, inner)}`,
      )
      .join(', ')
  }
  return safeText(String(value), 2000)
}
