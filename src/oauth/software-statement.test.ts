import assert from 'node:assert/strict'
import { test } from 'node:test'
import { softwareStatementFault } from './software-statement.ts'

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const statement = (header: unknown, claims: unknown) => `${part(header)}.${part(claims)}.c2ln`

test('RFC 7591 §3.2.2 unapproved_software_statement: no issuer is trusted here', () => {
  const fault = softwareStatementFault(
    statement({ alg: 'RS256' }, { iss: 'https://issuer.example', client_name: 'x' }),
  )
  assert.equal(fault.error, 'unapproved_software_statement')
})

test('RFC 7591 §2.3 "the software statement MUST be digitally signed or MACed" and "MUST contain an "iss" (issuer) claim"', () => {
  const claims = { iss: 'https://issuer.example' }
  for (const bad of [
    'x',
    'a.b',
    'a.b.c.d',
    '..',
    `${part({ alg: 'RS256' })}.${part(claims)}.`,
    `${part({ alg: 'RS256' })}.${part(claims)}.c2ln.x`,
    `${part({ alg: 'RS256' })}.${part([])}.c2ln`,
    statement({ alg: 'none' }, claims),
    statement({}, claims),
    statement({ alg: 'RS256' }, { software_id: '4NRB1-0XZABZI9E6-5SM3R' }),
    statement({ alg: 'RS256' }, { iss: 1 }),
  ]) {
    assert.equal(softwareStatementFault(bad).error, 'invalid_software_statement', bad)
  }
})

test('RFC 7591 §3.2.2 a statement is refused by what is wrong with it, and nothing is read past its alphabet', () => {
  const good = { iss: 'https://issuer.example' }
  for (const [bad, text] of [
    ['x', 'must be a signed JWT in compact form'],
    [`!${statement({ alg: 'RS256' }, good)}`, 'must be a signed JWT in compact form'],
    [`${statement({ alg: 'RS256' }, good)}=`, 'must be a signed JWT in compact form'],
    [`.${part(good)}.c2ln`, 'must be a signed JWT in compact form'],
    [`${part({ alg: 'RS256' })}..c2ln`, 'must be a signed JWT in compact form'],
    [statement({ alg: 'none' }, good), 'must be signed'],
    [statement({ alg: 'RS256' }, { iss: '' }), 'must contain the claim iss'],
    [statement({ alg: 'RS256' }, good), 'is of an issuer that this server does not trust'],
  ] as const) {
    assert.equal(softwareStatementFault(bad).text, text, bad)
  }
})
