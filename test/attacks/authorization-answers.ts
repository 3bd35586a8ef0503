/** What the authorization endpoint may answer to an attack, exactly: a page of ours, or an error to the client's address. */
import assert from 'node:assert/strict'
import { Parser } from 'htmlparser2'
import { Browser, type Visit } from '../support/browser.ts'
import { authorizationRequest, type RegisteredClient } from '../support/scenario.ts'
import { OWNER, type Site } from '../support/site.ts'

/** Somebody in whose browser the owner is signed in. */
export async function signedIn(site: Site): Promise<Browser> {
  const browser = new Browser(site)
  const login = await browser.open(`${site.url}/login`)
  const [form] = login.forms
  assert.ok(form, login.text)
  await browser.submit(login, form, OWNER)
  return browser
}

export type Changes = Readonly<Record<string, string | undefined>>

/** An authorization request in order, but for `changes`; `raw` is put behind its query as it is. */
export function urlFor(
  site: Site,
  client: Pick<RegisteredClient, 'client_id' | 'redirect_uris'>,
  changes: Changes = {},
  raw = '',
): string {
  return authorizationRequest(site, client, { extra: { state: 'kept', ...changes } }).url.href + raw
}

/** A page of ours with this status; nothing was sent to the client's address, and nothing of it can be kept or framed. */
export function isPage(visit: Visit, status = 400): void {
  const what = visit.url.href.slice(0, 500)
  assert.equal(visit.left, false, `left for ${what}`)
  assert.equal(visit.status, status, `${what}: ${visit.text}`)
  isSafePage(visit)
}

export function isSafePage({ response, text, url }: Pick<Visit, 'response' | 'text' | 'url'>): void {
  const { headers } = response
  assert.equal(headers.get('location'), null)
  assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(headers.get('referrer-policy'), 'same-origin')
  assert.equal(headers.get('x-frame-options'), 'DENY')
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('access-control-allow-origin'), null)
  const policy = headers.get('content-security-policy') ?? ''
  assert.match(policy, /(^|; )default-src 'none'(;|$)/)
  assert.match(policy, /(^|; )frame-ancestors 'none'(;|$)/)
  assert.match(policy, /(^|; )base-uri 'none'(;|$)/)
  assert.doesNotMatch(policy, /unsafe|script-src|form-action/)
  isInertMarkup(text, url.origin)
  for (const inside of ['node_modules', '.ts:', 'file://']) assert.ok(!text.includes(inside), text)
}

/** Nothing on the page runs, and nothing of it is loaded from, or sent to, anywhere else; links are told apart. */
export function isInertMarkup(html: string, origin: string): void {
  const allowed = new Set(
    'html head meta title link body main section div form h1 h2 p bdi strong code pre mark ul li label input button a'.split(
      ' ',
    ),
  )
  const parser = new Parser({
    onopentag(name, attributes) {
      assert.ok(allowed.has(name), `<${name}> in ${html}`)
      for (const [attribute, value] of Object.entries(attributes)) {
        assert.doesNotMatch(attribute, /^on|^style$|^srcdoc$|^formaction$/i, html)
        if (!['src', 'href', 'action', 'data', 'poster'].includes(attribute)) continue
        const target = new URL(value, origin)
        if (name === 'a') assert.doesNotMatch(target.protocol, /^(javascript|data|vbscript|blob):$/, html)
        else assert.equal(target.origin, origin, html)
      }
      if (name === 'meta') assert.doesNotMatch(attributes['http-equiv'] ?? '', /refresh/i)
    },
  })
  parser.end(html)
}

/** The links of a page, as a browser reads them. */
export function linksOf(html: string): { href: string; rel: string }[] {
  const links: { href: string; rel: string }[] = []
  const parser = new Parser({
    onopentag(name, { href, rel = '' }) {
      if (name === 'a' && href !== undefined) links.push({ href, rel })
    },
  })
  parser.end(html)
  return links
}

/** 302 or 303 to the registered `redirect_uri` with this error, `state` and `iss`, and nothing else. */
export function isRedirectError(
  visit: Visit,
  error: string,
  { redirect_uri, iss, state = 'kept', status = 302 }: RedirectError,
): void {
  assert.equal(visit.left, true, `${visit.status} ${visit.text}`)
  assert.equal(visit.status, status)
  const location = visit.response.headers.get('location') ?? ''
  assert.match(location, /^[\x21-\x7e]+$/)
  assert.ok(location.startsWith(`${redirect_uri}${redirect_uri.includes('?') ? '&' : '?'}`), location)
  isErrorLocation(location, error, { iss, state })
  assert.equal(visit.response.headers.get('cache-control'), 'no-store')
}

type RedirectError = {
  readonly redirect_uri: string
  readonly iss: string
  readonly state?: string | undefined
  readonly status?: number
}

/** The parameters of an error response (RFC 6749 §4.1.2.1, RFC 9207), and no code. */
export function isErrorLocation(
  location: string,
  error: string,
  expected: { iss: string; state: string },
): void {
  const { searchParams } = new URL(location)
  const { error_description, ...parameters } = Object.fromEntries(searchParams)
  assert.deepEqual(parameters, { error, state: expected.state, iss: expected.iss })
  assert.match(error_description ?? '', /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
}
