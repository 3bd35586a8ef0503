import type { Client } from '../oauth/client.ts'
import { OAuthError } from '../oauth/errors.ts'
import { type TokenResponse, UNCACHED_JSON } from '../oauth/token-response.ts'
import type { Emit } from '../ops/events.ts'
import type { Handler } from '../web/handler.ts'
import { type ClientRequest, type ReadClientRequest, refused } from './client-request.ts'
import type { GrantType, Issuance } from './grants/grant-type.ts'
import type { Mint } from './mint.ts'

export type TokenEndpointDependencies = {
  readClientRequest: ReadClientRequest
  grantTypes: ReadonlyMap<string, GrantType>
  mint: Mint
  /** Told which client got tokens: it is in use, and so is its secret. */
  used: (client: Client) => void
  emit: Emit
}

/**
 * `POST /token`, RFC 6749 §3.2: the steps that every grant shares, in their order. No grant can forget the client's
 * authentication or hand out a token that was not made here.
 */
export function tokenEndpoint({
  readClientRequest,
  grantTypes,
  mint,
  used,
  emit,
}: TokenEndpointDependencies): Handler {
  return async (request, context) => {
    // parse
    const asked = await readClientRequest(request, context)
    if (asked instanceof OAuthError) return asked
    const { client_id } = asked.client
    // validate, decide, persist
    const issuance = await runGrant(asked, grantTypes)
    if (issuance instanceof OAuthError) return refused(emit, issuance, client_id, context)
    const { grant, scope, refresh_token } = issuance
    const { access_token, expires_in } = await mint(grant, scope)
    const grant_type = asked.form.get('grant_type') ?? ''
    used(asked.client)
    emit({ type: 'token.issued', grant_type, client_id, grant_id: grant.grant_id, scope })
    // respond
    const response: TokenResponse = {
      access_token,
      token_type: 'Bearer',
      expires_in,
      ...(refresh_token !== undefined && { refresh_token }),
      scope,
    }
    return new Response(JSON.stringify(response), { status: 200, headers: UNCACHED_JSON })
  }
}

/** RFC 6749 §5.2: unknown to us is `unsupported_grant_type`, not registered by the client `unauthorized_client`. */
async function runGrant(
  { client, form }: ClientRequest,
  grantTypes: ReadonlyMap<string, GrantType>,
): Promise<Issuance | OAuthError> {
  // Whatever it asks for: nobody has let it in, or it became another client since.
  if (client.approval === 'pending') {
    return new OAuthError(
      'unauthorized_client',
      'the client waits for the approval of the owner of this server',
    )
  }
  const name = form.get('grant_type')
  if (name === undefined) return new OAuthError('invalid_request', 'grant_type is missing')
  const grantType = grantTypes.get(name)
  if (!grantType) {
    return new OAuthError(
      'unsupported_grant_type',
      `grant_type is one of ${[...grantTypes.keys()].join(', ')}`,
    )
  }
  if (!client.metadata.grant_types.some((registered) => registered === name)) {
    return new OAuthError('unauthorized_client', `the client did not register the grant type ${name}`)
  }
  return grantType({ client, form })
}
