import type { AuthorizationRequest } from './authorization-request.ts'
import { OAuthError } from './errors.ts'
import { knownAddress } from './known-clients.ts'
import type { RedirectHost } from './redirect-uri.ts'

/** What a person said yes to before, for one client. */
export type Remembered = {
  readonly scope: string
  readonly redirect_hosts: readonly string[]
}

/**
 * `sign in`; `ask` (`again`: all of it was granted before, so that one button will do); `issue` a code at once; or a
 * refusal that the client is told.
 */
export type NextStep =
  | { readonly step: 'sign in' }
  | { readonly step: 'ask'; readonly again: boolean }
  | { readonly step: 'issue' }
  | OAuthError

/**
 * The whole policy of consent. It is asked for each client, and again when scope or redirect host grow, or where the
 * client asks for it (`prompt=consent`). RFC 8252 §8.6: "authorization servers SHOULD NOT process authorization
 * requests automatically without user consent or interaction, except when the identity of the client can be assured":
 * a remembered consent spares the page only where the code goes to an https address that is the client's own, or the
 * client has to authenticate. An address known to forward is nobody's own: whoever begins with a public client's id,
 * which is no secret, has the code passed on to himself by a `state` of his.
 */
export function nextStep(
  request: AuthorizationRequest,
  receiver: RedirectHost,
  signedIn: boolean,
  remembered: Remembered | undefined,
): NextStep {
  if (!signedIn) {
    return request.prompt === 'none'
      ? new OAuthError('login_required', 'nobody is signed in')
      : { step: 'sign in' }
  }
  const again =
    remembered !== undefined &&
    request.prompt !== 'consent' &&
    remembered.redirect_hosts.includes(receiver.host) &&
    covers(remembered.scope, request.scope)
  if (again && isAssured(request, receiver)) return { step: 'issue' }
  return request.prompt === 'none'
    ? new OAuthError('consent_required', 'the person has to be asked')
    : { step: 'ask', again }
}

function isAssured({ client, redirect_uri }: AuthorizationRequest, receiver: RedirectHost): boolean {
  if (client.metadata.token_endpoint_auth_method !== 'none') return true
  return receiver.kind === 'https' && knownAddress(redirect_uri)?.forwards !== true
}

function covers(granted: string, wanted: string): boolean {
  if (granted === wanted) return true
  const words = granted.split(' ')
  return wanted.split(' ').every((word) => words.includes(word))
}
