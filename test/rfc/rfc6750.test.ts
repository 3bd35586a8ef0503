import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { storeClient, storeGrant, type Tokens } from '../support/stored.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

let app: TestApp
let tokens: Tokens

before(async () => {
  app = await createTestApp({ owner: false })
  tokens = await storeGrant(app, await storeClient(app))
})
after(() => app[Symbol.asyncDispose]())

const LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} })

async function ask(headers: Record<string, string>, query = '', body = LIST): Promise<Response> {
  const response = await app.fetch(
    new Request(app.settings.resource + query, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
    }),
  )
  await response.arrayBuffer()
  return response
}

const challengeOf = (response: Response): string => response.headers.get('www-authenticate') ?? ''

test('RFC 6750 §2.1 "Resource servers MUST support this method.": the Authorization header, its scheme in any case', async () => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
    assert.equal((await ask({ authorization: `${scheme} ${tokens.access_token}` })).status, 200)
  }
})

test('RFC 6750 §3 "If the request lacks any authentication information […] the resource server SHOULD NOT include an error code or other error information."', async () => {
  for (const headers of [{}, { authorization: 'Basic YTpi' }, { authorization: 'DPoP x' }]) {
    const response = await ask(headers as Record<string, string>)
    assert.equal(response.status, 401)
    assert.match(challengeOf(response), /^Bearer resource_metadata="https:[^"]+", scope="[^"]+"$/)
  }
})

test('RFC 6750 §3.1 invalid_token: "expired, revoked, malformed, or invalid for other reasons" is 401', async () => {
  const { access_token, refresh_token } = tokens
  const malformed = [
    'Bearer',
    'Bearer\t',
    'Bearer a b',
    `Bearer ${access_token}, Bearer ${access_token}`,
    'Bearer "x"',
  ]
  const invalid = ['x', refresh_token, `${access_token}x`, access_token.slice(0, -2), `${access_token}==`]
  for (const authorization of [...malformed, ...invalid.map((token) => `Bearer ${token}`)]) {
    const response = await ask({ authorization })
    assert.equal(response.status, 401, authorization)
    assert.match(
      challengeOf(response),
      /^Bearer [^,]+, scope="[^"]+", error="invalid_token", error_description="[^"\\]+"$/,
    )
  }
})

test('A-132 two Authorization headers', async () => {
  const headers = new Headers({ authorization: `Bearer ${tokens.access_token}` })
  headers.append('authorization', `Bearer ${tokens.access_token}`)
  const request = new Request(app.settings.resource, { method: 'POST', body: LIST, headers })
  assert.equal((await app.fetch(request)).status, 401)
})

test('A-130 the token in the query or in a form is not taken (RFC 6750 §5.3, OAuth 2.1 §5.1.1)', async () => {
  const { access_token } = tokens
  assert.equal((await ask({}, `?access_token=${access_token}`)).status, 401)
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  assert.equal((await ask(form, '', `access_token=${access_token}`)).status, 401)
  assert.equal((await ask({ cookie: `access_token=${access_token}` })).status, 401)
})

test('A-170 the answer to a bad token is the same for every fault', async () => {
  const late = await storeGrant(app, await storeClient(app))
  app.advance(3600)
  const expired = await ask({ authorization: `Bearer ${late.access_token}` })
  const forged = await ask({ authorization: `Bearer ${late.access_token.slice(0, -10)}AAAAAAAAAA` })
  assert.equal(expired.status, 401)
  assert.equal(challengeOf(expired), challengeOf(forged))
})
