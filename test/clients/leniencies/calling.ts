import assert from 'node:assert/strict'
import { callMcp, obtainTokens } from '../../support/scenario.ts'
import { postJson } from '../../support/site.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { type Leniency, registers, type Scene } from './leniency.ts'

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
const ACCEPT = { accept: 'application/json, text/event-stream' }

async function token(scene: Scene): Promise<string> {
  return (await obtainTokens(scene.app, await registers(scene), { browser: scene.browser })).access_token
}

/** `tools/list` at `path`, with these headers. */
function list(app: TestApp, authorization: string, headers: object = {}, path = '/mcp'): Promise<Response> {
  return postJson(app, app.url + path, LIST, { ...ACCEPT, authorization, ...headers })
}

function get({ app }: Scene, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return app.fetch(new Request(app.url + path, { headers }))
}

/** Where clients look before they register, and what they send to `/mcp`. */
export const CALLING: readonly Leniency[] = [
  {
    clients: 'Visual Studio Code, Gemini CLI, which compare with the URL that was typed',
    source: 'microsoft/vscode oauth.ts; @google/gemini-cli-core@0.61.0',
    lenient: '/mcp/ is /mcp',
    async works(scene) {
      const bearer = `Bearer ${await token(scene)}`
      for (const path of ['/mcp', '/mcp/'])
        assert.equal((await list(scene.app, bearer, {}, path)).status, 200)
    },
    refused: 'any other path',
    async refuses(scene) {
      const bearer = `Bearer ${await token(scene)}`
      for (const path of ['/mcp//', '/mcp/x', '/MCP', '/%6dcp']) {
        assert.equal((await list(scene.app, bearer, {}, path)).status, 404, path)
      }
    },
  },
  {
    clients: 'hosted and native clients (no Origin); MCP Inspector, use-mcp, MCPJam (their own)',
    source: 'modelcontextprotocol/modelcontextprotocol issue 3370; use-mcp@0.0.21',
    lenient: 'no Origin, and any where no list of origins is set',
    async works(scene) {
      const bearer = `Bearer ${await token(scene)}`
      assert.equal((await list(scene.app, bearer)).status, 200)
      const page = await list(scene.app, bearer, { origin: 'http://localhost:6274' })
      assert.equal(page.status, 200)
      assert.equal(page.headers.get('access-control-allow-origin'), '*')
    },
    refused: 'an origin that is not in the list, where one is set; no Origin passes still',
    async refuses() {
      const env = { CORPUSIQ_CORS_ALLOW_ORIGINS_CSV: 'https://chatgpt.com' }
      await using app = await createTestApp({ env })
      const bearer = await obtainTokens(app, await registers({ app }))
      const status = async (headers: object) =>
        (await list(app, `Bearer ${bearer.access_token}`, headers)).status
      assert.equal(await status({ origin: 'http://localhost:6274' }), 403)
      assert.equal(await status({ origin: 'https://chatgpt.com' }), 200)
      assert.equal(await status({}), 200)
    },
  },
  {
    clients: 'MCP Inspector, use-mcp, MCPJam, which run in a browser',
    source: '@modelcontextprotocol/inspector-client@1.0.3; use-mcp@0.0.21; MCPJam host profile of July 2026',
    lenient: 'a page of any origin asks beforehand, with the headers of MCP, and may read the challenge',
    async works({ app }) {
      const origin = 'http://localhost:6274'
      const wanted = 'content-type, authorization, mcp-protocol-version, mcp-session-id, last-event-id'
      const headers = {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': wanted,
      }
      for (const path of ['/mcp', '/register', '/token', '/.well-known/oauth-authorization-server']) {
        const answer = await app.fetch(new Request(app.url + path, { method: 'OPTIONS', headers }))
        assert.equal(answer.headers.get('access-control-allow-origin'), '*', path)
        const allowed = (answer.headers.get('access-control-allow-headers') ?? '').toLowerCase().split(', ')
        for (const name of wanted.split(', ')) assert.ok(allowed.includes(name), `${path} ${name}`)
      }
      const challenge = await list(app, '', { origin })
      assert.match(challenge.headers.get('access-control-expose-headers') ?? '', /WWW-Authenticate/)
    },
    refused: 'the same for what a session opens, and with credentials anywhere',
    async refuses({ app }) {
      const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
      for (const path of ['/authorize', '/authorize/decision', '/login', '/mcp', '/token']) {
        for (const method of ['OPTIONS', 'GET']) {
          const answer = await app.fetch(new Request(app.url + path, { method, headers }))
          const isPage = path.startsWith('/authorize') || path === '/login'
          assert.equal(answer.headers.get('access-control-allow-origin'), isPage ? null : '*', path)
          assert.equal(answer.headers.get('access-control-allow-credentials'), null)
        }
      }
    },
  },
  {
    clients: 'Gemini CLI',
    source: '@google/gemini-cli-core@0.61.0 mcp/oauth-provider',
    lenient: 'HEAD to find out where to sign in',
    async works({ app }) {
      const response = await app.fetch(new Request(`${app.url}/mcp`, { method: 'HEAD' }))
      assert.equal(response.status, 401)
      assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer .*resource_metadata="/)
    },
    refused: 'HEAD and GET for anything else: there is no stream',
    async refuses(scene) {
      const authorization = `Bearer ${await token(scene)}`
      for (const method of ['HEAD', 'GET', 'DELETE']) {
        const request = new Request(`${scene.app.url}/mcp`, { method, headers: { authorization, ...ACCEPT } })
        assert.equal((await scene.app.fetch(request)).status, 405, method)
      }
    },
  },
  {
    clients: 'ChatGPT and others without a session; Visual Studio Code with an old one',
    source: 'public server logs of ChatGPT; microsoft/vscode',
    lenient: 'a call without initialize, without a session or with one of yesterday',
    async works(scene) {
      const bearer = `Bearer ${await token(scene)}`
      assert.equal((await list(scene.app, bearer)).status, 200)
      assert.equal((await list(scene.app, bearer, { 'mcp-session-id': 'yesterday' })).status, 200)
    },
    refused: 'a call without a token, whatever session it names',
    async refuses({ app }) {
      assert.equal((await list(app, '', { 'mcp-session-id': 'yesterday' })).status, 401)
    },
  },
  {
    clients: 'several that write the scheme small',
    source: 'RFC 9110 §11.1: the scheme is case-insensitive',
    lenient: 'bearer in any case',
    async works(scene) {
      const access_token = await token(scene)
      for (const scheme of ['bearer', 'BEARER']) {
        assert.equal((await list(scene.app, `${scheme} ${access_token}`)).status, 200)
      }
    },
    refused: 'the token alone, under another scheme, or in the query',
    async refuses(scene) {
      const access_token = await token(scene)
      for (const authorization of [access_token, `Basic ${access_token}`, `Token ${access_token}`]) {
        assert.equal((await list(scene.app, authorization)).status, 401, authorization.slice(0, 10))
      }
      const query = `/mcp?access_token=${access_token}`
      assert.equal((await postJson(scene.app, scene.app.url + query, LIST, ACCEPT)).status, 401)
    },
  },
  {
    clients: 'every official SDK (rmcp: 2024-11-05 hard-wired)',
    source: '@modelcontextprotocol/sdk@1.32.2; modelcontextprotocol/rust-sdk@4a738b9d',
    lenient: 'any protocol version at the metadata and the OAuth endpoints',
    async works(scene) {
      const headers = { 'mcp-protocol-version': '1999-01-01' }
      for (const path of ['oauth-protected-resource/mcp', 'oauth-authorization-server']) {
        assert.equal((await get(scene, `/.well-known/${path}`, headers)).status, 200)
      }
      const body = { redirect_uris: ['https://client.example.com/callback'] }
      assert.equal((await postJson(scene.app, `${scene.app.url}/register`, body, headers)).status, 201)
    },
    refused: 'a version that nobody knows at /mcp',
    async refuses(scene) {
      const bearer = `Bearer ${await token(scene)}`
      assert.equal((await list(scene.app, bearer, { 'mcp-protocol-version': '1999-01-01' })).status, 400)
    },
  },
  {
    clients: 'the TypeScript SDKs (the MCP URL’s query), clients that read only OpenID configuration',
    source: '@modelcontextprotocol/sdk@1.32.2 client/auth; @modelcontextprotocol/client@2.4.0',
    lenient: 'a query behind a well-known path, and openid-configuration for the same server',
    async works(scene) {
      const { issuer } = (await (await get(scene, '/.well-known/openid-configuration')).json()) as {
        issuer: string
      }
      assert.equal(issuer, scene.app.url)
      const queried = await get(scene, '/.well-known/oauth-protected-resource/mcp?workspace=1')
      assert.equal(queried.status, 200)
    },
    refused: 'a well-known path of nobody: 404 in JSON, never 401, a page or 200',
    async refuses(scene) {
      for (const path of [
        'oauth-authorization-server/mcp',
        'openid-configuration/mcp',
        'oauth-protected-resource/other',
        'oauth-authorization-server/',
      ]) {
        const response = await get(scene, `/.well-known/${path}`, { accept: 'text/html,*/*' })
        assert.equal(response.status, 404, path)
        assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
      }
    },
  },
  {
    clients: 'Spring mcp-security, which asks for more after a 403',
    source: 'spring-ai-community/mcp-security OAuth2SyncAuthorizationErrorHandler',
    lenient: 'a token with less than everything opens what it may',
    async works(scene) {
      const client = await registers(scene, { scope: 'corpus:read' })
      const { access_token } = await obtainTokens(scene.app, client, { browser: scene.browser })
      const call = { name: 'fetch', arguments: { id: 'doc_tea' } }
      assert.equal((await callMcp(scene.app, access_token, 'tools/call', call)).status, 200)
    },
    refused: 'what it may not: 403 that names its own scopes and the missing one',
    async refuses(scene) {
      const client = await registers(scene, { scope: 'corpus:read' })
      const { access_token } = await obtainTokens(scene.app, client, { browser: scene.browser })
      const call = { name: 'search', arguments: { query: 'tea' } }
      const response = await callMcp(scene.app, access_token, 'tools/call', call)
      assert.equal(response.status, 403)
      const challenge = response.headers.get('www-authenticate') ?? ''
      assert.match(challenge, /error="insufficient_scope"/)
      assert.match(challenge, /scope="corpus:read corpus:search"/)
    },
  },
]
