import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CLIENT_METADATA_MEMBERS,
  type ClientMetadata,
  isGiven,
  OPTIONAL_MEMBERS,
  parseClientMetadata,
  registeredScope,
} from './client-metadata.ts'
import { claimedName, clientName } from './client-name.ts'
import { OAuthError } from './errors.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { DEFAULT_SCOPE } from './scope.ts'

const SERVER = { origin: 'https://notes.example.com' }
const REDIRECT = { redirect_uris: ['https://c.example/cb'] }

function accepted(more: JsonObject): ClientMetadata & { [name: string]: unknown } {
  const metadata = parseClientMetadata({ ...REDIRECT, ...more }, SERVER)
  assert.ok(!(metadata instanceof OAuthError), JSON.stringify(metadata))
  return metadata
}

function refused(more: JsonObject, description: RegExp, code = 'invalid_client_metadata'): void {
  const error = parseClientMetadata({ ...REDIRECT, ...more }, SERVER)
  assert.ok(error instanceof OAuthError, `accepted: ${JSON.stringify(more)}`)
  assert.match(error.error_description, description)
  assert.equal(error.error, code)
}

test('defaults: the members that every client has', () => {
  assert.deepEqual(accepted({}), {
    redirect_uris: ['https://c.example/cb'],
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    scope: DEFAULT_SCOPE,
  })
})

test('null, empty strings and empty arrays count as absent, at every member', () => {
  const members =
    'token_endpoint_auth_method grant_types response_types client_name client_uri logo_uri scope contacts tos_uri ' +
    'policy_uri jwks_uri jwks software_id software_version software_statement application_type client_name#fr'
  for (const empty of [null, '', []]) {
    const sloppy = Object.fromEntries(members.split(' ').map((name) => [name, empty]))
    assert.deepEqual(accepted(sloppy), accepted({}))
  }
  for (const value of [undefined, null, '', []]) assert.equal(isGiven(value), false)
  for (const value of [0, false, ' ', {}, ['']]) assert.equal(isGiven(value), true)
})

test('A-009 a wrong type is refused by the name of its member', () => {
  const strings =
    'token_endpoint_auth_method client_name client_uri logo_uri scope tos_uri policy_uri jwks_uri software_id software_version application_type'
  const wrong: JsonValue[] = [1, true, {}, ['x'], [null]]
  for (const name of strings.split(' ')) {
    for (const value of wrong) refused({ [name]: value }, new RegExp(`^${name} must`))
  }
  for (const name of ['grant_types', 'response_types', 'contacts']) {
    for (const value of [1, true, {}, 'x', [1], [null], [['x']], [{}]]) {
      refused({ [name]: value }, new RegExp(`^${name}(\\[0\\])? must`))
    }
  }
  for (const value of [1, true, {}, 'https://c.example/cb', [1], [null], [['https://c.example/cb']], [{}]]) {
    refused({ redirect_uris: value }, /^redirect_uris(\[0\])? must/, 'invalid_redirect_uri')
  }
  refused({ jwks: 'x' }, /^jwks must/)
  refused({ software_statement: 1 }, /^software_statement must/, 'invalid_software_statement')
})

test('A-020 without a redirect URI nobody can be answered', () => {
  for (const redirect_uris of [null, '', [], [''], [null]]) {
    refused({ redirect_uris }, /^redirect_uris/, 'invalid_redirect_uri')
  }
})

test('A-029 redirect URIs are bounded in number', () => {
  const uris = (length: number) => Array.from({ length }, (_, index) => `https://c.example/${index}`)
  assert.equal(accepted({ redirect_uris: uris(50) }).redirect_uris.length, 50)
  refused({ redirect_uris: uris(51) }, /not have more than 50/, 'invalid_redirect_uri')
  refused({ redirect_uris: uris(1000) }, /not have more than 50/, 'invalid_redirect_uri')
})

test('A-030 one bad redirect URI refuses them all, and says which', () => {
  refused(
    { redirect_uris: ['https://c.example/cb', 'javascript:alert(1)'] },
    /^redirect_uris\[1\] must not have the scheme javascript:/,
    'invalid_redirect_uri',
  )
})

test('A-033 an address of this server is nobody else', () => {
  for (const uri of [
    'https://notes.example.com/authorize?x',
    'https://NOTES.example.com/console',
    'https://notes.example.com:443/',
    'HTTPS://notes.example.com/console',
  ]) {
    refused(
      { redirect_uris: [uri] },
      /^redirect_uris\[0\] must not be an address of this server/,
      'invalid_redirect_uri',
    )
  }
  accepted({ redirect_uris: ['https://notes.example.com:8443/cb', 'https://notes.example.com.example/cb'] })
})

test('a mixed list of good redirect URIs is kept as it came, whatever the application_type', () => {
  const redirect_uris = [
    'cursor://x/cb',
    'https://c.example/cb/',
    'http://localhost:8787/callback',
    'http://[::1]/',
  ]
  for (const application_type of ['web', 'native', null]) {
    assert.deepEqual(accepted({ redirect_uris, application_type }).redirect_uris, redirect_uris)
  }
})

