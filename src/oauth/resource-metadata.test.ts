import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resourceMetadata, resourceMetadataPaths } from './resource-metadata.ts'

test('RFC 9728 §2 the whole document', () => {
  assert.deepEqual(resourceMetadata('https://a.example/mcp', 'https://b.example'), {
    resource: 'https://a.example/mcp',
    authorization_servers: ['https://b.example'],
    scopes_supported: ['corpus:read', 'corpus:search', 'offline_access'],
    bearer_methods_supported: ['header'],
    resource_name: 'CorpusIQ',
  })
})

test('RFC 9728 §3.1 it is read at the root and with the path of the resource inserted', () => {
  assert.deepEqual(resourceMetadataPaths('https://a.example/mcp'), [
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/mcp',
  ])
})
