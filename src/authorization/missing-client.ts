import {
  parseAuthorizationRequest,
  trustRequest,
  type UntrustedRequest,
} from '../oauth/authorization-request.ts'
import { OAuthError } from '../oauth/errors.ts'
import { claimedClientId } from '../oauth/prefix.ts'
import type { RequestContext } from '../web/handler.ts'
import { tellArrival } from './arrival.ts'
import { askForConsent } from './consent-question.ts'
import type { AuthorizationDependencies } from './dependencies.ts'
import { findRemoved } from './removed-client.ts'
import { unknownClientPage } from './unknown-client-page.ts'

/**
 * The client is not there: a page that says what to do in it, never a redirect, since some clients ask beforehand
 * whether their id is still good. Where it was removed, the address is the one that it had registered and nothing
 * else is wrong, the owner is asked on that page whether it may come back, and whoever is not signed in may sign in.
 */
export async function answerForMissingClient(
  deps: AuthorizationDependencies,
  untrusted: UntrustedRequest,
  request: Request,
  context: RequestContext,
): Promise<Response> {
  const { settings, emit, currentAccount, signIn } = deps
  const client_id = claimedClientId(untrusted.client_id)
  const view = { client_id, redirect_uri: untrusted.redirect_uri, resource: settings.resource }
  const removed = await findRemoved(deps, untrusted.client_id)
  const trusted = removed && trustRequest(untrusted, removed.client)
  const wanted =
    trusted instanceof OAuthError ? trusted : trusted && parseAuthorizationRequest(trusted, settings)
  if (!removed || !wanted || wanted instanceof OAuthError || wanted.prompt === 'none') {
    const { error, reason } = new OAuthError('invalid_client', 'the client is not registered')
    emit({ type: 'authorization.refused', error, reason, client_id, address: context.address })
    return unknownClientPage(view)
  }
  const signedIn = await currentAccount(request)
  tellArrival(deps, wanted, signedIn, context)
  if (signedIn) return askForConsent(deps, wanted, signedIn, { removed_at: removed.removed_at })
  return unknownClientPage({ ...view, sign_in: signIn(context).headers.get('location') ?? undefined })
}
