import { OAuthError } from '../oauth/errors.ts'
import type { SignedIn } from '../oauth/grant.ts'
import type { Parameters } from '../oauth/parameters.ts'
import { isFormToken } from '../web/csrf.ts'
import type { Handler } from '../web/handler.ts'
import { createReadOwnForm } from '../web/own-form.ts'
import { redirect } from '../web/redirect.ts'
import type { ConnectionsDependencies } from './connections.ts'

/**
 * A button of the owner's page: `action` and what it is about, with the proof that we made that form for this session.
 * In force before the answer leaves. What is gone already is as was asked, and the page is shown again.
 */
export function changeEndpoint(deps: ConnectionsDependencies): Handler {
  const { settings, clients, grants, sealing, now, emit, currentAccount } = deps
  const readOwnForm = createReadOwnForm(settings, currentAccount)

  const endGrant = async (grant_id: string, address: string, { account }: SignedIn) => {
    const { account_id } = account
    const grant = await grants.find(grant_id)
    if (!grant || grant.account_id !== account_id) return
    const { client_id } = grant
    const detail = `${grant_id} on the owner’s page`
    const audit = { at: now(), type: 'grant.revoked', address, client_id, account_id, detail }
    // Without it a client that is told to would be let in again without a page.
    if (await grants.revoke(grant_id, audit, { forgetConsent: true })) {
      emit({ type: 'grant.revoked', grant_id, client_id })
    }
  }

  const removeClient = async (client_id: string, address: string, { account }: SignedIn) => {
    const { account_id } = account
    const detail = 'on the owner’s page'
    const audit = { at: now(), type: 'client.deleted', address, client_id, account_id, detail }
    if (await clients.remove(client_id, audit)) emit({ type: 'client.deleted', client_id })
  }

  const approve = async (client_id: string, revision: number, address: string, { account }: SignedIn) => {
    const { account_id } = account
    const audit = { at: now(), type: 'client.approved', address, client_id, account_id }
    if (await clients.approve(client_id, audit, { revision })) {
      emit({ type: 'client.approved', client_id, account_id })
    }
  }

  return async (request, { address }) => {
    const own = await readOwnForm(request)
    if (own instanceof OAuthError) return own
    const { form, signedIn } = own
    const target = targetOf(form)
    if (
      form.repeated.length > 0 ||
      target === undefined ||
      !isFormToken(sealing, 'connections', `${signedIn.session} ${target}`, form.get('token'))
    ) {
      return refused('the form was not made by us for this sign-in')
    }
    const grant_id = form.get('grant_id')
    const client_id = form.get('client_id') ?? ''
    const action = form.get('action')
    if (grant_id !== undefined && action === 'end') await endGrant(grant_id, address, signedIn)
    else if (grant_id === undefined && (action === 'remove' || action === 'refuse')) {
      await removeClient(client_id, address, signedIn)
    } else if (grant_id === undefined && action === 'approve') {
      await approve(client_id, Number(form.get('revision')), address, signedIn)
    } else return refused('there is no such button', 400)
    return redirect(303, '/connections')
  }
}

/** What the form's token was made for: a grant, or a client as it was seen. */
function targetOf(form: Parameters): string | undefined {
  const grant_id = form.get('grant_id')
  const client_id = form.get('client_id')
  const revision = form.get('revision')
  if (grant_id !== undefined) return client_id === undefined ? grant_id : undefined
  return client_id === undefined || revision === undefined ? undefined : `${client_id} ${revision}`
}

function refused(text: string, status = 403): OAuthError {
  return new OAuthError('invalid_request', text, { status })
}
