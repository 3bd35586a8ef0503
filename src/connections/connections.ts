import type { Client } from '../oauth/client.ts'
import { identifyClient } from '../oauth/client-identity.ts'
import { clientName } from '../oauth/client-name.ts'
import type { SignedIn } from '../oauth/grant.ts'
import { redirectHost } from '../oauth/redirect-uri.ts'
import type { Clock } from '../ops/clock.ts'
import type { Emit } from '../ops/events.ts'
import { safeText } from '../ops/log-text.ts'
import type { Sealing } from '../ops/sealing.ts'
import type { Settings } from '../ops/settings.ts'
import type { ClientStore, GrantRow, GrantStore } from '../store/ports.ts'
import { formToken } from '../web/csrf.ts'
import type { Handler, Route, SignIn } from '../web/handler.ts'
import { changeEndpoint } from './change.ts'
import { type ClientView, type ConnectionView, connectionsPage } from './page.ts'

export type ConnectionsDependencies = {
  settings: Pick<Settings, 'resourceUrl' | 'port'>
  clients: Pick<ClientStore, 'find' | 'page' | 'approve' | 'remove'>
  grants: Pick<GrantStore, 'find' | 'page' | 'revoke'>
  sealing: Sealing
  now: Clock
  emit: Emit
  currentAccount: (request: Request) => Promise<SignedIn | undefined>
  signIn: SignIn
}

/** Grants, and waiting clients, on one page. */
const SHOWN = 100

/**
 * `GET /connections`, the owner's page: who is connected and who waits for approval, each with the button that ends or
 * allows it. Works without script; whatever a client says of itself is text.
 */
export function connectionRoutes(deps: ConnectionsDependencies): Route[] {
  return [
    { method: 'GET', path: CONNECTIONS_PATH, surface: 'browser', handler: showConnections(deps) },
    { method: 'POST', path: CONNECTIONS_PATH, surface: 'browser', handler: changeEndpoint(deps) },
  ]
}

const CONNECTIONS_PATH = '/connections'

function showConnections({
  clients,
  grants,
  sealing,
  currentAccount,
  signIn,
}: ConnectionsDependencies): Handler {
  return async (request, context) => {
    const signedIn = await currentAccount(request)
    if (!signedIn) return signIn(context)
    const { account, session } = signedIn
    const rows = await grants.page({
      limit: SHOWN + 1,
      account_id: account.account_id,
      ...afterOf(context.query),
    })
    const token = (target: string) => formToken(sealing, 'connections', `${session} ${target}`)

    const connected = new Map<string, ConnectionView>()
    for (const grant of rows.slice(0, SHOWN)) {
      const connection = connected.get(grant.client_id)
      if (connection) {
        connection.grants.push(grantView(grant, token))
        continue
      }
      const client = await clients.find(grant.client_id)
      // Deleted a moment ago, and its grants with it.
      if (!client) continue
      connected.set(grant.client_id, { ...clientView(client, token), grants: [grantView(grant, token)] })
    }
    const waiting = await clients.page({ limit: SHOWN, approval: 'pending' })
    return connectionsPage({
      username: account.username,
      connected: [...connected.values()],
      waiting: waiting.map((client) => clientView(client, token)),
      ...(rows.length > SHOWN && { next: rows[SHOWN - 1]?.grant_id }),
    })
  }
}

/** `after=<grant id>`: the further pages. */
function afterOf(query: string): { after: string } | Record<never, never> {
  const after = new URLSearchParams(query).get('after')
  return after !== null && /^grant_[\w-]{1,100}$/.test(after) ? { after } : {}
}

function clientView(client: Client, token: (target: string) => string): ClientView {
  const { client_id, metadata, source, revision = 0 } = client
  // What is approved is what was seen: a client that has changed since is another one.
  const target = `${client_id} ${revision}`
  return {
    client_id,
    revision,
    name: safeText(clientName(metadata)) || redirectHost(metadata.redirect_uris[0] as string).host,
    identity: identifyClient(metadata),
    hosts: [...new Set(metadata.redirect_uris.map((uri) => redirectHost(uri).host))],
    scope: metadata.scope,
    registered_at: client.client_id_issued_at,
    declared: source === 'declared',
    token: token(target),
  }
}

function grantView(
  { grant_id, scope, created_at, last_used_at }: GrantRow,
  token: (target: string) => string,
) {
  return { grant_id, scope, created_at, last_used_at, token: token(grant_id) }
}
