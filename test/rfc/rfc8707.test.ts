import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser } from '../support/browser.ts'
import {
  authorizationRequest,
  authorize,
  exchangeCode,
  type RegisteredClient,
  registerClient,
  tokensOf,
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

function open(resources: readonly string[]) {
  const { url } = authorizationRequest(app, client)
  url.searchParams.delete('resource')
  for (const resource of resources) url.searchParams.append('resource', resource)
  return browser.open(url)
}

test('RFC 8707 §2.1 every form that clients send means the one resource, and none does too', async () => {
  for (const resources of [
    [],
    [''],
    [`${app.url}/mcp`],
    [`${app.url}/mcp/`],
    [app.url],
    [`${app.url}/`],
    [`${app.url}:443/mcp`],
    [`${app.url}/mcp`, `${app.url}/mcp`],
    [app.url, `${app.url}/mcp/`],
  ]) {
    const visit = await open(resources)
    assert.ok(visit.url.searchParams.has('code'), `${resources.join(' ')}: ${visit.url.href} ${visit.text}`)
  }
})

test('A-070 RFC 8707 §2 "invalid_target": somebody else’s, relative, with a fragment, two of which one is ours', async () => {
  for (const resources of [
    ['https://evil.example/mcp'],
    [`${app.url}.evil.example/mcp`],
    [`${app.url}/other`],
    ['/mcp'],
    [`${app.url}/mcp#x`],
    [`${app.url}/mcp`, 'https://evil.example/mcp'],
  ]) {
    const visit = await open(resources)
    assert.equal(visit.url.searchParams.get('error'), 'invalid_target', resources.join(' '))
  }
})

test('RFC 8707 §2.2 the audience is the canonical resource, whichever form was sent', async () => {
  for (const resource of [app.url, `${app.url}/mcp/`]) {
    const tokens = await tokensOf(
      await exchangeCode(app, client, await authorize(app, client, { browser, resource })),
    )
    const [, payload = ''] = tokens.access_token.split('.')
    assert.equal(JSON.parse(Buffer.from(payload, 'base64url').toString()).aud, `${app.url}/mcp`)
  }
})
