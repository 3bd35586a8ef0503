import assert from 'node:assert/strict'
import { type Authorized, authorize, CONFIDENTIAL_CLIENT, tokensOf } from '../../support/scenario.ts'
import { postForm } from '../../support/site.ts'
import { type Answer, isRefused, type Leniency, registers, type Scene } from './leniency.ts'

const SECRET_POST = { ...CONFIDENTIAL_CLIENT, token_endpoint_auth_method: 'client_secret_post' }

type Form = Readonly<Record<string, string>>

function post({ app }: Scene, form: Form, authorization?: string): Promise<Response> {
  return postForm(app, `${app.url}/token`, form, authorization === undefined ? {} : { authorization })
}

function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
}

/** Every character percent-encoded, as strict form encoders do with some. */
function encoded(text: string): string {
  return text.replace(/./gs, (character) => `%${character.charCodeAt(0).toString(16)}`)
}

function redemption({ code, verifier, redirect_uri }: Authorized): Form {
  return { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri }
}

/** A registered client, and a code for it that waits. */
async function withCode(scene: Scene, metadata: object = {}): Promise<{ client: Answer; form: Form }> {
  const client = await registers(scene, metadata)
  return { client, form: redemption(await authorize(scene.app, client, { browser: scene.browser })) }
}

async function withTokens(scene: Scene): Promise<{ client: Answer; form: Form }> {
  const { client, form } = await withCode(scene)
  const { refresh_token = '' } = await tokensOf(await post(scene, { ...form, client_id: client.client_id }))
  return { client, form: { grant_type: 'refresh_token', refresh_token, client_id: client.client_id } }
}