test('grant types and response types that the server lacks are left out and that is told', () => {
  const metadata = accepted({
    grant_types: [
      'refresh_token',
      'authorization_code',
      'urn:ietf:params:oauth:grant-type:device_code',
      'implicit',
    ],
    response_types: ['code', 'token', 'id_token'],
  })
  assert.deepEqual(metadata.grant_types, ['authorization_code', 'refresh_token'])
  assert.deepEqual(metadata.response_types, ['code'])
})

test('A-010, A-011 RFC 7591 §2.1: what remains has to be a code flow', () => {
  for (const grant_types of [
    ['client_credentials'],
    ['implicit'],
    ['password'],
    ['refresh_token'],
    ['x'],
    [''],
  ]) {
    refused({ grant_types, response_types: ['code'] }, /^grant_types must contain/)
  }
  for (const response_types of [['token'], ['id_token'], ['code token'], ['none']]) {
    refused({ response_types }, /^response_types must contain one of code/)
  }
})

test('A-012 an authentication method that the server lacks is refused by naming those it has', () => {
  for (const method of ['client_secret_jwt', 'tls_client_auth', 'private_key_jwt', 'NONE', 'x']) {
    refused(
      { token_endpoint_auth_method: method },
      /^token_endpoint_auth_method must be one of none, client_secret_basic, client_secret_post$/,
    )
  }
})

test('A-013 members that are the server’s to give are ignored', () => {
  const metadata = accepted({
    client_id: 'mine',
    client_secret: 'mine',
    client_id_issued_at: 1,
    client_secret_expires_at: 0,
    registration_access_token: 'x',
    registration_client_uri: 'https://evil.example',
    registered_scope: 'x',
  })
  assert.deepEqual(metadata, accepted({}))
})

test('A-005 members that are no members do nothing', () => {
  const body = JSON.parse(
    '{"__proto__":{"client_name":"x"},"constructor":{"prototype":{"client_name":"x"}},"toString":"x","__proto__#fr":"x"}',
  )
  const metadata = accepted(Object.assign(body, REDIRECT))
  assert.deepEqual(metadata, accepted({}))
  assert.equal(metadata.client_name, undefined)
})

test('A-014 RFC 7591 §2 "The "jwks_uri" and "jwks" parameters MUST NOT both be present"', () => {
  const jwks = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] }
  const jwks_uri = 'https://c.example/jwks.json'
  assert.deepEqual(accepted({ jwks }).jwks, jwks)
  assert.equal(accepted({ jwks_uri }).jwks_uri, jwks_uri)
  assert.equal(accepted({ jwks_uri, jwks: null }).jwks_uri, jwks_uri)
  refused({ jwks, jwks_uri }, /^jwks and jwks_uri must not both be present/)
})

test('A-015 URLs of a client are plain web addresses, that of its keys is https', () => {
  const bad =
    'javascript:alert(1) data:text/html,x file:///etc/passwd /logo.png logo https://u:p@c.example/ ftp://c.example/ https:c.example'
  for (const name of ['client_uri', 'logo_uri', 'tos_uri', 'policy_uri', 'jwks_uri', 'logo_uri#fr']) {
    for (const uri of bad.split(' ')) refused({ [name]: uri }, new RegExp(`^${name} `))
    assert.equal(accepted({ [name]: 'https://c.example/a?b#c' })[name], 'https://c.example/a?b#c')
    refused({ [name]: `https://c.example/${'x'.repeat(2000)}` }, /longer than 2000/)
  }
  assert.equal(accepted({ client_uri: 'http://c.example' }).client_uri, 'http://c.example')
  refused({ jwks_uri: 'http://c.example/jwks' }, /^jwks_uri must begin with https:/)
})

test('A-017 names are kept as they are, but bounded and without what breaks or turns a line', () => {
  for (const name of [
    '<script>alert(1)</script>',
    'Ch\u0430tGPT',
    'クライアント名',
    '👩‍💻 notes',
    'x'.repeat(500),
  ]) {
    assert.equal(accepted({ client_name: name }).client_name, name)
  }
  for (const name of ['a\nb', 'a\u0000', '\u001b[31m', '\u202eTPGtahC', 'a\u2066b', 'a\u2028b', '\u0085']) {
    refused({ client_name: name }, /control characters or directional/)
  }
  refused({ client_name: 'x'.repeat(501) }, /longer than 500/)
  refused({ client_name: '  ' }, /blank/)
})

test('RFC 7591 §2.2 names in further languages are kept under their tags', () => {
  const members = {
    client_name: 'My Client',
    'client_name#fr': 'Mon client',
    'client_name#ja-Jpan-JP': 'クライアント名',
    'tos_uri#de': 'https://c.example/agb',
  }
  assert.deepEqual(accepted(members), { ...accepted({}), ...members })
})

