/** A client that is unknown here, and cannot be let back in: the page says what to do in the one that it was. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { RECONNECTING } from '../src/authorization/reconnecting.ts'
import { isPage } from './attacks/authorization-answers.ts'
import { REAL_CLIENTS } from './clients/table.ts'
import { Browser, type Visit } from './support/browser.ts'
import { authorizationRequest } from './support/scenario.ts'
import { basic, post } from './support/stored.ts'
import { createTestApp, type TestApp } from './support/test-app.ts'

let app: TestApp
before(async () => {
  app = await createTestApp()
})
after(() => app[Symbol.asyncDispose]())

const CLIENT_ID = 'client_0123456789abcdef'

function arriveAt(redirect_uri: string): Promise<Visit> {
  const client = { client_id: CLIENT_ID, redirect_uris: [redirect_uri] }
  return new Browser(app).open(authorizationRequest(app, client).url)
}
const textOf = ({ text }: Visit) =>
  text
    .replace(/<[^>]+>/g, '')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')

test('the page names the client that the address is of, its menus, and the address to add', async () => {
  const chatgpt = await arriveAt('https://chatgpt.com/connector/oauth/OUbdUMlL15Ct')
  isPage(chatgpt)
  assert.match(textOf(chatgpt), /In ChatGPT: Open Settings, Apps & Connectors/)
  assert.match(textOf(chatgpt), /Then create it again with the address https:\/\/notes\.example\.com\/mcp\./)
  assert.doesNotMatch(textOf(chatgpt), /Claude/)
  const code = await arriveAt('http://127.0.0.1:33418/')
  assert.match(
    textOf(code),
    /In Visual Studio Code: .*Authentication: Remove Dynamic Authentication Providers/,
  )
  const local = await arriveAt('http://localhost:7777/oauth/callback')
  assert.match(textOf(local), /If it was mcp-remote .*delete the folder \.mcp-auth/)
  assert.match(textOf(local), /If it was Gemini CLI/)
  const named = await arriveAt('https://www.perplexity.ai/rest/connections/oauth_callback')
  assert.match(textOf(named), /In Perplexity: remove this server \(or connector\) and add it again/)
  const unnamed = await arriveAt('https://client.example.com/callback')
  assert.match(textOf(unnamed), /In that program: remove this server \(or connector\) and add it again/)
  for (const visit of [chatgpt, code, local, named, unnamed]) {
    assert.match(visit.text, /<code>invalid_client<\/code>/)
    assert.match(visit.text, /<code>https:\/\/notes\.example\.com\/mcp<\/code>/)
  }
})

test('A-067 whatever the address claims to be, it is never shown, followed or linked', async () => {
  for (const redirect_uri of [
    'https://chatgpt.com/<script>alert(1)</script>',
    'javascript:alert(1)//https://chatgpt.com/connector/oauth/x',
    'http://localhost:1/callback" onload="x',
    'https://evil.example/',
    `https://claude.ai/${'x'.repeat(5000)}`,
    'http://127.0.0.1:1/callback\u0000',
  ]) {
    const visit = await arriveAt(redirect_uri)
    isPage(visit)
    assert.doesNotMatch(visit.text, /evil|alert|onload|<a |xxxx/)
  }
})

test('every real client lands on a page that tells it to register anew', async () => {
  for (const { id, request } of REAL_CLIENTS) {
    for (const redirect_uri of request.redirect_uris) {
      const visit = await arriveAt(redirect_uri)
      isPage(visit)
      assert.match(textOf(visit), /remove this server \(or connector\) and add it again/, id)
      const rows = RECONNECTING.filter(({ addresses }) => addresses.test(redirect_uri))
      for (const { client } of rows) assert.ok(textOf(visit).includes(client), `${id}: ${client}`)
    }
  }
})

test('A-103 RFC 6749 §5.2 at the token endpoint a dead id is 401 invalid_client, in JSON, on which known clients register again', async () => {
  const requests = [
    { grant_type: 'refresh_token', refresh_token: 'refresh_x' },
    { grant_type: 'authorization_code', code: 'code_x', code_verifier: 'x'.repeat(43), redirect_uri: 'x' },
  ]
  for (const request of requests) {
    for (const [form, headers] of [
      [{ client_id: CLIENT_ID }, {}],
      [{ client_id: CLIENT_ID, client_secret: 'secret_x' }, {}],
      [{}, basic(CLIENT_ID, 'secret_x')],
      [{}, basic(CLIENT_ID, '')],
    ] as const) {
      const answer = await post(app, '/token', { ...request, ...form }, headers)
      assert.equal(answer.status, 401)
      assert.equal(answer.body.error, 'invalid_client')
      assert.match(String(answer.body.error_description), /register again/)
      assert.equal(answer.headers.get('content-type'), 'application/json')
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      // RFC 6749 §5.2: "If the client attempted to authenticate via the "Authorization" request header field, the
      // authorization server MUST respond with an HTTP 401 (Unauthorized) status code and include the
      // "WWW-Authenticate" response header field".
      const isBasic = 'authorization' in headers
      assert.equal(/^Basic /.test(answer.headers.get('www-authenticate') ?? ''), isBasic)
    }
  }
})
