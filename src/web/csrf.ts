import { equalInConstantTime } from '../ops/digest.ts'
import type { Sealing } from '../ops/sealing.ts'
import type { Settings } from '../ops/settings.ts'

/** The origins under which our pages are opened: the public one, and those of this machine. */
export function ownOrigins({ resourceUrl, port }: Pick<Settings, 'resourceUrl' | 'port'>): string[] {
  return [resourceUrl, ...['127.0.0.1', 'localhost', '[::1]'].map((host) => `http://${host}:${port}`)]
}

/**
 * Whether a POST comes from a page of ours, as far as the browser tells: `Sec-Fetch-Site` where it is sent, else
 * `Origin`. A browser that sends neither is let through to the form's token, which is the real proof.
 */
export function isFromOurPage(request: Request, origins: readonly string[]): boolean {
  const site = request.headers.get('sec-fetch-site')
  // The browser itself says so, whatever port or proxy lies between; the host was checked at the edge.
  if (site === 'same-origin') return true
  if (site !== null && site !== 'none') return false
  const origin = request.headers.get('origin')
  return origin === null || origins.includes(origin)
}

/** A form's token, bound to `binding` (the browser's cookie, or the session) and to the form it was made for. */
export function formToken(sealing: Sealing, form: string, binding: string): string {
  return sealing.sign(`form ${form}`, binding)
}

export function isFormToken(
  sealing: Sealing,
  form: string,
  binding: string,
  token: string | undefined,
): boolean {
  return token !== undefined && equalInConstantTime(token, formToken(sealing, form, binding))
}
