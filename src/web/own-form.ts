import { OAuthError } from '../oauth/errors.ts'
import type { SignedIn } from '../oauth/grant.ts'
import type { Parameters } from '../oauth/parameters.ts'
import type { Settings } from '../ops/settings.ts'
import { readForm } from './body.ts'
import { isFromOurPage, ownOrigins } from './csrf.ts'

/** What a signed-in person sent from a page of ours, as far as the browser tells; the form's token is the real proof. */
export type OwnForm = { readonly form: Parameters; readonly signedIn: SignedIn }

/** Reads such a form; 403 where it came from another site, or where nobody is signed in. */
export function createReadOwnForm(
  settings: Pick<Settings, 'resourceUrl' | 'port'>,
  currentAccount: (request: Request) => Promise<SignedIn | undefined>,
): (request: Request) => Promise<OwnForm | OAuthError> {
  const origins = ownOrigins(settings)
  return async (request) => {
    if (!isFromOurPage(request, origins)) return notAllowed('the form came from another site')
    const form = await readForm(request)
    if (form instanceof OAuthError) return form
    const signedIn = await currentAccount(request)
    return signedIn ? { form, signedIn } : notAllowed('nobody is signed in any more')
  }
}

function notAllowed(description: string): OAuthError {
  return new OAuthError('invalid_request', description, { status: 403 })
}
