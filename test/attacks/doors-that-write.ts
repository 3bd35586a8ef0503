import assert from 'node:assert/strict'
import { Browser, type Visit } from '../support/browser.ts'
import type { Form } from '../support/forms.ts'
import {
  authorizationRequest,
  authorize,
  CONFIDENTIAL_CLIENT,
  callMcp,
  exchangeCode,
  obtainTokens,
  PUBLIC_CLIENT,
  refresh,
  registerClient,
} from '../support/scenario.ts'
import { OWNER, postForm, postJson, type Site } from '../support/site.ts'

/** A request whose answer has to wait for the disk, ready to be sent as often as it takes. */
export type Writing = {
  readonly name: string
  readonly send: () => Promise<Response>
  /** The status where the disk is there. */
  readonly good: number
  /** Who is told: a machine in JSON, a person by a page. */
  readonly told: 'machine' | 'person'
}

export type Doors = {
  readonly writing: readonly Writing[]
  /** Requests that only read, and so are answered all the while; each with its status. */
  reading(): Promise<number[]>
}

/** One request for every door that writes, each with something of its own: a code, a token, a form. */
export async function doorsThatWrite(site: Site): Promise<Doors> {
  const browser = new Browser(site)
  const client = await registerClient(site, CONFIDENTIAL_CLIENT)
  const standing = await obtainTokens(site, client, { browser })
  const rotating = await obtainTokens(site, client, { browser })
  const revoking = await obtainTokens(site, client, { browser })
  const authorized = await authorize(site, client, { browser })
  const basic = {
    authorization: `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}`,
  }
  const consent = await browser.open(authorizationRequest(site, client, { extra: { prompt: 'consent' } }).url)
  const other = new Browser(site)
  const login = await other.open(`${site.url}/login`)
  return {
    writing: [
      machine('a registration', () => postJson(site, `${site.url}/register`, PUBLIC_CLIENT), 201),
      machine('a code', () => exchangeCode(site, client, authorized)),
      machine('a refresh token', () => refresh(site, client, rotating.refresh_token ?? '')),
      machine('a revocation', () =>
        postForm(site, `${site.url}/revoke`, { token: revoking.refresh_token ?? '' }, basic),
      ),
      person('a consent', () => send(site, browser, consent, { decision: 'approve' })),
      person('a login', () => send(site, other, login, OWNER)),
    ],
    async reading() {
      const introspected = await postForm(
        site,
        `${site.url}/introspect`,
        { token: standing.access_token },
        basic,
      )
      const metadata = new Request(`${site.url}/.well-known/oauth-authorization-server`)
      const pages = new Request(`${site.url}/login`)
      const responses = [
        await callMcp(site, standing.access_token),
        introspected,
        await site.fetch(metadata),
        await site.fetch(pages),
      ]
      for (const response of responses) await response.arrayBuffer()
      return responses.map(({ status }) => status)
    },
  }
}

const machine = (name: string, send: Writing['send'], good = 200): Writing => ({
  name,
  send,
  good,
  told: 'machine',
})
const person = (name: string, send: Writing['send']): Writing => ({ name, send, good: 303, told: 'person' })

/** The form of a page, filled in, without following where its answer leads. */
function send(
  site: Site,
  browser: Browser,
  visit: Visit,
  values: Readonly<Record<string, string>>,
): Promise<Response> {
  const form: Form = visit.forms.find(({ method }) => method === 'POST') ?? assert.fail(visit.text)
  const body = new URLSearchParams([...form.fields, ...Object.entries(values)])
  for (const [name, value] of Object.entries(values)) body.set(name, value)
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const headers = { cookie, origin: site.url, 'sec-fetch-site': 'same-origin' }
  return site.fetch(
    new Request(new URL(form.action, visit.url), { method: 'POST', body, headers, redirect: 'manual' }),
  )
}

/** What a refusal for want of a disk looks like (RFC 9110 §15.6.4): 503, when to try again, and nothing of the fault. */
export async function assertUnavailable({ name, told }: Writing, response: Response): Promise<void> {
  const text = await response.text()
  assert.equal(response.status, 503, `${name}: ${text}`)
  assert.match(response.headers.get('retry-after') ?? '', /^[1-9]\d*$/, name)
  assert.equal(response.headers.get('cache-control'), 'no-store', name)
  assert.doesNotMatch(text, /sqlite|disk|locked|database|read-?only|corpusiq\.db/i, name)
  if (told === 'person') {
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/, name)
    assert.deepEqual(response.headers.getSetCookie(), [], name)
  } else {
    assert.equal((JSON.parse(text) as { error: string }).error, 'temporarily_unavailable', name)
  }
}
