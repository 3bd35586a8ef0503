import { errorLocation, successLocation } from '../oauth/authorization-response.ts'
import { OAuthError } from '../oauth/errors.ts'
import { matchRedirectUri, redirectHost } from '../oauth/redirect-uri.ts'
import type { Handler } from '../web/handler.ts'
import { createReadOwnForm } from '../web/own-form.ts'
import { redirect } from '../web/redirect.ts'
import { issueCode } from './code.ts'
import type { AuthorizationDependencies } from './dependencies.ts'
import { displayName, refusalPage } from './pages.ts'
import { findRemoved } from './removed-client.ts'
import { openTransaction } from './transaction.ts'
import { unknownClientPage } from './unknown-client-page.ts'

/** What the person said: `decision` is `approve` or `deny`, once for each transaction. */
export function decisionEndpoint(deps: AuthorizationDependencies): Handler {
  const { settings, clients, codes, sealing, now, emit, currentAccount } = deps
  const readOwnForm = createReadOwnForm(settings, currentAccount)

  return async (request, { address }) => {
    const refuseAs = (refusal: OAuthError, client_id = '') => {
      const { error, reason } = refusal
      emit({ type: 'authorization.refused', error, reason, client_id, address })
      return refusalPage({ refusal })
    }
    const refuse = (text: string, status = 400, client_id = '') =>
      refuseAs(new OAuthError('invalid_request', text, { status }), client_id)
    const own = await readOwnForm(request)
    if (own instanceof OAuthError) return refuseAs(own)
    const { form, signedIn } = own
    const transaction = openTransaction(sealing, form, signedIn, now())
    if (transaction instanceof OAuthError) return refuseAs(transaction)
    const decision = form.get('decision')
    if (form.repeated.length > 0 || (decision !== 'approve' && decision !== 'deny')) {
      return refuse('decision must be approve or deny')
    }

    const { id, client_id, redirect_uri, scope, expires_at, revives } = transaction
    const unknown = () => {
      const { error, reason } = new OAuthError('invalid_client', 'the client is not registered')
      emit({ type: 'authorization.refused', error, reason, client_id, address })
      return unknownClientPage({ client_id, redirect_uri, resource: settings.resource })
    }
    const living = await clients.find(client_id)
    // The person has to have read that it was removed, and it has to be the removal that the page told of.
    const removed = living ? undefined : await findRemoved(deps, client_id)
    const client = living ?? (removed?.removed_at === revives ? removed?.client : undefined)
    if (!client) return unknown()
    if (client.approval === 'pending') {
      return refuse('the client has changed, and waits for approval', 403, client_id)
    }
    if (matchRedirectUri(client.metadata.redirect_uris, redirect_uri) === undefined) {
      return refuse('redirect_uri is no longer one that the client registered', 400, client_id)
    }
    const to = { redirect_uri, state: transaction.state, iss: settings.issuer }
    const { account_id } = signedIn.account
    const decidedBefore = () => refuse('this was decided before', 400, client_id)

    if (decision === 'deny') {
      if (!(await codes.deny({ id, expires_at }))) return decidedBefore()
      emit({ type: 'authorization.denied', client_id, account_id })
      return redirect(
        303,
        errorLocation(to, new OAuthError('access_denied', 'the person denied the request')),
      )
    }
    const consent = { account_id, client_id, scope, redirect_hosts: [redirectHost(redirect_uri).host] }
    const revive = !living && { at: now(), type: 'client.revived', address, client_id, account_id }
    const code = await issueCode(deps, transaction, { id, expires_at, consent, ...(revive && { revive }) })
    if (code === 'client_gone') return unknown()
    if (code === 'decided_before') return decidedBefore()
    if (revive) emit({ type: 'client.revived', client_id, client_name: displayName(client), account_id })
    return redirect(303, successLocation(to, code.code))
  }
}
