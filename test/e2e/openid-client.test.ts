import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as openid from 'openid-client'
import { Browser } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { CALLBACK, signInAndDecide } from '../support/scenario.ts'

let server: RunningServer
before(async () => {
  server = await startServer()
  await server.says(/Corpus indexed/)
})
after(() => server[Symbol.asyncDispose]())

for (const [algorithm, method, authentication] of [
  ['oauth2', 'none', openid.None],
  ['oauth2', 'client_secret_basic', openid.ClientSecretBasic],
  // This one reads /.well-known/openid-configuration.
  ['oidc', 'client_secret_post', openid.ClientSecretPost],
] as const) {
  test(`openid-client goes the whole way (${algorithm}, ${method})`, async () => {
    const config = await openid.dynamicClientRegistration(
      new URL(server.url),
      {
        client_name: 'openid-client',
        redirect_uris: [CALLBACK],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: method,
      },
      authentication(),
      { algorithm, execute: [openid.allowInsecureRequests] },
    )
    assert.equal(config.serverMetadata().supportsPKCE(), true)

    const resource = `${server.url}/mcp`
    const pkceCodeVerifier = openid.randomPKCECodeVerifier()
    const expectedState = openid.randomState()
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: 'corpus:read corpus:search offline_access',
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
      resource,
    })
    const visit = await signInAndDecide(new Browser(server), url)
    const tokens = await openid.authorizationCodeGrant(
      config,
      visit.url,
      { pkceCodeVerifier, expectedState },
      { resource },
    )
    assert.equal(tokens.expires_in, 3600)

    const call = (access_token: string) =>
      openid.fetchProtectedResource(
        config,
        access_token,
        new URL(resource),
        'POST',
        JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
        new Headers({ 'content-type': 'application/json', accept: 'application/json, text/event-stream' }),
      )
    assert.match(await (await call(tokens.access_token)).text(), /"search"/)

    const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', { resource })
    assert.notEqual(refreshed.access_token, tokens.access_token)
    if (method !== 'none') {
      assert.equal((await openid.tokenIntrospection(config, refreshed.access_token)).active, true)
    }
    await openid.tokenRevocation(config, refreshed.refresh_token ?? '')
    await assert.rejects(
      call(refreshed.access_token),
      (fault) => fault instanceof openid.WWWAuthenticateChallengeError && fault.status === 401,
    )
    await assert.rejects(
      openid.refreshTokenGrant(config, refreshed.refresh_token ?? ''),
      (fault) => fault instanceof openid.ResponseBodyError && fault.error === 'invalid_grant',
    )
  })
}
