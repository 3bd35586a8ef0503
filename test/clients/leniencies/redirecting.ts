import assert from 'node:assert/strict'
import { signInAndDecide } from '../../support/scenario.ts'
import { isAsked, isNotRegistered, isPage, type Leniency, opens, registers, type Scene } from './leniency.ts'

const MISMATCH = /redirect_uri is not one that the client registered/

/** The person is asked for each of `used` by a client that registered `registered`. */
async function areUsable(scene: Scene, registered: readonly string[], used = registered): Promise<void> {
  const client = await registers(scene, { redirect_uris: registered })
  assert.deepEqual(client.redirect_uris, registered)
  for (const redirect_uri of used) isAsked(await opens(scene, client, { redirect_uri }))
}

/** None of `used` is, and nothing goes there. */
async function areNotUsable(
  scene: Scene,
  registered: readonly string[],
  used: readonly string[],
): Promise<void> {
  const client = await registers(scene, { redirect_uris: registered })
  for (const redirect_uri of used) isPage(await opens(scene, client, { redirect_uri }), MISMATCH)
}

async function areNotRegistrable(scene: Scene, uris: readonly string[], description: RegExp): Promise<void> {
  for (const uri of uris) {
    await isNotRegistered(scene, { redirect_uris: [uri] }, 'invalid_redirect_uri', description)
  }
}

const CURSOR = [
  'cursor://anysphere.cursor-mcp/oauth/callback',
  'https://www.cursor.com/agents/mcp/oauth/callback',
  'http://localhost:8787/callback',
]

