import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { Browser } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { CALLBACK, signInAndDecide } from '../support/scenario.ts'

let server: RunningServer
before(async () => {
  server = await startServer()
  await server.says(/Corpus indexed/)
})
after(() => server[Symbol.asyncDispose]())

/** The library speaks https only, unless told that this is a loopback server. */
const insecure = { [oauth.allowInsecureRequests]: true }

const METHODS: readonly [string, (secret: string) => oauth.ClientAuth][] = [
  ['none', () => oauth.None()],
  ['client_secret_basic', oauth.ClientSecretBasic],
  ['client_secret_post', oauth.ClientSecretPost],
]

for (const [method, authentication] of METHODS) {
  test(`oauth4webapi goes the whole way (${method})`, async () => {
    const resource = new URL(`${server.url}/mcp`)
    const protectedResource = await oauth.processResourceDiscoveryResponse(
      resource,
      await oauth.resourceDiscoveryRequest(resource, insecure),
    )
    const issuer = new URL(protectedResource.authorization_servers?.[0] ?? '')
    const as = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }),
    )

    const metadata = {
      client_name: 'oauth4webapi',
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: method,
    }
    const client = await oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(as, metadata, insecure),
    )
    const clientAuth = authentication(String(client.client_secret))

    const verifier = oauth.generateRandomCodeVerifier()
    const state = oauth.generateRandomState()
    const url = new URL(as.authorization_endpoint ?? '')
    url.search = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'corpus:read corpus:search',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      resource: resource.href,
      state,
    }).toString()
    const visit = await signInAndDecide(new Browser(server), url)
    const callback = oauth.validateAuthResponse(as, client, visit.url, state)

    const tokens = await oauth.processAuthorizationCodeResponse(
      as,
      client,
      await oauth.authorizationCodeGrantRequest(as, client, clientAuth, callback, CALLBACK, verifier, {
        additionalParameters: { resource: resource.href },
        ...insecure,
      }),
    )

    // RFC 9068: type, algorithm, signature by the published keys, issuer, audience, times, client_id, jti.
    const request = new Request(resource, { headers: { authorization: `Bearer ${tokens.access_token}` } })
    const claims = await oauth.validateJwtAccessToken(as, request, resource.href, insecure)
    assert.equal(claims.client_id, client.client_id)
    assert.equal(claims.scope, 'corpus:read corpus:search')

    const called = await callSearch(tokens.access_token, resource)
    assert.equal(called.status, 200)
    assert.match(await called.text(), /Green tea/)

    const refreshed = await oauth.processRefreshTokenResponse(
      as,
      client,
      await oauth.refreshTokenGrantRequest(as, client, clientAuth, tokens.refresh_token ?? '', insecure),
    )
    assert.notEqual(refreshed.refresh_token, tokens.refresh_token)

    if (method !== 'none') {
      const introspection = await oauth.processIntrospectionResponse(
        as,
        client,
        await oauth.introspectionRequest(as, client, clientAuth, refreshed.access_token, insecure),
      )
      assert.equal(introspection.active, true)
    }
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, client, clientAuth, refreshed.refresh_token ?? '', insecure),
    )
    await assert.rejects(
      callSearch(refreshed.access_token, resource),
      (fault) => fault instanceof oauth.WWWAuthenticateChallengeError && fault.status === 401,
    )
  })
}

function callSearch(access_token: string, resource: URL): Promise<Response> {
  const headers = new Headers({
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  })
  const call = { name: 'search', arguments: { query: 'tea' } }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call })
  return oauth.protectedResourceRequest(access_token, 'POST', resource, headers, body, insecure)
}
