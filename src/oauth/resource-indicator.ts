import { OAuthError } from './errors.ts'

/**
 * The protected resource that `resource` names, as the one canonical string that tokens are bound to (RFC 8707 §2).
 *
 * `values` are all that were sent; `resourceUrl` is our origin, `resource` the `/mcp` URL below it. Clients send either
 * of the two, with or without a slash at the end, and in any spelling that parses to the same URL; some send it twice.
 * None at all means the only resource there is. RFC 8707 §2, `invalid_target`: "The requested resource is invalid,
 * missing, unknown, or malformed."
 */
export function parseResource(
  values: readonly string[],
  { resourceUrl, resource }: { resourceUrl: string; resource: string },
): string | OAuthError {
  for (const value of values) {
    if (value === resource) continue
    const named = normalised(value)
    if (named === undefined || (named !== normalised(resource) && named !== normalised(resourceUrl))) {
      return new OAuthError('invalid_target', `resource must be ${resource}`)
    }
  }
  return resource
}

/** The URL parsed and without one slash at its end; undefined for what is no absolute URL or has parts that we never have. */
function normalised(value: string): string | undefined {
  // The URL parser drops tabs and line ends and takes a backslash for a slash; a resource has none of them.
  if (!/^[\x21-\x5b\x5d-\x7e]+$/.test(value) || /[?#@]/.test(value)) return undefined
  const url = URL.parse(value)
  return url === null ? undefined : url.href.replace(/\/$/, '')
}
