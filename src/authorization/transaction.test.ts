import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OAuthError } from '../oauth/errors.ts'
import { parseParameters } from '../oauth/parameters.ts'
import { createSealing } from '../ops/sealing.ts'
import { openTransaction, sealTransaction, type Transaction } from './transaction.ts'

const sealing = createSealing(Buffer.alloc(32, 1))
const TRANSACTION: Transaction = {
  id: 'transaction_1',
  account_id: 'account_owner',
  client_id: 'client_1',
  redirect_uri: 'https://client.example.com/callback',
  redirect_uri_given: true,
  scope: 'corpus:read',
  resource: 'https://notes.example.com/mcp',
  code_challenge: 'x'.repeat(43),
  revives: 1000,
  expires_at: 2000,
}
const OWNER = { account: { account_id: 'account_owner', username: 'owner' }, session: 'session' }

function opened(by: { account_id?: string; session?: string }, now = 1500): Transaction | number {
  const fields = sealTransaction(sealing, TRANSACTION, OWNER.session)
  const form = parseParameters(new URLSearchParams(fields).toString())
  assert.ok(form)
  const { account_id = 'account_owner', session = OWNER.session } = by
  const result = openTransaction(sealing, form, { account: { account_id, username: 'x' }, session }, now)
  return result instanceof OAuthError ? result.status : result
}

test('A-088 A-089 a transaction comes back as it was, to the session and the account that it was made for', () => {
  assert.deepEqual(opened({}), TRANSACTION)
  assert.equal(opened({ session: 'another' }), 403)
  assert.equal(opened({ account_id: 'account_other' }), 403)
  assert.equal(opened({}, 2000), 400)
})
