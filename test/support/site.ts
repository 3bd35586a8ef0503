/** A server under test, in process or in a process of its own: all that the scenarios need of it. */
export type Site = {
  /** The public URL: an origin, without a trailing slash. */
  readonly url: string
  readonly fetch: (request: Request) => Promise<Response>
}

export const OWNER = { username: 'owner', password: 'a long sentence of the owner' } as const

/** A form POST (`application/x-www-form-urlencoded`) as machines send it. */
export function postForm(
  site: Site,
  url: string,
  parameters: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return site.fetch(new Request(url, { method: 'POST', body: new URLSearchParams(parameters), headers }))
}

export function postJson(
  site: Site,
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return site.fetch(
    new Request(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    }),
  )
}
