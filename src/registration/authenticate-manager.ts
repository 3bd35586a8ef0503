import { bearerChallenge, parseBearer } from '../oauth/bearer.ts'
import type { Client } from '../oauth/client.ts'
import { OAuthError } from '../oauth/errors.ts'
import { REGISTRATION_TOKEN_PREFIX } from '../oauth/prefix.ts'
import { equalInConstantTime, sha256, storageKey } from '../ops/digest.ts'
import type { Settings } from '../ops/settings.ts'
import type { ClientStore } from '../store/ports.ts'
import type { RequestContext } from '../web/handler.ts'
import { answerJson } from '../web/refusal.ts'

/** A client that proved to be itself, and how. */
export type Manager = {
  readonly client: Client
  readonly token: string
  /** It came with the token before the last one: the answer that brought the last one never reached it. */
  readonly answerLost: boolean
}

/** RFC 7592 §3: what a client manages its registration by, as every answer about it says. */
export function managementOf(
  { registrationEndpoint }: Pick<Settings, 'registrationEndpoint'>,
  { client, token }: Manager,
): { registration_access_token: string; registration_client_uri: string } {
  return {
    registration_access_token: token,
    registration_client_uri: `${registrationEndpoint}/${client.client_id}`,
  }
}

export type AuthenticateManager = (
  request: Request,
  context: RequestContext,
) => Promise<Manager | Response | OAuthError>

/** No id of ours comes near this. */
const LONGEST_ID = 500
const REALM = 'client registration'
/** What a token is compared with where there is none to compare with; nothing hashes to it. */
const NOBODY = 'A'.repeat(43)

/**
 * RFC 7592 §2: "The client MUST use its registration access token in all calls to this endpoint as an OAuth 2.0 Bearer
 * Token": here of the `Authorization` header alone, RFC 6750 §5.3: "Don't pass bearer tokens in page URLs". 401 alike
 * for a token that is wrong or another client's and for a client that is not there. The first use of a new token ends
 * the one before it.
 */
export function createAuthenticateManager(
  clients: Pick<ClientStore, 'find' | 'confirmRegistrationToken'>,
): AuthenticateManager {
  const identify = async (client_id: string, token: string): Promise<Manager | OAuthError> => {
    const client = await clients.find(client_id)
    const hash = sha256(token)
    const isCurrent = equalInConstantTime(hash, client?.registration_token_hash ?? NOBODY)
    const isPrevious = equalInConstantTime(hash, client?.previous_registration_token_hash ?? NOBODY)
    if (!client || (!isCurrent && !isPrevious))
      return invalidToken(`not the token of ${client_id.slice(0, 100)}`)
    if (!isCurrent || client.previous_registration_token_hash === undefined) {
      return { client, token, answerLost: !isCurrent }
    }
    await clients.confirmRegistrationToken(client_id, hash)
    return identify(client_id, token)
  }

  return async (request, { parameter }) => {
    const token = parseBearer(request.headers.get('authorization'))
    if (token === undefined) return noToken()
    if (token instanceof OAuthError) return invalidToken(token.reason)
    if (storageKey(REGISTRATION_TOKEN_PREFIX, token) === undefined)
      return invalidToken('no registration access token')
    return parameter.length > LONGEST_ID ? invalidToken('no client_id') : identify(parameter, token)
  }
}

/** One text for all: whether such a client exists is nobody's business. */
function invalidToken(reason: string): OAuthError {
  const error = 'invalid_token'
  const error_description = 'the registration access token is invalid, or the client is gone'
  const challenge = bearerChallenge({ realm: REALM, error, error_description })
  return new OAuthError(error, error_description, { reason, headers: { 'www-authenticate': challenge } })
}

/** RFC 6750 §3.1: without credentials "the resource server SHOULD NOT include an error code or other error information". */
function noToken(): Response {
  const body = { error_description: 'the registration access token is required, as a bearer token' }
  return answerJson(401, body, { 'www-authenticate': bearerChallenge({ realm: REALM }) })
}
