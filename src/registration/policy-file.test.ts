import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { MemberFault } from '../oauth/member-fault.ts'
import { parseRegistrationRules, readRegistrationRules } from './policy-file.ts'

const parse = (value: unknown) => parseRegistrationRules(Buffer.from(JSON.stringify(value)))

test('a policy with every rule reads back as it was written', () => {
  const rules = {
    redirect_hosts: [
      'claude.ai',
      '*.example.com',
      'example.com:8443',
      'localhost',
      '127.0.0.1',
      '[::1]',
      'xn--bcher-kva.example',
    ],
    redirect_schemes: ['https', 'http', 'cursor', 'com.example.app'],
    required_members: ['client_name', 'contacts'],
    unused_clients_per_address: 20,
    web: { scopes: ['corpus:read', 'corpus:search', 'offline_access'] },
    native: { token_endpoint_auth_methods: ['none'] },
    loopback: { scopes: ['corpus:search'], token_endpoint_auth_methods: ['none', 'client_secret_post'] },
  }
  assert.deepEqual(parse(rules), rules)
  assert.deepEqual(parse({}), {})
})

const WRONG: readonly [value: unknown, fault: string][] = [
  [[], ' is not a JSON object'],
  [
    { redirect_host: ['claude.ai'] },
    '.redirect_host is no rule; there are redirect_hosts, redirect_schemes,',
  ],
  [{ constructor: 1 }, '.constructor is no rule'],
  [{ redirect_hosts: 'claude.ai' }, '.redirect_hosts must be an array'],
  [{ redirect_hosts: [] }, '.redirect_hosts must not be empty'],
  [{ redirect_hosts: [1] }, '.redirect_hosts[0] must be a host'],
  ...[
    '',
    '*',
    '*.',
    'Claude.ai',
    'https://claude.ai',
    'claude.ai/x',
    'claude.ai:443',
    'a@b.example',
    'bücher.example',
    'a b',
    '*.*.example.com',
    'a.*.example',
  ].map((host): [unknown, string] => [
    { redirect_hosts: ['claude.ai', host] },
    '.redirect_hosts[1] must be a host as browsers write it',
  ]),
  [{ redirect_hosts: ['*.com'] }, '.redirect_hosts[0] must have two names after *.'],
  [{ redirect_hosts: ['localhost:8080'] }, '.redirect_hosts[0] must have no port'],
  [{ redirect_hosts: ['[::1]:8080'] }, '.redirect_hosts[0] must have no port'],
  ...['https:', 'HTTPS', '', '1x', 7].map((scheme): [unknown, string] => [
    { redirect_schemes: [scheme] },
    '.redirect_schemes[0] must be a scheme in lower case, without its colon',
  ]),
  // What is always there can't be asked for, and what is never accepted would shut the door.
  ...['redirect_uris', 'scope', 'software_statement', 'nonsense'].map((name): [unknown, string] => [
    { required_members: [name] },
    '.required_members[0] must be one of client_name, client_uri,',
  ]),
  ...[0, -1, 1.5, '5', null, 1_000_001].map((count): [unknown, string] => [
    { unused_clients_per_address: count },
    '.unused_clients_per_address must be a whole number from 1 to 1000000',
  ]),
  [{ web: [] }, '.web must be an object'],
  [{ web: null }, '.web must be an object'],
  [{ native: { scope: [] } }, '.native.scope is no rule; there are scopes, token_endpoint_auth_methods'],
  [{ web: { scopes: ['corpus:read', 'admin'] } }, '.web.scopes[1] must be one of corpus:read,'],
  [{ web: { scopes: ['offline_access'] } }, '.web.scopes must have one that opens something'],
  [
    { loopback: { token_endpoint_auth_methods: ['private_key_jwt'] } },
    '.loopback.token_endpoint_auth_methods[0] must be one of none,',
  ],
]

test('whatever is wrong is named by its member', () => {
  for (const [value, expected] of WRONG) {
    const fault = parse(value)
    assert.ok(fault instanceof MemberFault, JSON.stringify(value))
    assert.ok(fault.about('').startsWith(expected), `${JSON.stringify(value)}: ${fault.about('')}`)
  }
})

test('one rule twice is no rule: which of the two would be in force?', () => {
  const fault = parseRegistrationRules(
    Buffer.from('{"redirect_schemes":["https"],"redirect_schemes":["cursor"]}'),
  )
  assert.ok(fault instanceof MemberFault)
  assert.match(fault.text, /two members with the same name/)
})

test('a file that is missing, not JSON or wrong is told in one line', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'corpusiq-policy-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'policy.json')
  assert.equal(readRegistrationRules(file), `the file ${file} cannot be read (ENOENT)`)
  for (const [text, line] of [
    ['{', `in the file ${file}: is not valid JSON`],
    ['{"web":{"scopes":[]}}', `in the file ${file}: web.scopes must not be empty`],
  ] as const) {
    writeFileSync(file, text)
    assert.equal(readRegistrationRules(file), line)
  }
  writeFileSync(file, '{"redirect_schemes":["https"]}')
  assert.deepEqual(readRegistrationRules(file), { redirect_schemes: ['https'] })
})
