import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Prepared, WorkloadName } from './workloads.ts'

export type Contender = {
  name: string
  /** Who persists and how: printed with the table. */
  persists: string
  command(port: number, directory: string): string[]
  environment?: Record<string, string>
  /** What standard output says when requests are accepted. */
  ready: string
  metadataPath: string
  lacks: readonly WorkloadName[]
  prepare(origin: string, branches: number): Promise<Prepared>
}

export type Running = {
  contender: Contender
  child: ChildProcess
  port: number
  directory: string
  stop(): Promise<void>
}

const here = import.meta.dirname
const OWNER = { CORPUSIQ_OWNER_USERNAME: 'bench', CORPUSIQ_OWNER_PASSWORD: 'bench password of the owner' }
const FLOOR_PATHS = {
  metadata: '/.well-known/oauth-authorization-server',
  register: '/register',
  authorize: '/authorize',
  token: '/token',
  introspect: '/introspect',
  mcp: '/mcp',
}
const REDIRECT_URI = 'https://client.example.com/callback'
const SCOPE = 'corpus:read corpus:search'

// CorpusIQ as its user starts it: built, and by the command of `npm start`.
execFileSync(process.execPath, [join(here, '../scripts/build.mjs'), '--if-changed'], { stdio: 'inherit' })
const npmStart = (
  JSON.parse(readFileSync(join(here, '../package.json'), 'utf8')) as { scripts: { start: string } }
).scripts.start
  .split(' ')
  .slice(1)
  .map((word) => (word.endsWith('.js') ? join(here, '..', word) : word))

const floorScript = (file: string, ...args: string[]) => {
  const script = withoutTypes(file)
  return (port: number, directory: string) => [script, String(port), directory, ...args]
}

/** Node.js loads a compiler of 15 MiB to strip types, which would count for a contender's start and memory. */
function withoutTypes(file: string): string {
  const script = join(here, '.data', file.replace('.ts', '.mjs'))
  mkdirSync(join(here, '.data'), { recursive: true })
  writeFileSync(script, stripTypeScriptTypes(readFileSync(join(here, 'contenders', file), 'utf8')))
  return script
}

export const CONTENDERS: readonly Contender[] = [
  {
    name: 'corpusiq',
    persists: 'SQLite, WAL, synchronous=FULL, group commit; as its user starts it',
    command: (port, directory) => [
      ...npmStart,
      join(here, '../docs'),
      '--port',
      String(port),
      '--data-dir',
      directory,
    ],
    environment: OWNER,
    ready: 'CorpusIQ is ready',
    metadataPath: FLOOR_PATHS.metadata,
    lacks: [],
    prepare: prepareCorpusiq,
  },
  {
    name: 'floor',
    persists: 'nothing; fixed answers on node:http',
    command: floorScript('floor.ts'),
    ready: 'ready',
    metadataPath: FLOOR_PATHS.metadata,
    lacks: [],
    prepare: prepareFloor,
  },
  ...(['group', 'ordered'] as const).map(
    (kind): Contender => ({
      name: `floor-${kind}`,
      persists: `SQLite, WAL, synchronous=FULL, group commit; the least work${kind === 'ordered' ? ', keys in order of time' : ''}`,
      command: floorScript('floor-durable.ts', kind),
      ready: 'ready',
      metadataPath: FLOOR_PATHS.metadata,
      lacks: [],
      prepare: prepareFloor,
    }),
  ),
  {
    name: 'floor-sdk2',
    persists: 'nothing; a cached token and the MCP SDK v2, a fresh server each request',
    command: floorScript('floor-sdk2.ts'),
    ready: 'ready',
    metadataPath: FLOOR_PATHS.metadata,
    lacks: ['metadata', 'register public', 'register confidential', 'code flow', 'refresh', 'introspect'],
    prepare: prepareFloor,
  },
  ...(['sqlite', 'map'] as const).map(
    (kind): Contender => ({
      name: `oidc-provider ${kind}`,
      persists: kind === 'sqlite' ? 'SQLite, WAL, synchronous=FULL, a commit a write' : 'nothing; a Map',
      command: floorScript('oidc-provider.ts', kind),
      ready: 'ready',
      metadataPath: '/.well-known/openid-configuration',
      lacks: ['mcp tools/list'],
      prepare: prepareOidcProvider,
    }),
  ),
]

