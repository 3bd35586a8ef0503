import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OAuthError, type OAuthErrorCode } from './errors.ts'

test('each code has its status', () => {
  const statuses: Record<OAuthErrorCode, number> = {
    invalid_request: 400,
    invalid_client: 401,
    invalid_grant: 400,
    unauthorized_client: 400,
    unsupported_grant_type: 400,
    unsupported_response_type: 400,
    invalid_scope: 400,
    access_denied: 403,
    server_error: 500,
    temporarily_unavailable: 503,
    invalid_target: 400,
    invalid_token: 401,
    insufficient_scope: 403,
    invalid_redirect_uri: 400,
    invalid_client_metadata: 400,
    invalid_software_statement: 400,
    unapproved_software_statement: 400,
    unsupported_token_type: 400,
    login_required: 400,
    consent_required: 400,
    request_not_supported: 400,
    request_uri_not_supported: 400,
  }
  for (const [code, status] of Object.entries(statuses)) {
    assert.equal(new OAuthError(code as OAuthErrorCode, 'x').status, status, code)
  }
})

test('RFC 6749 §5.2 the description has no quotation mark, no backslash and printable ASCII alone', () => {
  const { error_description } = new OAuthError('invalid_request', ' !"#[\\]~\x1f\x7f\né')
  assert.equal(error_description, " !'#[?]~????")
  assert.equal(new OAuthError('invalid_request', 'x'.repeat(501)).error_description, 'x'.repeat(500))
})

test('the reason is the description as it was, unless there is a better one; on the wire there are two members', () => {
  const plain = new OAuthError('invalid_request', 'a "b"')
  assert.equal(plain.reason, 'a "b"')
  assert.deepEqual(plain.headers, {})
  const told = new OAuthError('invalid_request', 'a', { reason: 'r', status: 413, headers: { x: 'y' } })
  assert.deepEqual([told.reason, told.status, told.headers], ['r', 413, { x: 'y' }])
  assert.equal(JSON.stringify(told), '{"error":"invalid_request","error_description":"a"}')
})
