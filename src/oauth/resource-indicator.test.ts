import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OAuthError } from './errors.ts'
import { parseResource } from './resource-indicator.ts'

const ours = { resourceUrl: 'https://notes.example.com', resource: 'https://notes.example.com/mcp' }

test('RFC 8707 §2 every spelling that clients use for our resource becomes its one canonical string', () => {
  for (const form of [
    'https://notes.example.com/mcp',
    'https://notes.example.com/mcp/',
    'https://notes.example.com',
    'https://notes.example.com/',
    'https://NOTES.example.com:443/mcp',
    'HTTPS://notes.example.com',
  ]) {
    assert.equal(parseResource([form], ours), ours.resource, form)
  }
})

test('RFC 8707 §2 no resource means the only one there is', () => {
  assert.equal(parseResource([], ours), ours.resource)
})

test('RFC 8707 §2 equal duplicates are one resource', () => {
  assert.equal(parseResource([ours.resource, `${ours.resource}/`], ours), ours.resource)
})

test('A-070 RFC 8707 §2 a resource of somebody else, a relative one, one with a fragment, two of which one is ours: invalid_target', () => {
  for (const values of [
    ['https://evil.example/mcp'],
    ['https://notes.example.com.evil.example/mcp'],
    ['http://notes.example.com/mcp'],
    ['https://notes.example.com:8443/mcp'],
    ['https://notes.example.com/mcp/x'],
    ['https://notes.example.com/MCP'],
    ['https://notes.example.com/mcp//'],
    ['https://notes.example.com/mcp?x=1'],
    ['https://notes.example.com/mcp#'],
    ['https://notes.example.com/mcp#part'],
    ['https://me@notes.example.com/mcp'],
    ['https://notes.example.com\\mcp'],
    ['https://notes.example.com/m\tcp'],
    [' https://notes.example.com/mcp'],
    ['/mcp'],
    ['mcp'],
    ['urn:x'],
    [ours.resource, 'https://evil.example/mcp'],
    ['https://evil.example/mcp', ours.resource],
  ]) {
    const refused = parseResource(values, ours)
    assert.ok(refused instanceof OAuthError, values.join(' '))
    assert.equal(refused.error, 'invalid_target')
  }
})

test('RFC 8707 §2 the refusal names the resource that there is', () => {
  const refusal = parseResource(['https://other.example/'], ours)
  assert.ok(refusal instanceof OAuthError)
  assert.equal(refusal.error_description, `resource must be ${ours.resource}`)
})
