import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KNOWN_CLIENTS, knownAddress } from './known-clients.ts'

test('an address is known by its whole URI, or by the folder it is in', () => {
  assert.equal(knownAddress('https://chatgpt.com/connector_platform_oauth_redirect')?.client, 'ChatGPT')
  assert.equal(knownAddress('https://chatgpt.com/connector/oauth/OUbdUMlL15Ct')?.client, 'ChatGPT')
  assert.equal(knownAddress('https://claude.ai/api/mcp/auth_callback')?.client, 'Claude')
  assert.equal(knownAddress('https://grok.com/connectors-oauth-exchange-code/')?.client, 'Grok')
  assert.equal(knownAddress('https://raycast.com/redirect?packageName=Extension')?.client, 'Raycast')
})

test('A-087 a neighbour on a known host, or a look-alike of it, is not known', () => {
  for (const stranger of [
    'https://chatgpt.com/',
    'https://chatgpt.com/other',
    'https://chatgpt.com/connector/oauth/',
    'https://chatgpt.com/connector/oauth/../../share/x',
    'https://chatgpt.com/connector/oauth/x/y',
    'https://chatgpt.com/connector/oauth/..',
    'https://chatgpt.com/connector/oauth/%2e%2e',
    'https://chatgpt.com.evil.example/connector_platform_oauth_redirect',
    'https://evil.example/https://chatgpt.com/connector_platform_oauth_redirect',
    'http://chatgpt.com/connector_platform_oauth_redirect',
    'https://claude.ai/api/mcp/auth_callback/x',
    'https://grok.com/connectors-oauth-exchange-code',
  ]) {
    assert.equal(knownAddress(stranger), undefined, stranger)
  }
})

test('no row is a host alone', () => {
  for (const { redirect } of KNOWN_CLIENTS) {
    assert.notEqual(new URL(redirect).pathname.replace(/\/$/, ''), '', redirect)
  }
})

test('each row names where it was seen, and says whether the address forwards', () => {
  for (const { client, seen } of KNOWN_CLIENTS) assert.match(seen, /^[a-z0-9-]+$/, client)
  const forwarding = KNOWN_CLIENTS.filter(({ forwards }) => forwards).map(
    ({ redirect }) => new URL(redirect).host,
  )
  for (const host of ['vscode.dev', 'oauth.n8n.cloud', 'antigravity.google', 'raycast.com']) {
    assert.ok(forwarding.includes(host), host)
  }
})

test('the last part of a path may have dots in it, and begin with one', () => {
  for (const last of ['a.b', '.a', '..a']) {
    assert.equal(knownAddress(`https://chatgpt.com/connector/oauth/${last}`)?.client, 'ChatGPT', last)
  }
})

test('an address below a folder is known where the row says so', () => {
  assert.equal(
    knownAddress('https://global.consent.azure-apim.net/redirect/notes-1')?.client,
    'Microsoft Copilot Studio',
  )
})
