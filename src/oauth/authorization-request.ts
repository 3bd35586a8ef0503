import type { Client } from './client.ts'
import { OAuthError } from './errors.ts'
import type { Parameters } from './parameters.ts'
import { parseCodeChallenge } from './pkce.ts'
import { matchRedirectUri } from './redirect-uri.ts'
import { parseResource } from './resource-indicator.ts'
import { scopeForAuthorization } from './scope.ts'

/** What an authorization request says before anything of it is believed: its faults are for a page of ours. */
export type UntrustedRequest = {
  readonly client_id: string
  readonly redirect_uri: string | undefined
  readonly parameters: Parameters
}

/** The client exists and the address is its own: from here on a fault may be told to that address. */
export type TrustedRequest = {
  readonly client: Client
  /** As requested, byte for byte; the only registered one where the request named none. */
  readonly redirect_uri: string
  readonly redirect_uri_given: boolean
  readonly state: string | undefined
  readonly parameters: Parameters
}

export type Prompt = 'none' | 'consent' | undefined

/** A request that is in order: what a person may be asked, and what a code would stand for. */
export type AuthorizationRequest = TrustedRequest & {
  readonly scope: string
  readonly resource: string
  readonly code_challenge: string
  readonly prompt: Prompt
}

/**
 * The client and the address, where there is no doubt about which. RFC 6749 §4.1.2.1: "If the request fails due to a
 * missing, invalid, or mismatching redirection URI, or if the client identifier is missing or invalid, the
 * authorization server SHOULD inform the resource owner of the error and MUST NOT automatically redirect the
 * user-agent to the invalid redirection URI."
 */
export function parseUntrustedRequest(parameters: Parameters): UntrustedRequest | OAuthError {
  for (const name of ['client_id', 'redirect_uri']) {
    if (parameters.repeated.includes(name)) {
      return new OAuthError('invalid_request', `${name} must not be sent more than once`)
    }
  }
  const client_id = parameters.get('client_id')
  if (client_id === undefined) return new OAuthError('invalid_request', 'client_id is missing')
  return { client_id, redirect_uri: parameters.get('redirect_uri'), parameters }
}

/**
 * Whether the address is one that the client registered: exactly, but for the port of a loopback address (RFC 8252
 * §7.3). RFC 6749 §3.1.2.3: it has to be there unless exactly one was registered.
 */
export function trustRequest(request: UntrustedRequest, client: Client): TrustedRequest | OAuthError {
  const registered = client.metadata.redirect_uris
  const requested = request.redirect_uri ?? (registered.length === 1 ? registered[0] : undefined)
  if (requested === undefined) return new OAuthError('invalid_request', 'redirect_uri is missing')
  const redirect_uri = matchRedirectUri(registered, requested)
  if (redirect_uri === undefined) {
    return new OAuthError('invalid_request', 'redirect_uri is not one that the client registered')
  }
  return {
    client,
    redirect_uri,
    redirect_uri_given: request.redirect_uri !== undefined,
    state: request.parameters.get('state'),
    parameters: request.parameters,
  }
}

/**
 * Everything else. Unknown parameters are ignored (RFC 6749 §3.1), scopes narrowed without an error (see `scope.ts`).
 * `server` names our origin and the protected resource.
 */
export function parseAuthorizationRequest(
  request: TrustedRequest,
  server: { resourceUrl: string; resource: string },
): AuthorizationRequest | OAuthError {
  const { client, parameters } = request
  const repeated = parameters.repeated.find((name) => name !== 'resource')
  if (repeated !== undefined) {
    return new OAuthError('invalid_request', 'a parameter was sent more than once')
  }
  // OpenID Connect Core §6.1, §6.2: nothing is ever fetched from there.
  if (parameters.get('request') !== undefined) {
    return new OAuthError('request_not_supported', 'request objects are not supported')
  }
  if (parameters.get('request_uri') !== undefined) {
    return new OAuthError('request_uri_not_supported', 'request_uri is not supported')
  }
  const response_type = parameters.get('response_type')
  if (response_type === undefined) return new OAuthError('invalid_request', 'response_type is missing')
  if (response_type !== 'code') {
    return new OAuthError('unsupported_response_type', 'response_type must be code')
  }
  if (!client.metadata.grant_types.includes('authorization_code')) {
    return new OAuthError('unauthorized_client', 'the client did not register the authorization_code grant')
  }
  const response_mode = parameters.get('response_mode')
  if (response_mode !== undefined && response_mode !== 'query') {
    return new OAuthError('invalid_request', 'response_mode must be query')
  }
  const code_challenge = parsePkce(parameters)
  if (code_challenge instanceof OAuthError) return code_challenge
  const prompt = parsePrompt(parameters.get('prompt'))
  if (prompt instanceof OAuthError) return prompt
  const resource = parseResource(parameters.all('resource'), server)
  if (resource instanceof OAuthError) return resource
  const scope = scopeForAuthorization(parameters.get('scope'), client.registered_scope)
  return { ...request, scope, resource, code_challenge, prompt }
}

/**
 * OAuth 2.1 §4.1.1: every client proves possession. RFC 7636 §4.3: `code_challenge_method` "defaults to 'plain' if not
 * present", and `plain` is not offered.
 */
function parsePkce(parameters: Parameters): string | OAuthError {
  const challenge = parameters.get('code_challenge')
  // RFC 7636 §4.4.1: "Code challenge required".
  if (challenge === undefined) return new OAuthError('invalid_request', 'code_challenge is required (PKCE)')
  if (parameters.get('code_challenge_method') !== 'S256') {
    return new OAuthError('invalid_request', 'code_challenge_method must be S256')
  }
  const code_challenge = parseCodeChallenge(challenge)
  return code_challenge ?? new OAuthError('invalid_request', 'code_challenge must be 43 base64url characters')
}

/** OpenID Connect Core §3.1.2.1: `none` with any other value is an error. What needs nothing of us is passed over. */
function parsePrompt(value: string | undefined): Prompt | OAuthError {
  const words = value?.split(' ') ?? []
  if (words.includes('none')) {
    return words.length === 1
      ? 'none'
      : new OAuthError('invalid_request', 'prompt=none excludes other values')
  }
  return words.includes('consent') ? 'consent' : undefined
}
