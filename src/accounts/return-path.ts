import type { RequestContext, SignIn } from '../web/handler.ts'
import { redirect } from '../web/redirect.ts'

/**
 * `value` where it is a path of ours, else `/`: it begins with one slash that no slash or backslash follows (browsers
 * read `//host` and `/\host` as another host), and holds nothing that a header or URL parser would drop or turn.
 */
export function ownPath(value: string | undefined): string {
  return value !== undefined && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(value) ? value : '/'
}

/** To the sign-in page, and from there back to this very request. */
export const signIn: SignIn = (context) => redirect(302, loginPath(context))

function loginPath({ path, query }: Pick<RequestContext, 'path' | 'query'>): string {
  const target = query === '' ? path : `${path}?${query}`
  // Only what would end or change the value is encoded: a long request must still fit into a request line.
  return `/login?return_to=${target.replace(/[%&+#]|[^\x21-\x7e]/g, encodeURIComponent)}`
}
