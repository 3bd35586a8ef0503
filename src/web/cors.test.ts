import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCors } from './cors.ts'

test('A-176 open to every origin, and then without credentials', () => {
  const headers = createCors('*').headers('https://anything.example')
  assert.equal(headers['access-control-allow-origin'], '*')
  assert.equal('access-control-allow-credentials' in headers, false)
  assert.equal('vary' in headers, false)
})

test('A-176 a list opens to its origins alone, byte for byte, and tells caches that the answer varies', () => {
  const { headers } = createCors(['https://chatgpt.com', 'https://chat.openai.com'])
  assert.equal(headers('https://chatgpt.com')['access-control-allow-origin'], 'https://chatgpt.com')
  for (const origin of [
    'https://evil.example',
    'https://chatgpt.com.evil.example',
    'http://chatgpt.com',
    'https://CHATGPT.com',
    'null',
    '',
    null,
  ]) {
    assert.deepEqual(headers(origin), { vary: 'Origin' }, String(origin))
  }
})

test('a preflight allows the headers that MCP clients send, by name, and no star', () => {
  const headers = createCors('*').preflight('https://inspector.example', 'POST, OPTIONS')
  const allowed = headers['access-control-allow-headers']?.toLowerCase().split(', ') ?? []
  for (const name of [
    'content-type',
    'authorization',
    'mcp-protocol-version',
    'mcp-session-id',
    'last-event-id',
    'mcp-method',
    'mcp-name',
  ]) {
    assert.ok(allowed.includes(name), name)
  }
  assert.equal(allowed.includes('*'), false)
  assert.equal(allowed.includes('cookie'), false)
  assert.equal(headers['access-control-allow-methods'], 'POST, OPTIONS')
})

test('a preflight of an origin that is not listed allows nothing', () => {
  const headers = createCors(['https://chatgpt.com']).preflight('https://evil.example', 'POST')
  assert.deepEqual(headers, { vary: 'Origin' })
})

test('pages may read the challenge, the session and when to come back', () => {
  const exposed = createCors('*').headers('https://inspector.example')['access-control-expose-headers']
  assert.equal(exposed, 'WWW-Authenticate, Mcp-Session-Id, Retry-After')
})
