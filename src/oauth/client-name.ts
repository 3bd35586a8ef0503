import { type ClientMetadata, isGiven } from './client-metadata.ts'
import type { JsonObject } from './json.ts'
import { MemberFault } from './member-fault.ts'
import { parseRedirectUri, redirectHost } from './redirect-uri.ts'

/**
 * What a client is called on pages and in the log: the name it gave itself (self-asserted: show it as text, beside
 * the host), as it is (RFC 7591 §2.2: "the string value MUST be used as is"); else the host that its codes go to.
 */
export function clientName(metadata: Pick<ClientMetadata, 'client_name' | 'redirect_uris'>): string {
  return metadata.client_name ?? redirectHost(metadata.redirect_uris[0] as string).host
}

/** The same for a registration that nobody has judged yet; undefined where it says neither. Unsafe and unbounded. */
export function claimedName(body: JsonObject): string | undefined {
  const { client_name, redirect_uris } = body
  if (isGiven(client_name) && typeof client_name === 'string') return client_name
  const uri = Array.isArray(redirect_uris) ? redirect_uris[0] : undefined
  if (typeof uri !== 'string' || parseRedirectUri(uri) instanceof MemberFault) return undefined
  return redirectHost(uri).host
}
