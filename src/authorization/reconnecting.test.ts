import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KNOWN_CLIENTS } from '../oauth/known-clients.ts'
import { namedAt, RECONNECTING, reconnectingAt } from './reconnecting.ts'

const clientsAt = (redirect_uri: string) => reconnectingAt(redirect_uri).map(({ client }) => client)

test('the redirect URI tells which client it was', () => {
  for (const [redirect_uri, ...clients] of [
    ['https://chatgpt.com/connector_platform_oauth_redirect', 'ChatGPT'],
    ['https://chatgpt.com/connector/oauth/OUbdUMlL15Ct', 'ChatGPT'],
    ['https://claude.ai/api/mcp/auth_callback', 'Claude'],
    ['https://claude.com/api/mcp/auth_callback', 'Claude'],
    ['http://localhost:54545/callback', 'Claude Code'],
    ['http://127.0.0.1:33418/', 'Visual Studio Code'],
    ['http://127.0.0.1:33418', 'Visual Studio Code'],
    ['https://vscode.dev/redirect', 'Visual Studio Code'],
    ['https://insiders.vscode.dev/redirect', 'Visual Studio Code'],
    ['cursor://anysphere.cursor-mcp/oauth/callback', 'Cursor'],
    ['https://www.cursor.com/agents/mcp/oauth/callback', 'Cursor'],
    ['http://localhost:8787/callback', 'Claude Code', 'Cursor'],
    ['http://127.0.0.1:63546/callback/6MFBM1In3Ey-', 'Codex'],
    ['http://127.0.0.1:40211/callback', 'Codex'],
    [
      'http://localhost:7777/oauth/callback',
      'mcp-remote (also inside Claude Desktop and other programs)',
      'Gemini CLI',
    ],
    ['http://127.0.0.1:19876/mcp/oauth/callback', 'opencode'],
    ['https://www.perplexity.ai/rest/connections/oauth_callback'],
    ['https://chatgpt.com.evil.example/connector_platform_oauth_redirect'],
    ['https://client.example.com/callback'],
    [''],
  ] as const) {
    assert.deepEqual(clientsAt(redirect_uri), clients, redirect_uri)
  }
})

test('every row says what to do and where that is known from, and its text is whole', () => {
  for (const { client, steps, source } of RECONNECTING) {
    assert.match(source, /#\d|\w\.\w+\/|docs\//, client)
    assert.equal(steps.split('`').length % 2, 1, client)
    assert.doesNotMatch(steps, /[.\s]$/, client)
    assert.ok(
      (steps.match(/\{\w+\}/g) ?? []).every((name) => name === '{address}'),
      client,
    )
  }
})

test('a client without a row is at least called by its name', () => {
  for (const { client, redirect, below } of KNOWN_CLIENTS) {
    const redirect_uri = below ? `${redirect}x` : redirect
    assert.ok(clientsAt(redirect_uri).length === 1 || namedAt(redirect_uri) === client, redirect)
  }
})
