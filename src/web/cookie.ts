/** The value of the cookie `name`; undefined where absent or sent twice (one of the two was planted). */
export function readCookie(request: Request, name: string): string | undefined {
  const values: string[] = []
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) values.push(part.slice(at + 1).trim())
  }
  return values.length === 1 ? values[0] : undefined
}

/**
 * A `Set-Cookie` value for this origin alone: HttpOnly, SameSite=Lax, Path=/, no Domain; under https also Secure and
 * the `__Host-` prefix (`cookieName`). `maxAge` in seconds; 0 deletes.
 */
export function setCookie(
  name: string,
  value: string,
  options: { secure: boolean; maxAge?: number },
): string {
  const parts = [`${name}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax']
  if (options.secure) parts.push('Secure')
  if (options.maxAge !== undefined) parts.push(`Max-Age=${options.maxAge}`)
  return parts.join('; ')
}

/** RFC 6265bis §4.1.3.2: the prefix that keeps sub-domains and plain http from planting it; only https can set it. */
export function cookieName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name
}
