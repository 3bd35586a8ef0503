import {
  type AuthorizationRequest,
  parseAuthorizationRequest,
  parseUntrustedRequest,
  type TrustedRequest,
  trustRequest,
  type UntrustedRequest,
} from '../oauth/authorization-request.ts'
import { errorLocation, successLocation } from '../oauth/authorization-response.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { SignedIn } from '../oauth/grant.ts'
import { nextStep } from '../oauth/next-step.ts'
import { parseParameters } from '../oauth/parameters.ts'
import { claimedClientId } from '../oauth/prefix.ts'
import { redirectHost } from '../oauth/redirect-uri.ts'
import type { Handler, RequestContext } from '../web/handler.ts'
import { redirect } from '../web/redirect.ts'
import { waiting } from './approval.ts'
import { issueCode } from './code.ts'
import { consentPage } from './consent-page.ts'
import type { AuthorizationDependencies } from './dependencies.ts'
import { displayName, refusalPage } from './pages.ts'
import { findRemoved } from './removed-client.ts'
import { sealTransaction, TRANSACTION_SECONDS } from './transaction.ts'
import { unknownClientPage } from './unknown-client-page.ts'

/**
 * The authorization endpoint (RFC 6749 §3.1, §4.1.1). Before the redirect URI is known to be the client's, every fault
 * is a page; afterwards it is told to the client, provided that the person signed in has allowed that client before.
 */
export function authorizeEndpoint(deps: AuthorizationDependencies): Handler {
  const { settings, clients, consents, sealing, now, random, emit, currentAccount, signIn } = deps
  const { issuer, resource: server } = settings

  /** With `removed_at`, the consent lets a removed client back in. */
  function ask(
    wanted: AuthorizationRequest,
    signedIn: SignedIn,
    { again = false, removed_at }: { again?: boolean; removed_at?: number },
  ): Response {
    const { client, redirect_uri, redirect_uri_given, scope, resource, code_challenge, state } = wanted
    const { account, session } = signedIn
    const transaction = {
      id: random.id('transaction_'),
      account_id: account.account_id,
      client_id: client.client_id,
      redirect_uri,
      redirect_uri_given,
      ...(state !== undefined && { state }),
      scope,
      resource,
      code_challenge,
      ...(removed_at !== undefined && { revives: removed_at }),
      expires_at: now() + TRANSACTION_SECONDS,
    }
    return consentPage({
      client,
      redirect_uri,
      scope,
      username: account.username,
      again,
      ...(removed_at !== undefined && { removed: { at: removed_at, resource: server } }),
      fields: sealTransaction(sealing, transaction, session),
    })
  }

  function arrived(
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

  /**
   * The client is not there: a page that says what to do in it, never a redirect, since some clients ask beforehand
   * whether their id is still good. Where it was removed, the address is the one that it had registered and nothing
   * else is wrong, the owner is asked on that page whether it may come back, and whoever is not signed in may sign in.
   */
  async function dead(
    untrusted: UntrustedRequest,
    request: Request,
    context: RequestContext,
  ): Promise<Response> {
    const claimed = claimedClientId(untrusted.client_id)
    const view = { client_id: claimed, redirect_uri: untrusted.redirect_uri, resource: server }
    const refusal = new OAuthError('invalid_client', 'the client is not registered')
    const { address } = context
    const removed = await findRemoved(deps, untrusted.client_id)
    const trusted = removed && trustRequest(untrusted, removed.client)
    const wanted =
      trusted instanceof OAuthError ? trusted : trusted && parseAuthorizationRequest(trusted, settings)
    if (!removed || !wanted || wanted instanceof OAuthError || wanted.prompt === 'none') {
      emit({
        type: 'authorization.refused',
        error: refusal.error,
        reason: refusal.reason,
        client_id: claimed,
        address,
      })
      return unknownClientPage(view)
    }
    const signedIn = await currentAccount(request)
    arrived(wanted, signedIn, context)
    if (signedIn) return ask(wanted, signedIn, { removed_at: removed.removed_at })
    return unknownClientPage({ ...view, sign_in: signIn(context).headers.get('location') ?? undefined })
  }

  return async (request, context) => {
    const told = (refusal: OAuthError, client_id: string) => {
      const { error, reason } = refusal
      emit({ type: 'authorization.refused', error, reason, client_id, address: context.address })
    }
    const page = (refusal: OAuthError, client_id = '') => {
      told(refusal, client_id)
      return refusalPage({ refusal })
    }
    // A code leaves in the answer to a GET alone: HEAD is sent by programs that look at links.
    if (request.method === 'HEAD') return new Response(null, { status: 405, headers: { allow: 'GET' } })

    const parameters = parseParameters(context.query)
    if (!parameters) return page(new OAuthError('invalid_request', 'there are too many parameters'))
    const untrusted = parseUntrustedRequest(parameters)
    if (untrusted instanceof OAuthError) return page(untrusted)
    const { client_id } = untrusted
    const client = await clients.find(client_id)
    if (!client) return dead(untrusted, request, context)
    const trusted = trustRequest(untrusted, client)
    if (trusted instanceof OAuthError) return page(trusted, client_id)

    const signedIn = await currentAccount(request)
    clients.seen(client, now(), { signedIn: signedIn !== undefined })
    arrived(trusted, signedIn, context)
    if (client.approval === 'pending') {
      told(new OAuthError('unauthorized_client', 'the client waits for approval'), client_id)
      return waiting(deps, trusted, signedIn, context)
    }
    const remembered = signedIn && (await consents.find(signedIn.account.account_id, client_id))
    const refuse = (refusal: OAuthError, { redirect_uri, state }: TrustedRequest) => {
      told(refusal, client_id)
      const location = errorLocation({ redirect_uri, state, iss: issuer }, refusal)
      // RFC 9700 §4.11.2: "The authorization server MUST always authenticate the user first", and redirects on its
      // own only to where the person has been before. Anybody else sees where the link leads.
      const isKnown = remembered?.redirect_hosts.includes(redirectHost(redirect_uri).host)
      return isKnown ? redirect(302, location) : refusalPage({ refusal, location, redirect_uri })
    }
    const wanted = parseAuthorizationRequest(trusted, settings)
    if (wanted instanceof OAuthError) return refuse(wanted, trusted)
    const next = nextStep(wanted, redirectHost(wanted.redirect_uri), signedIn !== undefined, remembered)
    if (next instanceof OAuthError) return refuse(next, trusted)
    if (next.step === 'sign in' || !signedIn) return signIn(context)
    if (next.step === 'ask') return ask(wanted, signedIn, next)

    const { account_id } = signedIn.account
    const code = await issueCode(deps, { ...wanted, client_id, account_id })
    if (code === 'client_gone') return dead(untrusted, request, context)
    if (code === 'decided_before') throw new Error('no decision was asked for')
    const { redirect_uri, state } = wanted
    return redirect(302, successLocation({ redirect_uri, state, iss: issuer }, code.code))
  }
}