/** Starts a contender on a free port and a fresh directory; resolves when it says that it is ready. */
export async function start(contender: Contender): Promise<Running> {
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), 'corpusiq-bench-'))
  const child = spawn(process.execPath, contender.command(port, directory), {
    env: { PATH: process.env.PATH, HOME: directory, NODE_ENV: 'production', ...contender.environment },
    stdio: ['ignore', 'pipe', process.env.BENCH_VERBOSE ? 'inherit' : 'ignore'],
  })
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${contender.name} ended with ${code}`)))
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes(contender.ready)) resolve()
    })
  })
  return {
    contender,
    child,
    port,
    directory,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => {
          rmSync(directory, { recursive: true, force: true })
          resolve()
        })
        child.kill('SIGTERM')
      }),
  }
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function prepareFloor(origin: string, branches: number): Promise<Prepared> {
  const client = await register(origin, FLOOR_PATHS.register)
  const redirect_uri = REDIRECT_URI
  const credentials = basic(client)
  const tokens = []
  for (let index = 0; index < branches; index++) {
    const redirect = await fetch(`${origin}/authorize?state=bench`, { redirect: 'manual' })
    const code = new URL(redirect.headers.get('location') ?? '').searchParams.get('code') ?? ''
    tokens.push(await post(`${origin}/token`, { grant_type: 'authorization_code', code }, credentials))
  }
  return {
    paths: FLOOR_PATHS,
    client: { ...client, redirect_uri },
    cookie: 'session=x',
    resource: `${origin}/mcp`,
    scope: SCOPE,
    refreshTokens: tokens.map((token) => String(token.refresh_token)),
    accessToken: String(tokens[0]?.access_token),
  }
}

async function prepareCorpusiq(origin: string, branches: number): Promise<Prepared> {
  const client = await register(origin, FLOOR_PATHS.register)
  const browser = new Browser(origin)
  const request = authorizeRequest(client.client_id, `${origin}/mcp`)
  let answer = await browser.go(`/authorize?${request.query}`)
  answer = await browser.submit(answer, {
    username: OWNER.CORPUSIQ_OWNER_USERNAME,
    password: OWNER.CORPUSIQ_OWNER_PASSWORD,
  })
  answer = await browser.submit(answer, { decision: 'approve' })
  return finish(origin, FLOOR_PATHS, client, browser, answer, request.verifier, branches)
}

async function prepareOidcProvider(origin: string, branches: number): Promise<Prepared> {
  const paths = {
    metadata: '/.well-known/openid-configuration',
    register: '/reg',
    authorize: '/auth',
    token: '/token',
    introspect: '/token/introspection',
    mcp: '/none',
  }
  const client = await register(origin, paths.register)
  const browser = new Browser(origin)
  const request = authorizeRequest(client.client_id, `${origin}/mcp`)
  const answer = await browser.go(`/auth?${request.query}`)
  const prepared = await finish(origin, paths, client, browser, answer, request.verifier, branches)
  // It introspects opaque tokens only.
  return { ...prepared, accessToken: await oneMoreRefreshToken(origin, prepared, browser) }
}

type RegisteredClient = { client_id: string; client_secret: string }

async function register(origin: string, path: string): Promise<RegisteredClient> {
  const response = await fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Bench',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      scope: SCOPE,
    }),
  })
  if (response.status !== 201) throw new Error(`register: ${response.status} ${await response.text()}`)
  return (await response.json()) as RegisteredClient
}

function authorizeRequest(client_id: string, resource: string): { query: string; verifier: string } {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: REDIRECT_URI,
    scope: SCOPE,
    state: 'bench',
    resource,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  return { query, verifier }
}

async function finish(
  origin: string,
  paths: Prepared['paths'],
  client: RegisteredClient,
  browser: Browser,
  first: { location: string },
  verifier: string,
  branches: number,
): Promise<Prepared> {
  const tokens = [await exchange(origin + paths.token, client, first.location, verifier)]
  while (tokens.length < branches) {
    const request = authorizeRequest(client.client_id, `${origin}/mcp`)
    const answer = await browser.go(`${paths.authorize}?${request.query}`)
    tokens.push(await exchange(origin + paths.token, client, answer.location, request.verifier))
  }
  return {
    paths,
    client: { ...client, redirect_uri: REDIRECT_URI },
    cookie: browser.cookie,
    resource: `${origin}/mcp`,
    scope: SCOPE,
    refreshTokens: tokens.map((token) => String(token.refresh_token)),
    accessToken: String(tokens[0]?.access_token),
  }
}

async function oneMoreRefreshToken(origin: string, prepared: Prepared, browser: Browser): Promise<string> {
  const request = authorizeRequest(prepared.client.client_id, prepared.resource)
  const answer = await browser.go(`${prepared.paths.authorize}?${request.query}`)
  const token = await exchange(
    origin + prepared.paths.token,
    prepared.client,
    answer.location,
    request.verifier,
  )
  return String(token.refresh_token)
}

function exchange(
  endpoint: string,
  client: RegisteredClient,
  location: string,
  code_verifier: string,
): Promise<Record<string, unknown>> {
  const code = new URL(location).searchParams.get('code')
  if (!code) throw new Error(`no code in ${location}`)
  const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, code_verifier }
  return post(endpoint, form, basic(client))
}

function basic(client: RegisteredClient): string {
  return `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}`
}

async function post(
  url: string,
  form: Record<string, string>,
  authorization: string,
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization },
    body: new URLSearchParams(form).toString(),
  })
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Record<string, unknown>
}

/** Cookies, redirects and the one form of a page: enough of a browser to sign in and consent. */
class Browser {
  readonly #origin: string
  readonly #cookies = new Map<string, string>()

  constructor(origin: string) {
    this.#origin = origin
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Follows redirects on the server's own origin; stops at a page or at the redirect to the client. */
  async go(path: string, init: RequestInit = {}): Promise<{ location: string; page: string; url: string }> {
    const url = new URL(path, this.#origin)
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...(init.headers as Record<string, string>), cookie: this.cookie },
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const at = pair.indexOf('=')
      if (at + 1 === pair.length) this.#cookies.delete(pair.slice(0, at))
      else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    const location = response.headers.get('location')
    if (location) {
      const target = new URL(location, url)
      if (target.origin === this.#origin) return this.go(target.pathname + target.search)
      return { location: target.href, page: '', url: url.href }
    }
    const page = await response.text()
    if (!response.ok) throw new Error(`${url}: ${response.status} ${page.slice(0, 1500)}`)
    return { location: '', page, url: url.href }
  }

  submit(
    answer: { page: string; url: string },
    fields: Record<string, string>,
  ): Promise<{ location: string; page: string; url: string }> {
    const action = decodeEntities(/<form[^>]*action="([^"]*)"/.exec(answer.page)?.[1] ?? '')
    const form = new URLSearchParams()
    for (const [tag] of answer.page.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(tag)?.[1] ?? ''
      form.set(name, decodeEntities(/value="([^"]*)"/.exec(tag)?.[1] ?? ''))
    }
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    return this.go(new URL(action, answer.url).href.slice(this.#origin.length), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: this.#origin },
      body: form.toString(),
    })
  }
}

function decodeEntities(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
