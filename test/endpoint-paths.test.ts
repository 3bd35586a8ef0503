/** Where endpoints are served: at the paths that the settings name and at the default ones, which some clients invent. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestApp } from './support/test-app.ts'

const ORIGIN = 'https://notes.example.com'

const ENDPOINTS = [
  {
    setting: 'CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT',
    named: '/oauth/dcr',
    fallback: '/register',
    method: 'POST',
  },
  {
    setting: 'CORPUSIQ_OAUTH_AUTHORIZATION_ENDPOINT',
    named: '/oauth/auth',
    fallback: '/authorize',
    method: 'GET',
  },
  { setting: 'CORPUSIQ_OAUTH_TOKEN_ENDPOINT', named: '/oauth/tok', fallback: '/token', method: 'POST' },
  { setting: 'CORPUSIQ_OAUTH_JWKS_URI', named: '/keys', fallback: '/.well-known/jwks.json', method: 'GET' },
]

for (const issuer of [ORIGIN, `${ORIGIN}/tenant`]) {
  test(`every endpoint is served where it is named and at its defaults; the issuer is ${issuer}`, async () => {
    const named = Object.fromEntries(ENDPOINTS.map((endpoint) => [endpoint.setting, ORIGIN + endpoint.named]))
    await using app = await createTestApp({ env: { CORPUSIQ_OAUTH_ISSUER: issuer, ...named } })
    for (const { named, fallback, method } of ENDPOINTS) {
      for (const url of [ORIGIN + named, ORIGIN + fallback, issuer + fallback]) {
        const response = await app.fetch(new Request(url, { method }))
        assert.notEqual(response.status, 404, url)
        assert.notEqual(response.status, 405, url)
      }
      const elsewhere = await app.fetch(new Request(`${ORIGIN}/elsewhere${fallback}`, { method }))
      assert.equal(elsewhere.status, 404)
    }
  })
}

test('below the registration endpoint each client has its own, at the same paths', async () => {
  const issuer = `${ORIGIN}/tenant`
  const CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT = `${ORIGIN}/oauth/dcr`
  await using app = await createTestApp({
    env: { CORPUSIQ_OAUTH_ISSUER: issuer, CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT },
  })
  for (const url of [CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT, `${ORIGIN}/register`, `${issuer}/register`]) {
    assert.equal((await app.fetch(new Request(`${url}/client_x`))).status, 401, url)
    assert.equal((await app.fetch(new Request(`${url}/client_x/more`))).status, 404, url)
    // A browser's page manages its own client too.
    const headers = { origin: 'https://client.example.com', 'access-control-request-method': 'PUT' }
    const preflight = await app.fetch(new Request(`${url}/client_x`, { method: 'OPTIONS', headers }))
    assert.equal(preflight.headers.get('access-control-allow-methods'), 'GET, HEAD, PUT, DELETE, OPTIONS')
    assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /Authorization, Content-Type/)
  }
})
