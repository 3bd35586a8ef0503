import { type Form, readForms } from './forms.ts'
import type { Site } from './site.ts'

/** Where the browser ended: on a page of the site, or sent away to another address, which is not fetched. */
export type Visit = {
  readonly url: URL
  readonly left: boolean
  readonly status: number
  readonly text: string
  readonly forms: readonly Form[]
  readonly response: Response
}

/**
 * A small browser without scripts: cookies, redirects within the site, forms. One instance is one person's browser.
 */
export class Browser {
  readonly cookies = new Map<string, string>()
  readonly #site: Site

  constructor(site: Site) {
    this.#site = site
  }

  /** Opens an address as from a link in another program. */
  open(url: string | URL): Promise<Visit> {
    return this.#go(new Request(url))
  }

  /** Sends the form of a page, filled in. */
  submit(visit: Visit, form: Form, values: Readonly<Record<string, string>> = {}): Promise<Visit> {
    const target = new URL(form.action === '' ? visit.url : form.action, visit.url)
    const body = new URLSearchParams([...form.fields])
    for (const [name, value] of Object.entries(values)) body.set(name, value)
    if (form.method === 'GET') {
      target.search = body.toString()
      return this.#go(new Request(target))
    }
    const headers = { origin: visit.url.origin, 'sec-fetch-site': 'same-origin' }
    return this.#go(new Request(target, { method: 'POST', body, headers }))
  }

  async #go(request: Request): Promise<Visit> {
    if (this.cookies.size > 0) {
      const pairs = [...this.cookies].map(([name, value]) => `${name}=${value}`)
      request.headers.set('cookie', pairs.join('; '))
    }
    const response = await this.#site.fetch(new Request(request, { redirect: 'manual' }))
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie)
    const url = new URL(request.url)
    const location = response.headers.get('location')
    if (location !== null && response.status >= 300 && response.status < 400) {
      const next = new URL(location, url)
      if (next.origin === url.origin && url.protocol === next.protocol) return this.#go(new Request(next))
      return { url: next, left: true, status: response.status, text: '', forms: [], response }
    }
    const text = await response.text()
    return { url, left: false, status: response.status, text, forms: readForms(text), response }
  }

  #keep(cookie: string): void {
    const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim())
    const at = pair.indexOf('=')
    const name = pair.slice(0, at)
    if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(at + 1))
  }
}
