import { SCOPES_SUPPORTED } from './scope.ts'

/** RFC 9728 §2: what is protected, who issues tokens for it, and how they are presented. */
export function resourceMetadata(resource: string, issuer: string): Record<string, unknown> {
  return {
    resource,
    authorization_servers: [issuer],
    // The same list as the authorization server's: clients differ in which of the two they read.
    scopes_supported: SCOPES_SUPPORTED,
    bearer_methods_supported: ['header'],
    resource_name: 'CorpusIQ',
  }
}

/**
 * Where it is read: with the resource's path inserted (RFC 9728 §3.1), and at the root for clients that try nothing
 * else. Both name the same resource.
 */
export function resourceMetadataPaths(resource: string): readonly string[] {
  const root = '/.well-known/oauth-protected-resource'
  return [root, root + new URL(resource).pathname]
}
