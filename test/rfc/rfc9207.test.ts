import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { Browser } from '../support/browser.ts'
import {
  authorizationRequest,
  authorize,
  type RegisteredClient,
  registerClient,
  signInAndDecide,
} from '../support/scenario.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

let app: TestApp
let browser: Browser
let client: RegisteredClient

before(async () => {
  app = await createTestApp()
  client = await registerClient(app)
  browser = new Browser(app)
  await authorize(app, client, { browser })
})
after(() => app[Symbol.asyncDispose]())

async function metadata(): Promise<oauth.AuthorizationServer> {
  const response = await app.fetch(new Request(`${app.url}/.well-known/oauth-authorization-server`))
  return (await response.json()) as oauth.AuthorizationServer
}

test('RFC 9207 §2 "iss" is in the answer with a code, equal to the issuer of the metadata', async () => {
  const as = await metadata()
  assert.equal(as.authorization_response_iss_parameter_supported, true)
  const request = authorizationRequest(app, client)
  const visit = await browser.open(request.url)
  assert.equal(visit.url.searchParams.get('iss'), as.issuer)
  const checked = oauth.validateAuthResponse(as, { client_id: client.client_id }, visit.url, request.state)
  assert.ok(checked.has('code'))
})

test('RFC 9207 §2 "including error responses": of the request, and of the person', async () => {
  const as = await metadata()
  const faulty = authorizationRequest(app, client, { extra: { response_type: 'token' } })
  const other = await registerClient(app)
  const denied = authorizationRequest(app, other)
  for (const [request, visit, error] of [
    [faulty, await browser.open(faulty.url), 'unsupported_response_type'],
    [denied, await signInAndDecide(browser, denied.url, 'deny'), 'access_denied'],
  ] as const) {
    assert.throws(
      () => oauth.validateAuthResponse(as, { client_id: client.client_id }, visit.url, request.state),
      (fault) => fault instanceof oauth.AuthorizationResponseError && fault.error === error,
    )
    assert.equal(visit.url.searchParams.get('iss'), as.issuer)
  }
})

test('RFC 9207 §2.4 a foreign issuer is one that a client refuses', async () => {
  const as = { ...(await metadata()), issuer: 'https://other.example' }
  const request = authorizationRequest(app, client)
  const visit = await browser.open(request.url)
  assert.throws(() =>
    oauth.validateAuthResponse(as, { client_id: client.client_id }, visit.url, request.state),
  )
})
