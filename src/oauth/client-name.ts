import type { ClientMetadata } from './client-metadata.ts'
import { redirectHost } from './redirect-uri.ts'

/**
 * What a client is called on pages and in the log: the name it gave itself (self-asserted: show it as text, beside
 * the host), as it is (RFC 7591 §2.2: "the string value MUST be used as is"); else the host that its codes go to.
 */
export function clientName(metadata: ClientMetadata): string {
  return metadata.client_name ?? redirectHost(metadata.redirect_uris[0] as string).host
}
