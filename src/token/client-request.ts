import { OAuthError } from '../oauth/errors.ts'
import { type Parameters, parseParameters } from '../oauth/parameters.ts'
import { claimedClientId } from '../oauth/prefix.ts'
import type { Emit } from '../ops/events.ts'
import { readForm } from '../web/body.ts'
import type { RequestContext } from '../web/handler.ts'
import type { AuthenticateClient, AuthenticatedClient } from './authenticate-client.ts'

/** How the token, revocation and introspection endpoints begin: a form, and the client that is proved to have sent it. */
export type ClientRequest = AuthenticatedClient & { readonly form: Parameters }

export type ReadClientRequest = (
  request: Request,
  context: RequestContext,
) => Promise<ClientRequest | OAuthError>

/** Emits its own refusals, `token.refused`. */
export function createReadClientRequest(authenticate: AuthenticateClient, emit: Emit): ReadClientRequest {
  return async (request, context) => {
    const form = readQuery(context.query) ?? (await readForm(request))
    if (form instanceof OAuthError) return refused(emit, form, '', context)
    // RFC 6749 §3.2: "Request and response parameters MUST NOT be included more than once." `resource` may be,
    // RFC 8707 §2.
    const repeated = form.repeated.find((name) => name !== 'resource')
    if (repeated !== undefined) {
      const fault = new OAuthError('invalid_request', `${repeated.slice(0, 50)} is included more than once`)
      return refused(emit, fault, form.get('client_id'), context)
    }
    const authenticated = await authenticate(request.headers.get('authorization'), form)
    if (authenticated instanceof OAuthError) {
      return refused(emit, authenticated, form.get('client_id'), context)
    }
    return { client: authenticated.client, confidential: authenticated.confidential, form }
  }
}

/** Tells of a refusal and hands it on. `client_id` is as claimed where nothing is proved. */
export function refused(
  emit: Emit,
  fault: OAuthError,
  client_id: string | undefined,
  { address }: RequestContext,
): OAuthError {
  const { error, reason } = fault
  emit({ type: 'token.refused', error, reason, client_id: claimedClientId(client_id), address })
  return fault
}

/** What belongs in the body and nowhere else: an address lands in logs and histories. */
const BODY_ONLY = [
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'code',
  'code_verifier',
  'redirect_uri',
  'refresh_token',
  'scope',
  'resource',
  'token',
  'token_type_hint',
]

/** RFC 6749 §2.3.1: "The parameters can only be transmitted in the request-body and MUST NOT be included in the request URI." */
function readQuery(query: string): OAuthError | undefined {
  if (query === '') return undefined
  const parameters = parseParameters(query)
  return parameters && !BODY_ONLY.some((name) => parameters.get(name) !== undefined)
    ? undefined
    : new OAuthError('invalid_request', 'parameters belong in the body, not in the query')
}
