import assert from 'node:assert/strict'
import {
  authorizationRequest,
  authorize,
  type RegisteredClient,
  signInAndDecide,
} from '../../support/scenario.ts'
import { isAsked, isPage, type Leniency, opens, registers, type Scene, scopesAsked } from './leniency.ts'

const BOTH = ['corpus:read', 'corpus:search']

/** The page names this error; the client itself may be told later (RFC 9700 §4.11.2), because nobody allowed it yet. */
function isInvalidTarget(scene: Scene, client: RegisteredClient, resource: string): Promise<void> {
  return opens(scene, client, { resource }).then((visit) => isPage(visit, /invalid_target/))
}

/** What comes in at `GET /authorize`, the address apart. */
export const AUTHORIZING: readonly Leniency[] = [
  {
    clients: 'ChatGPT, Claude Code, Copilot CLI, Muse Code, Zed, Roo Code, Antigravity',
    source:
      'dozigden/boardoil issue 11; meta-models/muse-code-sdk issue 15; run notes of a Nextcloud MCP connector',
    lenient: 'no scope at registration, any listed one at authorization, offline_access in first place',
    async works(scene) {
      const client = await registers(scene)
      const visit = await opens(scene, client, { scope: 'offline_access corpus:read' })
      assert.deepEqual(scopesAsked(visit), ['corpus:read', 'offline_access'])
      assert.deepEqual(scopesAsked(await opens(scene, client, { scope: BOTH.join(' ') })), BOTH)
    },
    refused: 'a scope that an explicit registration left out',
    async refuses(scene) {
      const client = await registers(scene, { scope: 'corpus:read' })
      const visit = await opens(scene, client, { scope: 'offline_access corpus:read corpus:search' })
      assert.deepEqual(scopesAsked(visit), ['corpus:read', 'offline_access'])
    },
  },
  {
    clients: 'ChatGPT (Disconnect, then Connect), Junie',
    source: 'community.openai.com thread 1366784; JetBrains/junie issue 84',
    lenient: 'scope missing or empty means the default',
    async works(scene) {
      const client = await registers(scene)
      for (const scope of [undefined, '', ' ']) {
        assert.deepEqual(scopesAsked(await opens(scene, client, { scope })), BOTH)
      }
    },
    refused: 'the default, where less was registered',
    async refuses(scene) {
      const client = await registers(scene, { scope: 'corpus:search' })
      assert.deepEqual(scopesAsked(await opens(scene, client)), ['corpus:search'])
    },
  },
  {
    clients: 'Claude (hosted), n8n, mcp-remote',
    source: 'public servers that replay scope=claudeai; n8n-io/n8n@001b2403; mcp-remote@0.15.1',
    lenient: 'nothing but unknown words, or offline_access alone: the default',
    async works(scene) {
      const client = await registers(scene)
      for (const scope of ['claudeai', 'openid email profile', 'openid', 'offline_access']) {
        assert.deepEqual(scopesAsked(await opens(scene, client, { scope })), BOTH, scope)
      }
    },
    refused: 'an unknown word beside a known one widens nothing',
    async refuses(scene) {
      const client = await registers(scene)
      assert.deepEqual(scopesAsked(await opens(scene, client, { scope: 'admin corpus:read *' })), [
        'corpus:read',
      ])
    },
  },
  {
    clients: 'the official SDKs, Claude (hosted), Zed, AI SDK, n8n, LibreChat, Gemini CLI',
    source:
      '@modelcontextprotocol/sdk@1.32.2; zed-industries/zed oauth.rs; @ai-sdk/mcp@2.0.99; n8n-io/n8n@001b2403; danny-avila/LibreChat handler.ts',
    lenient:
      'resource as the origin or the MCP URL, with a slash or without, in any spelling of the same URL',
    async works(scene) {
      const client = await registers(scene)
      const { url } = scene.app
      for (const resource of [
        `${url}/mcp`,
        `${url}/mcp/`,
        url,
        `${url}/`,
        `${url}:443/mcp`,
        'HTTPS://Notes.Example.COM/mcp',
      ]) {
        isAsked(await opens(scene, client, { resource }))
      }
    },
    refused: 'any other URL of this host or another',
    async refuses(scene) {
      const client = await registers(scene)
      const { url } = scene.app
      for (const resource of [
        `${url}/mcp/x`,
        `${url}/MCP`,
        `${url}/mcp//`,
        `${url}/mcp?x=1`,
        `${url}:8443/mcp`,
        'http://notes.example.com/mcp',
        'https://@notes.example.com/mcp',
        'https://notes.example.com.evil.example/mcp',
        '/mcp',
      ]) {
        await isInvalidTarget(scene, client, resource)
      }
    },
  },
  {
    clients: 'Warp; the SDKs where metadata was missing',
    source: 'warpdotdev/docs PR 422; @modelcontextprotocol/sdk@1.32.2',
    lenient: 'no resource: the only one there is',
    async works(scene) {
      const client = await registers(scene)
      isAsked(await opens(scene, client, { resource: undefined }))
      isAsked(await opens(scene, client, { resource: '' }))
    },
    refused: 'a resource that is no URL',
    refuses: async (scene) => isInvalidTarget(scene, await registers(scene), 'mcp'),
  },
  {
    clients: 'Codex with oauth_resource set',
    source: 'openai/codex perform_oauth_login.rs; MCPJam host profile of July 2026',
    lenient: 'resource twice, where both name the same',
    async works(scene) {
      const client = await registers(scene)
      const again = encodeURIComponent(`${scene.app.url}/mcp`)
      isAsked(await opens(scene, client, {}, `&resource=${again}`))
      isAsked(await opens(scene, client, {}, `&resource=${encodeURIComponent(scene.app.url)}`))
    },
    refused: 'two that differ, and any other parameter twice',
    async refuses(scene) {
      const client = await registers(scene)
      isPage(await opens(scene, client, {}, '&resource=https%3A%2F%2Fother.example%2Fmcp'), /invalid_target/)
      for (const twice of [
        '&state=x',
        '&scope=corpus:read&scope=corpus:read',
        '&code_challenge_method=S256',
      ]) {
        isPage(await opens(scene, client, {}, twice), /invalid_request/)
      }
    },
  },
  {
    clients: 'Kiro 1.x',
    source: 'kirodotdev/Kiro issue 10927',
    lenient: 'raw : and / in the query',
    async works(scene) {
      const redirect_uri = 'http://localhost:49822/oauth/callback'
      const client = await registers(scene, { redirect_uris: [redirect_uri] })
      const left = { redirect_uri: undefined, resource: undefined }
      const raw = `&redirect_uri=${redirect_uri}&resource=${scene.app.url}/mcp`
      isAsked(await opens(scene, client, left, raw))
    },
    refused: 'what a raw & cuts off',
    async refuses(scene) {
      const redirect_uri = 'https://client.example.com/cb?a=1&b=2'
      const client = await registers(scene, { redirect_uris: [redirect_uri] })
      const left = { redirect_uri: undefined }
      isPage(
        await opens(scene, client, left, `&redirect_uri=${redirect_uri}`),
        /not one that the client registered/,
      )
      isAsked(await opens(scene, client, { redirect_uri }))
    },
  },
  {
    clients: 'the official SDKs, as soon as scope has offline_access',
    source: '@modelcontextprotocol/client@2.4.0',
    lenient: 'prompt=consent: the person is asked, also once more',
    async works(scene) {
      const client = await registers(scene)
      await authorize(scene.app, client, { browser: scene.browser })
      isAsked(await opens(scene, client, { prompt: 'consent' }))
    },
    refused: 'prompt=none for what was never allowed, and none beside another word',
    async refuses(scene) {
      const client = await registers(scene)
      isPage(await opens(scene, client, { prompt: 'none' }), /consent_required/)
      isPage(await opens(scene, client, { prompt: 'none consent' }), /invalid_request/)
    },
  },
  {
    clients: 'Open WebUI, LibreChat, Codex',
    source: 'danny-avila/LibreChat handler.ts; open-webui/open-webui utils/oauth.py',
    lenient: 'parameters that nobody knows, and a state with any characters',
    async works(scene) {
      const client = await registers(scene)
      const state = 'user:5f1c/flow-id:oauth_s_1+2%20=&"é'
      const extra = { access_type: 'offline', nonce: 'x', state, audience: '' }
      const request = authorizationRequest(scene.app, client, { extra })
      const visit = await signInAndDecide(scene.browser, request.url)
      assert.equal(visit.url.searchParams.get('state'), state)
    },
    refused: 'a parameter that would change where the answer goes, or what it is',
    async refuses(scene) {
      const client = await registers(scene)
      isPage(await opens(scene, client, { response_mode: 'form_post' }), /response_mode must be query/)
      isPage(
        await opens(scene, client, { request_uri: 'https://evil.example/' }),
        /request_uri_not_supported/,
      )
    },
  },
]
