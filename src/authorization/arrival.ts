import type { TrustedRequest } from '../oauth/authorization-request.ts'
import type { SignedIn } from '../oauth/grant.ts'
import { redirectHost } from '../oauth/redirect-uri.ts'
import type { RequestContext } from '../web/handler.ts'
import type { AuthorizationDependencies } from './dependencies.ts'
import { displayName } from './pages.ts'

/** Tells that a client came to authorize, as soon as its address is known to be its own. */
export function tellArrival(
  { emit }: Pick<AuthorizationDependencies, 'emit'>,
  { client, redirect_uri }: TrustedRequest,
  signedIn: SignedIn | undefined,
  { address }: RequestContext,
): void {
  emit({
    type: 'authorization.requested',
    client_id: client.client_id,
    client_name: displayName(client),
    redirect_host: redirectHost(redirect_uri).host,
    signed_in: signedIn !== undefined,
    address,
  })
}
