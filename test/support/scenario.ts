import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { Browser, type Visit } from './browser.ts'
import { OWNER, postForm, postJson, type Site } from './site.ts'

/** What a registration answered, or what a test knows of a client by other means. */
export type RegisteredClient = {
  readonly client_id: string
  readonly client_secret?: string
  readonly redirect_uris: readonly string[]
  readonly token_endpoint_auth_method: string
  readonly scope?: string
  readonly grant_types: readonly string[]
  readonly registration_access_token?: string
  readonly registration_client_uri?: string
}

export type TokenAnswer = {
  readonly access_token: string
  readonly token_type: string
  readonly expires_in: number
  readonly scope: string
  readonly refresh_token?: string
}

export const CALLBACK = 'https://client.example.com/callback'

/** A client like most: public, with refresh tokens. */
export const PUBLIC_CLIENT = {
  client_name: 'Test Client',
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
}

export const CONFIDENTIAL_CLIENT = { ...PUBLIC_CLIENT, token_endpoint_auth_method: 'client_secret_basic' }

/** Registers and expects 201. */
export async function registerClient(
  site: Site,
  metadata: Readonly<Record<string, unknown>> = PUBLIC_CLIENT,
): Promise<RegisteredClient> {
  const response = await postJson(site, `${site.url}/register`, metadata)
  const text = await response.text()
  assert.equal(response.status, 201, text)
  return JSON.parse(text)
}

/** Opens the setup link and sets the owner's password, as the first start asks. */
export async function setUpOwner(site: Site, setupLink: string, browser = new Browser(site)): Promise<void> {
  const page = await browser.open(setupLink)
  const form = page.forms.find(({ fields }) => fields.has('password'))
  assert.ok(form, `no form for the password: ${page.status} ${page.text}`)
  const values: Record<string, string> = { username: OWNER.username }
  for (const name of form.fields.keys()) if (/^password/.test(name)) values[name] = OWNER.password
  const done = await browser.submit(page, form, values)
  assert.equal(done.status, 200, done.text)
}

export type AuthorizationOptions = {
  readonly redirect_uri?: string
  readonly scope?: string
  readonly resource?: string
  readonly state?: string
  /** Any other parameter of the authorization request; undefined leaves one out. */
  readonly extra?: Readonly<Record<string, string | undefined>>
}

export type AuthorizationRequest = { readonly url: URL; readonly verifier: string; readonly state: string }

/** An authorization request as an MCP client builds it: PKCE S256, state, resource. */
export function authorizationRequest(
  site: Site,
  client: Pick<RegisteredClient, 'client_id' | 'redirect_uris'>,
  options: AuthorizationOptions = {},
): AuthorizationRequest {
  const verifier = randomBytes(32).toString('base64url')
  const state = options.state ?? randomBytes(8).toString('hex')
  const url = new URL(`${site.url}/authorize`)
  const parameters: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: options.redirect_uri ?? client.redirect_uris[0],
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state,
    scope: options.scope,
    resource: options.resource ?? `${site.url}/mcp`,
    ...options.extra,
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  return { url, verifier, state }
}

/** Walks through whatever pages stand between the browser and the client: sign-in, then consent. */
export async function signInAndDecide(
  browser: Browser,
  url: URL | string,
  decision: 'approve' | 'deny' = 'approve',
): Promise<Visit> {
  let visit = await browser.open(url)
  // The page of a removed client leads to the sign-in by a link.
  const link = signInLink(visit)
  if (link) visit = await browser.open(link)
  const signIn = visit.forms.find(({ fields }) => fields.has('password'))
  if (signIn) visit = await browser.submit(visit, signIn, OWNER)
  const consent = visit.forms.find(({ buttons }) => buttons.some(({ name }) => name === 'decision'))
  if (consent) visit = await browser.submit(visit, consent, { decision })
  return visit
}

