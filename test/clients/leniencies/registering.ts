import assert from 'node:assert/strict'
import { callMcp } from '../../support/scenario.ts'
import { postForm, postJson } from '../../support/site.ts'
import { createTestApp } from '../../support/test-app.ts'
import { HOSTED, isAsked, isNotRegistered, isRefused, type Leniency, opens, registers } from './leniency.ts'

const REDIRECT = { redirect_uris: [HOSTED] }
const INVALID = 'invalid_client_metadata'

/** What comes in at `POST /register`. */
export const REGISTERING: readonly Leniency[] = [
  {
    clients: 'Dify; a draft of the MCP Java SDK',
    source: 'langgenius/dify PR 34856, 34949; modelcontextprotocol/java-sdk PR 297',
    lenient: 'unset members are sent as null',
    async works(scene) {
      const nulls = { grant_types: null, response_types: null, token_endpoint_auth_method: null, scope: null }
      const answer = await registers(scene, { ...nulls, client_uri: null, contacts: null, jwks: null })
      assert.deepEqual(answer.grant_types, ['authorization_code'])
      assert.equal(answer.token_endpoint_auth_method, 'client_secret_basic')
      assert.ok(!Object.values(answer).includes(null))
    },
    refused: 'null for the member without which nothing works, and null within a list',
    async refuses(scene) {
      await isNotRegistered(scene, { redirect_uris: null }, 'invalid_redirect_uri', /^redirect_uris /)
      await isNotRegistered(scene, { redirect_uris: [null] }, 'invalid_redirect_uri', /^redirect_uris\[0\] /)
      await isNotRegistered(scene, { ...REDIRECT, grant_types: [null] }, INVALID, /^grant_types /)
    },
  },
  {
    clients: 'Gemini CLI, FastMCP, MCP Inspector, mcp-go, Junie',
    source:
      '@google/gemini-cli-core@0.61.0; jlowin/fastmcp@b14b137f; @modelcontextprotocol/inspector@2.12.0; mark3labs/mcp-go@56af04b2; JetBrains/junie issue 84',
    lenient: 'scope is an empty string, as other members are',
    async works(scene) {
      const answer = await registers(scene, { scope: '', client_uri: '', logo_uri: '' })
      assert.equal(answer.scope, 'corpus:read corpus:search')
      assert.ok(!('client_uri' in answer) && !('logo_uri' in answer))
    },
    refused: 'a scope that is no string, and a URL that is none',
    async refuses(scene) {
      await isNotRegistered(
        scene,
        { ...REDIRECT, scope: ['corpus:read'] },
        INVALID,
        /^scope must be a string/,
      )
      await isNotRegistered(scene, { ...REDIRECT, client_uri: ' ' }, INVALID, /^client_uri /)
    },
  },
  {
    clients: 'Claude (hosted), mcp-remote, n8n, LibreChat, Roo Code, Cline',
    source:
      'public servers that replay scope=claudeai; mcp-remote@0.15.1; n8n-io/n8n@001b2403; RooCodeInc/Roo-Code@035a53ef; garrytan/gbrain issue 5055',
    lenient: 'scope words that no server defines, alone or beside known ones',
    async works(scene) {
      for (const scope of ['claudeai', 'openid email profile', 'mcp', 'openid offline_access']) {
        assert.equal((await registers(scene, { scope })).scope, 'corpus:read corpus:search', scope)
      }
      assert.equal((await registers(scene, { scope: 'corpus:read corpus:write' })).scope, 'corpus:read')
    },
    refused: 'more than was registered, afterwards',
    async refuses(scene) {
      const client = await registers(scene, { scope: 'openid corpus:read' })
      const visit = await opens(scene, client, { scope: 'corpus:read corpus:search' })
      isAsked(visit)
      assert.doesNotMatch(visit.text, /search in your documents/)
    },
  },
  {
    clients: 'LM Studio, Spring mcp-security, ChatGPT, hosts of the MCP SDKs',
    source: 'sigbit/mcp-auth-proxy issue 173; spring-ai-community/mcp-security; get-engram/engram issue 175',
    lenient: 'one or two members and nothing else',
    async works({ app }) {
      const response = await postJson(app, `${app.url}/register`, REDIRECT)
      assert.equal(response.status, 201)
      const answer = (await response.json()) as Record<string, unknown>
      assert.deepEqual(answer.grant_types, ['authorization_code'])
      assert.deepEqual(answer.response_types, ['code'])
      assert.equal(answer.token_endpoint_auth_method, 'client_secret_basic')
    },
    refused: 'a body without redirect URIs',
    async refuses(scene) {
      await isNotRegistered(scene, { client_name: 'X' }, 'invalid_redirect_uri', /^redirect_uris /)
      await isNotRegistered(scene, {}, 'invalid_redirect_uri', /^redirect_uris /)
    },
  },
  {
    clients: 'Claude (hosted), C# SDK, Perplexity, Microsoft 365 Copilot',
    source:
      'anthropics/claude-ai-mcp issue 1043; modelcontextprotocol/csharp-sdk@609499b2; community.perplexity.ai thread 5172',
    lenient: 'a method with a secret, though none is listed first: the secret is there, with its end',
    async works(scene) {
      const answer = await registers(scene, { token_endpoint_auth_method: 'client_secret_post' })
      assert.match(answer.client_secret ?? '', /^secret_/)
      assert.ok(Number(answer.client_secret_expires_at) > 0)
    },
    refused: 'a method that is not listed: the answer names those that are',
    async refuses(scene) {
      for (const token_endpoint_auth_method of ['tls_client_auth', 'client_secret_jwt', 'private_key_jwt']) {
        const body = { ...REDIRECT, token_endpoint_auth_method }
        await isNotRegistered(scene, body, INVALID, /one of none, client_secret_basic, client_secret_post/)
      }
    },
  },
  {
    clients: 'Zed, MCP Inspector, LibreChat',
    source: 'zed-industries/zed oauth.rs; PrefectHQ/fastmcp issue 2460',
    lenient: 'grant_types without refresh_token',
    async works(scene) {
      const answer = await registers(scene, { grant_types: ['authorization_code'] })
      assert.deepEqual(answer.grant_types, ['authorization_code'])
    },
    refused: 'a refresh by that client',
    async refuses(scene) {
      const { client_id } = await registers(scene, { grant_types: ['authorization_code'] })
      const form = { grant_type: 'refresh_token', refresh_token: 'refresh_x', client_id }
      await isRefused(await postForm(scene.app, `${scene.app.url}/token`, form), 400, 'unauthorized_client')
    },
  },
  {
    clients: 'Visual Studio Code, Roo Code',
    source: 'microsoft/vscode@05f882b0 oauth.ts; RooCodeInc/Roo-Code@4b1df52f',
    lenient: 'grants that are not offered, beside those that are',
    async works(scene) {
      const device = 'urn:ietf:params:oauth:grant-type:device_code'
      const grant_types = ['authorization_code', 'refresh_token', device, 'client_credentials']
      const answer = await registers(scene, { grant_types })
      assert.deepEqual(answer.grant_types, ['authorization_code', 'refresh_token'])
    },
    refused: 'such a grant alone, and its use',
    async refuses(scene) {
      const alone = { client_name: 'Service', grant_types: ['client_credentials'] }
      await isNotRegistered(scene, { ...alone, ...REDIRECT }, INVALID, /^grant_types /)
      const { client_id } = await registers(scene, {
        grant_types: ['authorization_code', 'client_credentials'],
      })
      const form = { grant_type: 'client_credentials', client_id }
      await isRefused(
        await postForm(scene.app, `${scene.app.url}/token`, form),
        400,
        'unsupported_grant_type',
      )
    },
  },
  {
    clients: 'LibreChat',
    source: 'danny-avila/LibreChat packages/api/src/mcp/oauth/handler.ts',
    lenient: 'response types beyond code',
    async works(scene) {
      const answer = await registers(scene, { response_types: ['code', 'token', 'id_token'] })
      assert.deepEqual(answer.response_types, ['code'])
    },
    refused: 'response types without code',
    refuses: (scene) =>
      isNotRegistered(scene, { ...REDIRECT, response_types: ['token'] }, INVALID, /^response_types /),
  },
  {
    clients: 'opencode, Visual Studio Code, Cursor',
    source: 'elmohq/elmo PR 684; microsoft/vscode oauth.ts; better-auth/better-auth PR 10956',
    lenient: 'application_type missing, native with https, web with a private scheme',
    async works(scene) {
      const absent = await registers(scene, { redirect_uris: ['http://127.0.0.1:19876/mcp/oauth/callback'] })
      assert.ok(!('application_type' in absent))
      const mixed = ['https://vscode.dev/redirect', 'http://127.0.0.1/']
      await registers(scene, { application_type: 'native', redirect_uris: mixed })
      const cursor = ['cursor://anysphere.cursor-mcp/oauth/callback']
      await registers(scene, { application_type: 'web', redirect_uris: cursor })
    },
    refused: 'a type that is none, and http to the network for any type',
    async refuses(scene) {
      await isNotRegistered(
        scene,
        { ...REDIRECT, application_type: 'desktop' },
        INVALID,
        /^application_type /,
      )
      const lan = { application_type: 'native', redirect_uris: ['http://n8n.lan:5678/callback'] }
      await isNotRegistered(scene, lan, 'invalid_redirect_uri', /must be https/)
    },
  },
  {
    clients: 'mcp-go, Goose, ChatGPT (documents)',
    source: 'mark3labs/mcp-go@56af04b2 client/transport/oauth',
    lenient: 'members that no standard registers, or that belong to server metadata',
    async works(scene) {
      const strange = { resource: 'https://mcp.example.com/mcp', code_challenge_methods_supported: ['S256'] }
      const answer = await registers(scene, strange)
      for (const name of Object.keys(strange)) assert.ok(!(name in answer), name)
    },
    refused: 'a member that is known, in another form',
    async refuses(scene) {
      await isNotRegistered(scene, { ...REDIRECT, contacts: 'me@example.com' }, INVALID, /^contacts /)
    },
  },
  {
    clients: 'Claude Code, Roo Code',
    source: '@anthropic-ai/claude-code@2.1.330; RooCodeInc/Roo-Code@4b1df52f',
    lenient: 'a name with a person’s own text in it, long and in any language',
    async works(scene) {
      const client_name = `Claude Code (plugin:<Notizen & Ö 笔记>:${'x'.repeat(250)})`
      const answer = await registers(scene, { client_name })
      assert.equal(answer.client_name, client_name)
      const visit = await opens(scene, answer)
      isAsked(visit)
      assert.match(visit.text, /Claude Code \(plugin:&lt;Notizen &amp; Ö 笔记&gt;/)
    },
    refused: 'a name without an end, or with characters that turn the text around them',
    async refuses(scene) {
      const long = { ...REDIRECT, client_name: 'x'.repeat(10_000) }
      await isNotRegistered(scene, long, INVALID, /^client_name must not be longer/)
      await isNotRegistered(scene, { ...REDIRECT, client_name: 'x\u202ey' }, INVALID, /^client_name /)
    },
  },
  {
    clients: 'Claude (hosted), Zed, Muse Code, Antigravity, Cursor',
    source:
      'anthropics/claude-ai-mcp issue 597; meta-models/muse-code-sdk issue 15; mctlhq/mctl-telegram logs',
    lenient: 'a new registration for each login, with the same body',
    async works(scene) {
      const [first, second] = [await registers(scene), await registers(scene)]
      assert.notEqual(first.client_id, second.client_id)
      for (const client of [first, second]) isAsked(await opens(scene, client))
    },
    refused: 'a flood from one address: 429 with the time to wait',
    async refuses() {
      await using app = await createTestApp({ env: { CORPUSIQ_REGISTRATION_RATE: '2/minute' } })
      const post = () => postJson(app, `${app.url}/register`, REDIRECT)
      assert.deepEqual([(await post()).status, (await post()).status], [201, 201])
      const third = await post()
      assert.match(third.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
      await isRefused(third, 429, 'temporarily_unavailable')
    },
  },
  {
    clients: 'C# SDK',
    source: 'modelcontextprotocol/csharp-sdk@609499b2 ClientOAuthProvider',
    lenient: 'a bearer token at open registration, which asks for none',
    async works({ app }) {
      const headers = { authorization: 'Bearer an-initial-access-token' }
      assert.equal((await postJson(app, `${app.url}/register`, REDIRECT, headers)).status, 201)
    },
    refused: 'that token anywhere else',
    async refuses({ app }) {
      assert.equal((await callMcp(app, 'an-initial-access-token')).status, 401)
    },
  },
  {
    clients: 'Copilot Studio, Visual Studio Code, the official SDKs without metadata',
    source: 'tableau/tableau-mcp issue 772; microsoft/vscode oauth.ts',
    lenient: 'the default path of an endpoint that the settings put elsewhere',
    async works() {
      const env = { CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT: 'https://notes.example.com/oauth/clients' }
      await using app = await createTestApp({ env })
      for (const path of ['/oauth/clients', '/register']) {
        assert.equal((await postJson(app, app.url + path, REDIRECT)).status, 201, path)
      }
    },
    refused: 'both, where registration is switched off',
    async refuses() {
      const env = {
        CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT: 'https://notes.example.com/oauth/clients',
        CORPUSIQ_ALLOW_DYNAMIC_CLIENT_REGISTRATION: 'false',
      }
      await using app = await createTestApp({ env })
      for (const path of ['/oauth/clients', '/register']) {
        await isRefused(await postJson(app, app.url + path, REDIRECT), 403, 'access_denied')
      }
    },
  },
]