/** What comes in at `POST /token`. */
export const EXCHANGING: readonly Leniency[] = [
  {
    clients: 'Python SDK and C# SDK (encoded), the TypeScript SDKs (raw)',
    source:
      'modelcontextprotocol/python-sdk@57394b054; modelcontextprotocol/csharp-sdk@609499b2; @modelcontextprotocol/sdk@1.32.2',
    lenient: 'Basic with id and secret percent-encoded before Base64, or as they are',
    async works(scene) {
      for (const encode of [String, encoded]) {
        const { client, form } = await withCode(scene, CONFIDENTIAL_CLIENT)
        const { client_id, client_secret = '' } = client
        await tokensOf(await post(scene, form, basic(encode(client_id), encode(client_secret))))
      }
    },
    refused: 'encoded twice, cut, or no Base64',
    async refuses(scene) {
      const { client, form } = await withCode(scene, CONFIDENTIAL_CLIENT)
      const { client_id, client_secret = '' } = client
      for (const authorization of [
        basic(encoded(encoded(client_id)), encoded(encoded(client_secret))),
        basic(client_id, client_secret.slice(0, -1)),
        basic(client_id, `${client_secret} `),
        `Basic ${client_id}:${client_secret}`,
        'Basic ',
      ]) {
        const response = await post(scene, form, authorization)
        assert.match(response.headers.get('www-authenticate') ?? '', /^Basic /)
        await isRefused(response, 401, 'invalid_client')
      }
    },
  },
  {
    clients: 'Codex, Claude (hosted)',
    source: 'openai/codex issue 40928; anthropics/claude-ai-mcp issue 667',
    lenient: 'the secret as Basic where the body was registered, and in the body where Basic was',
    async works(scene) {
      const body = await withCode(scene, SECRET_POST)
      const { client_id, client_secret = '' } = body.client
      await tokensOf(await post(scene, body.form, basic(client_id, client_secret)))
      const header = await withCode(scene, CONFIDENTIAL_CLIENT)
      const { client_id: id, client_secret: secret = '' } = header.client
      await tokensOf(await post(scene, { ...header.form, client_id: id, client_secret: secret }))
    },
    refused: 'both at once, none at all, and a secret from a client that has none',
    async refuses(scene) {
      const { client, form } = await withCode(scene, SECRET_POST)
      const { client_id, client_secret = '' } = client
      const twice = { ...form, client_id, client_secret }
      await isRefused(await post(scene, twice, basic(client_id, client_secret)), 400, 'invalid_request')
      await isRefused(await post(scene, { ...form, client_id }), 401, 'invalid_client')
      const { client_id: id, ...open } = (await withCode(scene)).client
      assert.ok(!('client_secret' in open))
      await isRefused(await post(scene, { ...form, client_id: id, client_secret }), 401, 'invalid_client')
    },
  },
  {
    clients: 'C# SDK',
    source: 'modelcontextprotocol/csharp-sdk@609499b2 ClientOAuthProvider',
    lenient: 'an empty secret from a public client, in the body or as Basic',
    async works(scene) {
      const body = await withCode(scene)
      await tokensOf(await post(scene, { ...body.form, client_id: body.client.client_id, client_secret: '' }))
      const header = await withCode(scene)
      await tokensOf(await post(scene, header.form, basic(header.client.client_id, '')))
    },
    refused: 'an empty secret from a client that holds one',
    async refuses(scene) {
      const { client, form } = await withCode(scene, SECRET_POST)
      const { client_id } = client
      await isRefused(await post(scene, { ...form, client_id, client_secret: '' }), 401, 'invalid_client')
      await isRefused(await post(scene, form, basic(client_id, '')), 401, 'invalid_client')
    },
  },
  {
    clients: 'golang.org/x/oauth2, in the Go SDK',
    source: 'modelcontextprotocol/go-sdk@3d6450f oauthex/dcr (AuthStyleAutoDetect)',
    lenient: 'the same code once more, after an authentication that failed',
    async works(scene) {
      const { client, form } = await withCode(scene, SECRET_POST)
      const { client_id, client_secret = '' } = client
      await isRefused(await post(scene, form, basic(client_id, 'wrong')), 401, 'invalid_client')
      await tokensOf(await post(scene, { ...form, client_id, client_secret }))
    },
    refused: 'the same code once more, after a success',
    async refuses(scene) {
      const { client, form } = await withCode(scene)
      const { client_id } = client
      await tokensOf(await post(scene, { ...form, client_id }))
      await isRefused(await post(scene, { ...form, client_id }), 400, 'invalid_grant')
    },
  },
  {
    clients: 'several, the Python SDK among them',
    source: 'modelcontextprotocol/python-sdk@57394b054 client/auth',
    lenient: 'client_id in the body beside Basic',
    async works(scene) {
      const { client, form } = await withCode(scene, CONFIDENTIAL_CLIENT)
      const { client_id, client_secret = '' } = client
      await tokensOf(await post(scene, { ...form, client_id }, basic(client_id, client_secret)))
    },
    refused: 'another client’s there',
    async refuses(scene) {
      const { client, form } = await withCode(scene, CONFIDENTIAL_CLIENT)
      const authorization = basic(client.client_id, client.client_secret ?? '')
      const { client_id } = await registers(scene)
      await isRefused(await post(scene, { ...form, client_id }, authorization), 400, 'invalid_request')
    },
  },
  {
    clients: 'Roo Code, LibreChat',
    source: 'RooCodeInc/Roo-Code@4b1df52f; danny-avila/LibreChat handler.ts',
    lenient: 'resource at authorization only, or in another form at the token endpoint',
    async works(scene) {
      for (const resource of ['', scene.app.url, `${scene.app.url}/mcp/`]) {
        const { client, form } = await withCode(scene)
        await tokensOf(await post(scene, { ...form, client_id: client.client_id, resource }))
      }
    },
    refused: 'somebody else’s',
    async refuses(scene) {
      const { client, form } = await withCode(scene)
      const foreign = { ...form, client_id: client.client_id, resource: 'https://other.example/mcp' }
      await isRefused(await post(scene, foreign), 400, 'invalid_target')
    },
  },
  {
    clients: 'the official SDKs',
    source: '@modelcontextprotocol/sdk@1.32.2; modelcontextprotocol/python-sdk@57394b054',
    lenient: 'a refresh without scope and with resource, or with the scope of the authorization request',
    async works(scene) {
      const { form } = await withTokens(scene)
      const first = await tokensOf(await post(scene, { ...form, resource: `${scene.app.url}/mcp` }))
      assert.equal(first.scope, 'corpus:read corpus:search')
      const next = { ...form, refresh_token: first.refresh_token ?? '' }
      await tokensOf(await post(scene, { ...next, scope: 'corpus:read corpus:search openid offline_access' }))
    },
    refused: 'a scope that was not granted, and another resource',
    async refuses(scene) {
      const client = await registers(scene, { scope: 'corpus:read' })
      const { client_id } = client
      const code = redemption(await authorize(scene.app, client, { browser: scene.browser }))
      const { refresh_token = '' } = await tokensOf(await post(scene, { ...code, client_id }))
      const form = { grant_type: 'refresh_token', refresh_token, client_id }
      await isRefused(
        await post(scene, { ...form, scope: 'corpus:read corpus:search' }),
        400,
        'invalid_scope',
      )
      await isRefused(
        await post(scene, { ...form, resource: 'https://other.example/' }),
        400,
        'invalid_target',
      )
    },
  },
  {
    clients: 'Claude Code, Cursor, Codex (several processes, answers that are lost)',
    source: 'PrefectHQ/fastmcp issue 4901; FlowFuse/flowfuse PR 8273',
    lenient: 'the same refresh token again, for a minute',
    async works(scene) {
      const { form } = await withTokens(scene)
      const [first, second] = await Promise.all([post(scene, form), post(scene, form)])
      for (const { refresh_token = '' } of [await tokensOf(first), await tokensOf(second)]) {
        await tokensOf(await post(scene, { ...form, refresh_token }))
      }
      scene.app.advance(60)
      await tokensOf(await post(scene, form))
    },
    refused: 'the same after that, when a later one was used',
    async refuses(scene) {
      const { form } = await withTokens(scene)
      const { refresh_token = '' } = await tokensOf(await post(scene, form))
      await tokensOf(await post(scene, { ...form, refresh_token }))
      scene.app.advance(61)
      await isRefused(await post(scene, form), 400, 'invalid_grant')
    },
  },
  {
    clients: 'Claude (hosted), ChatGPT, Cursor',
    source: 'anthropics/claude-ai-mcp issues 228, 702, 840',
    lenient: 'a refresh token without offline_access, and scope in every answer',
    async works(scene) {
      const { client, form } = await withCode(scene)
      const tokens = await tokensOf(await post(scene, { ...form, client_id: client.client_id }))
      assert.match(tokens.refresh_token ?? '', /^refresh_/)
      assert.equal(tokens.scope, 'corpus:read corpus:search')
    },
    refused: 'one for a client that did not register the grant, asked for or not',
    async refuses(scene) {
      const client = await registers(scene, { grant_types: ['authorization_code'] })
      const scope = 'corpus:read offline_access'
      const authorized = await authorize(scene.app, client, { browser: scene.browser, scope })
      const form = { ...redemption(authorized), client_id: client.client_id }
      assert.equal((await tokensOf(await post(scene, form))).refresh_token, undefined)
    },
  },
  {
    clients: 'Claude (hosted), the TypeScript SDKs, Visual Studio Code, Open WebUI',
    source: 'PrefectHQ/fastmcp issues 1762, 2027; supabase/mcp issue 355',
    lenient: 'a client id that is dead: 401 invalid_client, on which they register again',
    async works(scene) {
      const { app } = scene
      const { client, form } = await withCode(scene, SECRET_POST)
      await app.store.clients.remove(client.client_id, { at: app.now(), type: 'client.deleted' })
      const { client_id, client_secret = '' } = client
      await isRefused(await post(scene, { ...form, client_id, client_secret }), 401, 'invalid_client')
      const after = await withCode(scene)
      await tokensOf(await post(scene, { ...after.form, client_id: after.client.client_id }))
    },
    refused: 'its code, by the client that comes after it',
    async refuses(scene) {
      const { form } = await withCode(scene)
      const { client_id } = await registers(scene)
      await isRefused(await post(scene, { ...form, client_id }), 400, 'invalid_grant')
    },
  },
]
