/**
 * A redirect, never cached. 303 after a POST: with 307 or 308 the browser would send the form on, password and all
 * (RFC 9700 §4.12). `location` has to be printable ASCII.
 */
export function redirect(status: 302 | 303, location: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ location, 'cache-control': 'no-store' })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status, headers })
}