/** Where a page lets its owner sign in by a link. */
export function signInLink(visit: Visit): URL | undefined {
  const link = /<a href="(\/login\?[^"]*)">sign in<\/a>/.exec(visit.text)?.[1]
  return link === undefined ? undefined : new URL(link.replaceAll('&amp;', '&'), visit.url)
}

export type Authorized = {
  readonly code: string
  readonly verifier: string
  readonly redirect_uri: string
  readonly resource: string
}

/** The whole authorization leg; expects a code at the client's redirect URI with state and `iss` (RFC 9207). */
export async function authorize(
  site: Site,
  client: Pick<RegisteredClient, 'client_id' | 'redirect_uris'>,
  options: AuthorizationOptions & { browser?: Browser } = {},
): Promise<Authorized> {
  const request = authorizationRequest(site, client, options)
  const visit = await signInAndDecide(options.browser ?? new Browser(site), request.url)
  assert.ok(visit.left, `still at ${visit.url.href}: ${visit.status} ${visit.text}`)
  const code = visit.url.searchParams.get('code')
  assert.ok(code, visit.url.href)
  assert.equal(visit.url.searchParams.get('state'), request.state)
  assert.equal(visit.url.searchParams.get('iss'), site.url)
  return {
    code,
    verifier: request.verifier,
    redirect_uri: request.url.searchParams.get('redirect_uri') ?? '',
    resource: request.url.searchParams.get('resource') ?? '',
  }
}

/** The client's credentials as it registered to send them: header and form. */
export function credentials(client: RegisteredClient): {
  headers: Record<string, string>
  parameters: Record<string, string>
} {
  const { client_id, client_secret = '' } = client
  switch (client.token_endpoint_auth_method) {
    case 'client_secret_basic': {
      const basic = Buffer.from(`${client_id}:${client_secret}`).toString('base64')
      return { headers: { authorization: `Basic ${basic}` }, parameters: {} }
    }
    case 'client_secret_post':
      return { headers: {}, parameters: { client_id, client_secret } }
    default:
      return { headers: {}, parameters: { client_id } }
  }
}

/** The token request for a code, whatever comes of it. */
export function exchangeCode(
  site: Site,
  client: RegisteredClient,
  authorized: Authorized,
): Promise<Response> {
  const { headers, parameters } = credentials(client)
  return postForm(
    site,
    `${site.url}/token`,
    {
      grant_type: 'authorization_code',
      code: authorized.code,
      code_verifier: authorized.verifier,
      redirect_uri: authorized.redirect_uri,
      resource: authorized.resource,
      ...parameters,
    },
    headers,
  )
}

/** The token request for a refresh token, whatever comes of it. */
export function refresh(site: Site, client: RegisteredClient, refresh_token: string): Promise<Response> {
  const { headers, parameters } = credentials(client)
  return postForm(
    site,
    `${site.url}/token`,
    { grant_type: 'refresh_token', refresh_token, ...parameters },
    headers,
  )
}

/** Reads a token answer and expects 200. */
export async function tokensOf(response: Response): Promise<TokenAnswer> {
  const text = await response.text()
  assert.equal(response.status, 200, text)
  return JSON.parse(text)
}

/** The whole way from a registered client to its tokens. */
export async function obtainTokens(
  site: Site,
  client: RegisteredClient,
  options: AuthorizationOptions & { browser?: Browser } = {},
): Promise<TokenAnswer> {
  return tokensOf(await exchangeCode(site, client, await authorize(site, client, options)))
}

/** One JSON-RPC request to `/mcp` in the 2025 manner. */
export function callMcp(
  site: Site,
  access_token: string | undefined,
  method = 'tools/list',
  params: Readonly<Record<string, unknown>> = {},
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json, text/event-stream' }
  if (access_token !== undefined) headers.authorization = `Bearer ${access_token}`
  return postJson(site, `${site.url}/mcp`, { jsonrpc: '2.0', id: 1, method, params }, headers)
}