/** Which addresses may be registered, and which are taken for a registered one. */
export const REDIRECTING: readonly Leniency[] = [
  {
    clients: 'Visual Studio Code, Codex, Copilot CLI, Roo Code, mcp-remote, deepagents',
    source:
      'microsoft/vscode oauth.ts; openai/codex perform_oauth_login.rs; github/copilot-cli issue 4901; langchain-ai/deepagents PR 3613',
    lenient: 'another port of loopback than the registered one, on all three of its names',
    works: async (scene) => {
      await areUsable(scene, ['http://127.0.0.1:56679/'], ['http://127.0.0.1:61802/', 'http://127.0.0.1/'])
      await areUsable(scene, ['http://localhost:52731/cb'], ['http://localhost:60412/cb'])
      await areUsable(scene, ['http://[::1]:43123/cb'], ['http://[::1]:43127/cb'])
    },
    refused: 'another path, host, scheme or query of it, and another port of a host on the network',
    refuses: async (scene) => {
      await areNotUsable(
        scene,
        ['http://127.0.0.1:56679/cb'],
        [
          'http://127.0.0.1:61802/',
          'http://127.0.0.1:61802/cb/',
          'http://127.0.0.1:61802/cb?x=1',
          'http://localhost:61802/cb',
          'http://[::1]:61802/cb',
          'https://127.0.0.1:61802/cb',
          'http://127.0.0.1:99999/cb',
          'http://127.0.0.1:61802@evil.example/cb',
        ],
      )
      await areNotUsable(scene, ['https://client.example.com/cb'], ['https://client.example.com:8443/cb'])
    },
  },
  {
    clients: 'Visual Studio Code; documents of Goose, Claude Code, opencode',
    source: 'microsoft/vscode oauth.ts; anthropics/claude-code issues 47185, 60940',
    lenient: 'a loopback address that was registered without a port',
    works: (scene) =>
      areUsable(scene, ['http://127.0.0.1/'], ['http://127.0.0.1:33418/', 'http://127.0.0.1/']),
    refused: 'a path that it has not',
    refuses: (scene) =>
      areNotUsable(scene, ['http://127.0.0.1/'], ['http://127.0.0.1:33418', 'http://127.0.0.1:33418/x']),
  },
  {
    clients: 'Kiro',
    source: 'kirodotdev/Kiro issue 10927',
    lenient: 'a loopback address without a path',
    works: (scene) =>
      areUsable(scene, ['http://127.0.0.1:49822'], ['http://127.0.0.1:49822', 'http://127.0.0.1:5000']),
    refused: 'any path at authorization, and another name of the machine',
    refuses: (scene) =>
      areNotUsable(
        scene,
        ['http://127.0.0.1:49822'],
        ['http://127.0.0.1:49822/', 'http://localhost:49822/oauth/callback'],
      ),
  },
  {
    clients: 'Cursor, Grok Bot, Visual Studio Code',
    source: 'erp-mafia/accounted PR 2225; soflyy/agent-connector-for-wp issue 111; tripsyapp/cli issue 8',
    lenient: 'a private scheme, https and loopback in one list',
    works: (scene) => areUsable(scene, CURSOR),
    refused: 'the whole list where one of them is bad',
    refuses: async (scene) => {
      const list = { redirect_uris: [...CURSOR, 'http://n8n.lan:5678/callback'] }
      await isNotRegistered(scene, list, 'invalid_redirect_uri', /^redirect_uris\[3\] must be https/)
    },
  },
  {
    clients: 'Cursor, Warp, Cline',
    source: 'laravel/mcp issue 173; modelcontextprotocol/python-sdk PR 895; cline/cline@0322691e',
    lenient: 'a private scheme without a dot, with an authority',
    works: (scene) =>
      areUsable(scene, [
        'cursor://anysphere.cursor-mcp/oauth/callback',
        'warp://mcp/oauth2callback',
        'vscode://saoudrizwan.claude-dev/mcp-auth/callback',
      ]),
    refused: 'a scheme that runs or opens something',
    refuses: (scene) =>
      areNotRegistrable(
        scene,
        [
          'javascript://x/%0aalert(1)',
          'data://x/y',
          'file:///etc/passwd',
          'ms-word://x/y',
          'search-ms://x/y',
        ],
        /must not have the scheme/,
      ),
  },
  {
    clients: 'Raycast',
    source: 'public Raycast extensions (Heptabase, Mobbin, TickTick)',
    lenient: 'a query in the redirect URI, and a private scheme with one slash',
    works: async (scene) => {
      for (const redirect_uri of [
        'https://raycast.com/redirect?packageName=Extension',
        'com.raycast:/oauth?package_name=Extension',
      ]) {
        const client = await registers(scene, { redirect_uris: [redirect_uri] })
        const visit = await opens(scene, client, { redirect_uri })
        isAsked(visit)
        const after = await signInAndDecide(scene.browser, visit.url)
        const location = after.response.headers.get('location') ?? ''
        assert.ok(location.startsWith(`${redirect_uri}&code=code_`), location)
      }
    },
    refused: 'another query than the registered one, and a private scheme without any slash',
    refuses: async (scene) => {
      await areNotUsable(
        scene,
        ['https://raycast.com/redirect?packageName=Extension'],
        [
          'https://raycast.com/redirect',
          'https://raycast.com/redirect?packageName=Other',
          'https://raycast.com/redirect?packageName=Extension&x=1',
        ],
      )
      await areNotRegistrable(scene, ['com.raycast:oauth'], /must continue with a slash/)
    },
  },
  {
    clients: 'Open WebUI',
    source: 'makeplane/plane-mcp-server issue 220',
    lenient: 'a colon in the path',
    works: (scene) => areUsable(scene, ['https://webui.example.com/oauth/clients/mcp:corpusiq/callback']),
    refused: 'the same with the colon encoded: nothing is decoded before it is compared',
    refuses: (scene) =>
      areNotUsable(
        scene,
        ['https://webui.example.com/oauth/clients/mcp:corpusiq/callback'],
        ['https://webui.example.com/oauth/clients/mcp%3Acorpusiq/callback'],
      ),
  },
  {
    clients: 'Grok, Visual Studio Code, Copilot CLI',
    source: 'erp-mafia/accounted PR 2158; microsoft/vscode oauth.ts',
    lenient: 'a slash at the end that belongs to the address',
    works: (scene) => areUsable(scene, ['https://grok.com/connectors-oauth-exchange-code/']),
    refused: 'the same without it',
    refuses: (scene) =>
      areNotUsable(
        scene,
        ['https://grok.com/connectors-oauth-exchange-code/'],
        ['https://grok.com/connectors-oauth-exchange-code'],
      ),
  },
  {
    clients: 'ChatGPT, Copilot Studio, Codex',
    source: 'BasedHardware/omi issue 8824; Teamwork/mcp issue 67; openai/codex perform_oauth_login.rs',
    lenient: 'another path for each connection, and one that ends in a hyphen',
    works: (scene) =>
      areUsable(scene, [
        'https://chatgpt.com/connector/oauth/OUbdUMlL15Ct',
        'https://global.consent.azure-apim.net/redirect/cr123-5fcorpusiq-5f0a1b2c3d4e5f6a7b',
        'http://127.0.0.1:63546/callback/6MFBM1In3Ey-',
      ]),
    refused: 'the path of another connection of the same vendor',
    refuses: (scene) =>
      areNotUsable(
        scene,
        ['https://chatgpt.com/connector/oauth/OUbdUMlL15Ct'],
        ['https://chatgpt.com/connector/oauth/EqqY7q3ydpMT', 'https://chatgpt.com/connector/oauth/'],
      ),
  },
  {
    clients: 'Warp, n8n (faults that were mended in the client)',
    source: 'warpdotdev/warp issue 9088; n8n-io/n8n issue 21791',
    lenient: 'the address that was registered',
    works: (scene) => areUsable(scene, ['warp://mcp/oauth2callback']),
    refused: 'the same with a query that was added',
    refuses: (scene) =>
      areNotUsable(
        scene,
        ['warp://mcp/oauth2callback'],
        ['warp://mcp/oauth2callback?server_id=65aebdca-613a-4b60-97d3-92548673bd03'],
      ),
  },
]
