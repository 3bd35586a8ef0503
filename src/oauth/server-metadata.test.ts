import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metadataPaths, openidConfiguration, serverMetadata } from './server-metadata.ts'

const SERVER = {
  issuer: 'https://a.example',
  authorizationEndpoint: 'https://a.example/authorize',
  tokenEndpoint: 'https://a.example/token',
  registrationEndpoint: 'https://a.example/register',
  jwksUri: 'https://a.example/jwks',
  revocationEndpoint: 'https://a.example/revoke',
  introspectionEndpoint: 'https://a.example/introspect',
}
const METHODS = ['none', 'client_secret_basic', 'client_secret_post']
const SUPPORTED = {
  issuer: 'https://a.example',
  authorization_endpoint: 'https://a.example/authorize',
  token_endpoint: 'https://a.example/token',
  registration_endpoint: 'https://a.example/register',
  revocation_endpoint: 'https://a.example/revoke',
  introspection_endpoint: 'https://a.example/introspect',
  jwks_uri: 'https://a.example/jwks',
  scopes_supported: ['corpus:read', 'corpus:search', 'offline_access'],
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  grant_types_supported: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_methods_supported: METHODS,
  revocation_endpoint_auth_methods_supported: METHODS,
  introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
}

test('RFC 8414 §2 the whole document', () => {
  assert.deepEqual(serverMetadata(SERVER), SUPPORTED)
})

test('RFC 8414 §2 registration switched off is not announced, not even as nothing', () => {
  const { registration_endpoint, ...rest } = SUPPORTED
  const document = serverMetadata({ ...SERVER, registrationEndpoint: undefined })
  assert.deepEqual(document, rest)
  assert.ok(!('registration_endpoint' in document))
})

test('OpenID Connect Discovery §3 the same, with the members that it requires', () => {
  assert.deepEqual(openidConfiguration(SERVER), {
    ...SUPPORTED,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    claims_parameter_supported: false,
  })
})

test('RFC 8414 §3.1 the path of the issuer is inserted, without a terminating slash', () => {
  const server = '/.well-known/oauth-authorization-server'
  const openid = '/.well-known/openid-configuration'
  for (const issuer of ['https://a.example', 'https://a.example/']) {
    assert.deepEqual(metadataPaths(issuer), { serverMetadata: [server], openidConfiguration: [openid] })
  }
  for (const issuer of ['https://a.example/x/y', 'https://a.example/x/y/']) {
    assert.deepEqual(metadataPaths(issuer), {
      serverMetadata: [server, `${server}/x/y`],
      openidConfiguration: [openid, `${openid}/x/y`, `/x/y${openid}`],
    })
  }
})
