import { createHash, randomBytes } from 'node:crypto'
import { type Answer, type Connection, requestBytes } from './http-client.ts'

/** What a contender hands the generator, made once by its `prepare`. Paths are the contender's own. */
export type Prepared = {
  paths: {
    metadata: string
    register: string
    authorize: string
    token: string
    introspect: string
    mcp: string
  }
  /** A client that holds a secret, has an https redirect URI and was consented to in `cookie`'s session. */
  client: { client_id: string; client_secret: string; redirect_uri: string }
  cookie: string
  resource: string
  scope: string
  /** One refresh token for each connection of the refresh workload. */
  refreshTokens: string[]
  accessToken: string
}

export type WorkloadName =
  | 'metadata'
  | 'register public'
  | 'register confidential'
  | 'code flow'
  | 'refresh'
  | 'mcp tools/list'
  | 'introspect'

/** A connection's own script: each call is one unit of work (one or more requests), its answers checked. */
export type Script = (connection: Connection) => Promise<void>

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }
const JSON_BODY = { 'Content-Type': 'application/json' }

/** `index`: which of the workload's connections asks. */
export const WORKLOADS: Record<WorkloadName, (prepared: Prepared, index: number) => Script> = {
  metadata: (prepared) => {
    const bytes = requestBytes('GET', prepared.paths.metadata)
    return async (connection) => {
      expect(await connection.send(bytes), 200, 'registration_endpoint')
    }
  },
  'register public': (prepared) => register(prepared, 'none'),
  'register confidential': (prepared) => register(prepared, 'client_secret_basic'),
  'code flow': (prepared) => async (connection) => {
    await codeFlow(connection, prepared)
  },
  refresh: (prepared, index) => {
    let refreshToken = prepared.refreshTokens[index] ?? ''
    return async (connection) => {
      const body = new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      }).toString()
      const answer = await connection.send(tokenRequest(prepared, body))
      expect(answer, 200, 'access_token')
      refreshToken = member(answer, 'refresh_token')
    }
  },
  'mcp tools/list': (prepared) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} })
    const headers = {
      ...JSON_BODY,
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2025-11-25',
      Authorization: `Bearer ${prepared.accessToken}`,
    }
    return async (connection) => {
      expect(await connection.send(requestBytes('POST', prepared.paths.mcp, headers, body)), 200, 'search')
    }
  },
  introspect: (prepared) => {
    const body = new URLSearchParams({ token: prepared.accessToken }).toString()
    return async (connection) => {
      const request = requestBytes('POST', prepared.paths.introspect, basic(prepared), body)
      expect(await connection.send(request), 200, '"active":true')
    }
  },
}

/** A registration as a real client's: about 300 bytes, each one different. */
export function registrationBody(method: string, unique: string): string {
  return JSON.stringify({
    client_name: `Bench client ${unique}`,
    redirect_uris: [`https://client.example.com/callback/${unique}`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: method,
    scope: 'corpus:read corpus:search',
  })
}

function register(prepared: Prepared, method: string): Script {
  return async (connection) => {
    const body = registrationBody(method, randomBytes(6).toString('hex'))
    const answer = await connection.send(requestBytes('POST', prepared.paths.register, JSON_BODY, body))
    expect(answer, 201, method === 'none' ? 'client_id' : 'client_secret')
  }
}

/** GET authorize with a session whose consent stands, then POST token: counted as one. */
export async function codeFlow(connection: Connection, prepared: Prepared): Promise<Answer> {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: prepared.client.client_id,
    redirect_uri: prepared.client.redirect_uri,
    scope: prepared.scope,
    state: 'bench',
    resource: prepared.resource,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  const authorize = requestBytes('GET', `${prepared.paths.authorize}?${query}`, { Cookie: prepared.cookie })
  const redirect = await connection.send(authorize)
  const code = new URL(redirect.headers.get('location') ?? 'about:blank').searchParams.get('code')
  if ((redirect.status !== 302 && redirect.status !== 303) || !code) {
    throw new Error(
      `authorize: ${redirect.status} ${redirect.headers.get('location')} ${redirect.body.slice(0, 300)}`,
    )
  }
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: prepared.client.redirect_uri,
    code_verifier: verifier,
    resource: prepared.resource,
  }).toString()
  const answer = await connection.send(tokenRequest(prepared, body))
  expect(answer, 200, 'access_token')
  return answer
}

function tokenRequest(prepared: Prepared, body: string): string {
  return requestBytes('POST', prepared.paths.token, basic(prepared), body)
}

function basic(prepared: Prepared): Record<string, string> {
  const credentials = `${prepared.client.client_id}:${prepared.client.client_secret}`
  return { ...FORM, Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }
}

/** A string member of a JSON answer. */
export function member(answer: Answer, name: string): string {
  const value: unknown = (JSON.parse(answer.body) as Record<string, unknown>)[name]
  if (typeof value !== 'string') throw new Error(`no ${name} in ${answer.body.slice(0, 300)}`)
  return value
}

function expect(answer: Answer, status: number, content: string): void {
  if (answer.status !== status || !answer.body.includes(content)) {
    throw new Error(`expected ${status} with ${content}, got ${answer.status} ${answer.body.slice(0, 300)}`)
  }
}
