import {
  GRANT_TYPES_SUPPORTED,
  RESPONSE_TYPES_SUPPORTED,
  TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED,
} from './client-metadata.ts'
import { SCOPES_SUPPORTED } from './scope.ts'

/** Where the authorization server is, by configuration. */
export type AuthorizationServer = {
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  /** Undefined while registration is switched off. */
  readonly registrationEndpoint: string | undefined
  readonly jwksUri: string
  readonly revocationEndpoint: string
  readonly introspectionEndpoint: string
}

/** RFC 8414 §2: what is supported, no more and no less. Never an empty list (§3.2). */
export function serverMetadata(server: AuthorizationServer): Record<string, unknown> {
  return {
    issuer: server.issuer,
    authorization_endpoint: server.authorizationEndpoint,
    token_endpoint: server.tokenEndpoint,
    ...(server.registrationEndpoint !== undefined && { registration_endpoint: server.registrationEndpoint }),
    revocation_endpoint: server.revocationEndpoint,
    introspection_endpoint: server.introspectionEndpoint,
    jwks_uri: server.jwksUri,
    scopes_supported: SCOPES_SUPPORTED,
    response_types_supported: RESPONSE_TYPES_SUPPORTED,
    // Its default would be query and fragment.
    response_modes_supported: ['query'],
    grant_types_supported: GRANT_TYPES_SUPPORTED,
    token_endpoint_auth_methods_supported: TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED,
    revocation_endpoint_auth_methods_supported: TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED,
    introspection_endpoint_auth_methods_supported: INTROSPECTION_AUTH_METHODS,
    code_challenge_methods_supported: ['S256'],
    // RFC 9207 §3
    authorization_response_iss_parameter_supported: true,
  }
}

/** RFC 7662 §2.1: introspection "MUST also require some form of authorization", which a public client has not got. */
const INTROSPECTION_AUTH_METHODS = TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED.filter((method) => method !== 'none')

/**
 * The same for clients that read only OpenID Connect Discovery §3, with the members that it requires. There are no ID
 * tokens here: `openid` is not among the scopes, and the algorithm is the one that the keys at `jwks_uri` are for.
 */
export function openidConfiguration(server: AuthorizationServer): Record<string, unknown> {
  return {
    ...serverMetadata(server),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    request_parameter_supported: false,
    // Its default would be true.
    request_uri_parameter_supported: false,
    claims_parameter_supported: false,
  }
}

export type MetadataPaths = {
  readonly serverMetadata: readonly string[]
  readonly openidConfiguration: readonly string[]
}

/**
 * Where the two documents are read: at the root, which clients try that take the resource's origin for the issuer;
 * and for an issuer with a path, the path inserted (RFC 8414 §3.1) and, for the second one, also appended to
 * (OpenID Connect Discovery §4.1).
 */
export function metadataPaths(issuer: string): MetadataPaths {
  // RFC 8414 §3.1: "any terminating "/" MUST be removed before inserting "/.well-known/""
  const path = new URL(issuer).pathname.replace(/\/$/, '')
  const server = '/.well-known/oauth-authorization-server'
  const openid = '/.well-known/openid-configuration'
  return path === ''
    ? { serverMetadata: [server], openidConfiguration: [openid] }
    : { serverMetadata: [server, server + path], openidConfiguration: [openid, openid + path, path + openid] }
}
