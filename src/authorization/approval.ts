import type { TrustedRequest } from '../oauth/authorization-request.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { SignedIn } from '../oauth/grant.ts'
import type { Parameters } from '../oauth/parameters.ts'
import type { Sealing } from '../ops/sealing.ts'
import { openFormState, sealFormState } from '../web/form-state.ts'
import type { Handler, RequestContext } from '../web/handler.ts'
import { createReadOwnForm } from '../web/own-form.ts'
import { redirect } from '../web/redirect.ts'
import type { AuthorizationDependencies } from './dependencies.ts'
import { refusalPage } from './pages.ts'
import { TRANSACTION_SECONDS } from './transaction.ts'
import { waitingPage } from './waiting-page.ts'

/** What the owner saw and approves, and where the browser goes on. */
type Approval = {
  readonly client_id: string
  /** A client that replaces its registration meanwhile is another one than the owner saw. */
  readonly revision: number
  /** The authorization request, a path of ours. */
  readonly return_to: string
  readonly expires_at: number
}

const FORM = 'approval'

/** The form's hidden fields: the approval, and the proof that we made it for this session. */
export type ApprovalFields = { readonly approval: string; readonly token: string }

/** The page for a client that waits, as an answer to its authorization request. */
export function waiting(
  { sealing, now, signIn }: Pick<AuthorizationDependencies, 'sealing' | 'now' | 'signIn'>,
  { client, redirect_uri }: TrustedRequest,
  signedIn: SignedIn | undefined,
  context: RequestContext,
): Response {
  const { client_id, revision = 0 } = client
  const return_to = requestPath(context)
  const approval = { client_id, revision, return_to, expires_at: now() + TRANSACTION_SECONDS }
  return waitingPage({
    client,
    redirect_uri,
    again: return_to,
    approval: signedIn && {
      username: signedIn.account.username,
      fields: seal(sealing, approval, signedIn.session),
    },
    signInPath: signIn(context).headers.get('location') ?? '/login',
  })
}

/**
 * The owner approves the client of the page. Whatever came of it, the authorization request is made again and shows
 * it: the consent page, or the page again where the client has changed, or that it is gone.
 */
export function approvalEndpoint(deps: AuthorizationDependencies): Handler {
  const { settings, clients, sealing, now, emit, currentAccount } = deps
  const readOwnForm = createReadOwnForm(settings, currentAccount)

  return async (request, { address }) => {
    const refuse = (refusal: OAuthError) => {
      const { error, reason } = refusal
      emit({ type: 'authorization.refused', error, reason, client_id: '', address })
      return refusalPage({ refusal })
    }
    const own = await readOwnForm(request)
    if (own instanceof OAuthError) return refuse(own)
    const { form, signedIn } = own
    const approval = open(sealing, form, signedIn, now())
    if (approval instanceof OAuthError) return refuse(approval)

    const { client_id, revision, return_to } = approval
    const { account_id } = signedIn.account
    const audit = { at: now(), type: 'client.approved', address, client_id, account_id }
    if (await clients.approve(client_id, audit, { revision })) {
      emit({ type: 'client.approved', client_id, account_id })
    }
    return redirect(303, return_to)
  }
}

function seal(sealing: Sealing, approval: Approval, session: string): ApprovalFields {
  const { text, token } = sealFormState(sealing, FORM, session, approval)
  return { approval: text, token }
}

function open(sealing: Sealing, form: Parameters, { session }: SignedIn, now: number): Approval | OAuthError {
  const fields = { text: form.get('approval'), token: form.get('token') }
  const approval = openFormState<Approval>(sealing, FORM, session, fields)
  if (form.repeated.length > 0 || !approval) {
    return new OAuthError('invalid_request', 'the form was not made by us for this sign-in', { status: 403 })
  }
  return now < approval.expires_at
    ? approval
    : new OAuthError('invalid_request', 'the page was open for too long')
}

/** Printable ASCII, as a Location has to be. */
function requestPath({ path, query }: RequestContext): string {
  return `${path}?${query}`.replace(/[^\x21-\x7e]/g, encodeURIComponent)
}
