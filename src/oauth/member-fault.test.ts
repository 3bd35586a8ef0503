import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemberFault } from './member-fault.ts'

test('a fault tells its place from the outside in', () => {
  const fault = new MemberFault('must be a string')
  assert.equal(fault.about('x'), 'x must be a string')
  assert.equal(fault.error, 'invalid_client_metadata')
  const within = new MemberFault('is wrong', 'invalid_redirect_uri').within('.b').within('[0]')
  assert.equal(within.about('a'), 'a[0].b is wrong')
  assert.equal(within.error, 'invalid_redirect_uri')
})