test('RFC 7591 §2.2 "implementations SHOULD interpret the language tag values supplied in a case insensitive manner"', () => {
  refused({ 'client_name#fr': 'a', 'client_name#FR': 'b' }, /^client_name must not have one language twice/)
  accepted({ 'client_name#fr': 'a', 'client_name#FR': null })
})

test('language tags are BCP 47’s, of members that have languages, and bounded', () => {
  for (const tag of [
    '',
    ' ',
    'f_r',
    'fr-',
    '-fr',
    'fr#de',
    'français',
    'abcdefghi',
    'a'.repeat(40),
    'aa-bbbbbbbb-cccccccc-dddddddd-eeeeeeee',
  ]) {
    refused({ [`client_name#${tag}`]: 'x' }, /^client_name must have a language tag/)
  }
  assert.deepEqual(
    accepted({ 'scope#fr': 'x', 'redirect_uris#fr': 1, 'x#fr': 'y', '#fr': 'z' }),
    accepted({}),
  )
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`client_name#x-${at}`, 'x']))
  refused(many, /so many languages/)
  refused({ 'client_name#fr': 1 }, /^client_name#fr must be a string/)
})

test('every fault is told, the code is the first one’s', () => {
  refused({ client_name: 1, contacts: {} }, /^client_name must be a string; contacts must be an array$/)
  refused(
    { redirect_uris: ['x'], client_name: 1 },
    /^redirect_uris\[0\] .*; client_name must/,
    'invalid_redirect_uri',
  )
})

test('the other members of §2 are kept', () => {
  const members = {
    contacts: ['ve7jtb@example.org', 'mary@example.org'],
    software_id: '4NRB1-0XZABZI9E6-5SM3R',
    software_version: '2.1',
    application_type: 'native',
    policy_uri: 'https://c.example/policy',
  }
  assert.deepEqual(accepted(members), { ...accepted({}), ...members })
  refused({ contacts: Array(21).fill('x') }, /^contacts must not have more than 20/)
  refused({ contacts: ['a', ''] }, /^contacts\[1\] must not be blank/)
  refused({ application_type: 'spa' }, /^application_type must be one of web, native/)
})

test('A-016 a scope that asks for more than exists is narrowed', () => {
  for (const scope of ['admin', '*', 'x '.repeat(10_000), '" \\'])
    assert.equal(accepted({ scope }).scope, DEFAULT_SCOPE)
  assert.equal(accepted({ scope: 'corpus:read corpus:write' }).scope, 'corpus:read')
})

test('a client is called by its name, else by the host that its codes go to', () => {
  assert.equal(clientName(accepted({ client_name: 'Notes' })), 'Notes')
  assert.equal(clientName(accepted({})), 'c.example')
  assert.equal(clientName(accepted({ redirect_uris: ['cursor://x/cb'] })), 'cursor:')
  assert.equal(claimedName({ client_name: 'Notes' }), 'Notes')
  assert.equal(claimedName({ client_name: null, ...REDIRECT }), 'c.example')
  for (const body of [
    {},
    { client_name: 1 },
    { redirect_uris: ['x'] },
    { redirect_uris: [1] },
    { redirect_uris: 'x' },
  ]) {
    assert.equal(claimedName(body as JsonObject), undefined)
  }
})

test('A-017 the metadata is bounded in all, and a scope that was asked for by name restricts', () => {
  // Each member within its own bound, a language after the other.
  const many = Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => [`logo_uri#x-${at}`, `https://c.example/${'a'.repeat(1900)}`]),
  )
  refused(many, /the metadata must not be longer than \d+ characters in all/)
  assert.deepEqual(registeredScope({ scope: 'corpus:read' }, { scope: 'corpus:read' }), {
    registered_scope: 'corpus:read',
  })
  assert.deepEqual(registeredScope({ scope: '' }, { scope: 'corpus:read' }), {})
  assert.deepEqual(registeredScope({}, { scope: 'corpus:read' }), {})
})

test('RFC 7591 §2 the members that are understood, and those that a client may leave out with nothing in their place', () => {
  const optional = [
    'client_name',
    'client_uri',
    'logo_uri',
    'contacts',
    'tos_uri',
    'policy_uri',
    'jwks_uri',
    'jwks',
    'software_id',
    'software_version',
    'software_statement',
    'application_type',
  ]
  assert.deepEqual(OPTIONAL_MEMBERS, optional)
  const always = ['redirect_uris', 'token_endpoint_auth_method', 'grant_types', 'response_types', 'scope']
  assert.deepEqual([...CLIENT_METADATA_MEMBERS].sort(), [...optional, ...always].sort())
})

test('RFC 5646 §4.4.1 a language tag of 35 characters is kept, one of 36 is refused', () => {
  const tag = 'abcdefgh-12345678-12345678-12345678'
  assert.equal(tag.length, 35)
  accepted({ [`client_name#${tag}`]: 'x' })
  refused({ [`client_name#${tag.replace('-', '-1-').slice(0, 36)}`]: 'x' }, /must have a language tag/)
})
