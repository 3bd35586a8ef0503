import {
  parseAuthorizationRequest,
  parseUntrustedRequest,
  type TrustedRequest,
  trustRequest,
} from '../oauth/authorization-request.ts'
import { errorLocation, successLocation } from '../oauth/authorization-response.ts'
import { OAuthError } from '../oauth/errors.ts'
import { nextStep } from '../oauth/next-step.ts'
import { parseParameters } from '../oauth/parameters.ts'
import { redirectHost } from '../oauth/redirect-uri.ts'
import type { Handler } from '../web/handler.ts'
import { redirect } from '../web/redirect.ts'
import { waiting } from './approval.ts'
import { tellArrival } from './arrival.ts'
import { issueCode } from './code.ts'
import { askForConsent } from './consent-question.ts'
import type { AuthorizationDependencies } from './dependencies.ts'
import { answerForMissingClient } from './missing-client.ts'
import { refusalPage } from './pages.ts'

/**
 * The authorization endpoint (RFC 6749 §3.1, §4.1.1). Before the redirect URI is known to be the client's, every fault
 * is a page; afterwards it is told to the client, provided that the person signed in has allowed that client before.
 */
export function authorizeEndpoint(deps: AuthorizationDependencies): Handler {
  const { settings, clients, consents, now, emit, currentAccount, signIn } = deps
  const { issuer } = settings

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
    if (!client) return answerForMissingClient(deps, untrusted, request, context)
    const trusted = trustRequest(untrusted, client)
    if (trusted instanceof OAuthError) return page(trusted, client_id)

    const signedIn = await currentAccount(request)
    clients.seen(client, now(), { signedIn: signedIn !== undefined })
    tellArrival(deps, trusted, signedIn, context)
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
    if (next.step === 'ask') return askForConsent(deps, wanted, signedIn, next)

    const { account_id } = signedIn.account
    const code = await issueCode(deps, { ...wanted, client_id, account_id })
    if (code === 'client_gone') return answerForMissingClient(deps, untrusted, request, context)
    if (code === 'decided_before') throw new Error('no decision was asked for')
    const { redirect_uri, state } = wanted
    return redirect(302, successLocation({ redirect_uri, state, iss: issuer }, code.code))
  }
}
