import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser } from '../support/browser.ts'
import {
  authorizationRequest,
  authorize,
  type RegisteredClient,
  registerClient,
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

const S256 = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

test("A-065 RFC 7636 §4.4.1 \"the authorization endpoint MUST return the authorization error response with the 'error' value set to 'invalid_request'\"", async () => {
  const confidential = await registerClient(app, { redirect_uris: client.redirect_uris })
  await authorize(app, confidential, { browser })
  for (const known of [client, confidential]) {
    for (const extra of [
      { code_challenge: undefined, code_challenge_method: undefined },
      { code_challenge: undefined },
      { code_challenge: '' },
      { code_challenge: S256, code_challenge_method: 'plain' },
      { code_challenge: S256, code_challenge_method: undefined },
      { code_challenge: S256, code_challenge_method: 'S512' },
      { code_challenge: S256.slice(1) },
      { code_challenge: `${S256}A` },
      { code_challenge: `${S256.slice(1)}=` },
    ]) {
      const visit = await browser.open(authorizationRequest(app, known, { extra }).url)
      assert.equal(visit.left, true, visit.text)
      assert.equal(visit.url.searchParams.get('error'), 'invalid_request', JSON.stringify(extra))
      assert.equal(visit.url.searchParams.get('code'), null)
    }
  }
})

test('RFC 7636 §4.4 the code is bound to the challenge, which is never sent back', async () => {
  const visit = await browser.open(authorizationRequest(app, client, { extra: { code_challenge: S256 } }).url)
  assert.ok(visit.url.searchParams.has('code'))
  assert.ok(!visit.url.href.includes(S256))
})
