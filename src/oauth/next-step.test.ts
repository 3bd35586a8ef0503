import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuthorizationRequest, Prompt } from './authorization-request.ts'
import type { TokenEndpointAuthMethod } from './client-metadata.ts'
import { OAuthError } from './errors.ts'
import { nextStep, type Remembered } from './next-step.ts'
import { parseParameters } from './parameters.ts'
import { redirectHost } from './redirect-uri.ts'

const HTTPS = 'https://client.example/cb'
const LOOPBACK = 'http://127.0.0.1:7777/cb'
const SCHEME = 'cursor://anysphere.cursor-mcp/oauth/callback'

type Case = {
  redirect_uri?: string
  method?: TokenEndpointAuthMethod
  scope?: string
  prompt?: Prompt
  signedIn?: boolean
  remembered?: Remembered | undefined
}

function step(given: Case): string {
  const next = outcome(given)
  if (next instanceof OAuthError) return next.error
  return next.step === 'ask' && next.again ? 'ask again' : next.step
}

function told(given: Case): string {
  const next = outcome(given)
  assert.ok(next instanceof OAuthError)
  return next.error_description
}

function outcome(given: Case): ReturnType<typeof nextStep> {
  const { redirect_uri = HTTPS, method = 'none', scope = 'corpus:read', prompt, signedIn = true } = given
  const parameters = parseParameters('')
  assert.ok(parameters)
  const request: AuthorizationRequest = {
    client: {
      client_id: 'client_1',
      client_id_issued_at: 0,
      metadata: {
        redirect_uris: [redirect_uri],
        token_endpoint_auth_method: method,
        grant_types: ['authorization_code'],
        response_types: ['code'],
        scope: 'corpus:read corpus:search',
      },
    },
    redirect_uri,
    redirect_uri_given: true,
    state: undefined,
    parameters,
    scope,
    resource: 'https://notes.example.com/mcp',
    code_challenge: 'x'.repeat(43),
    prompt,
  }
  return nextStep(request, redirectHost(redirect_uri), signedIn, given.remembered)
}

const before = (redirect_uri: string, scope = 'corpus:read corpus:search'): Remembered => ({
  scope,
  redirect_hosts: [redirectHost(redirect_uri).host],
})

test('A-078 nothing is issued or asked without a sign-in', () => {
  assert.equal(step({ signedIn: false }), 'sign in')
  assert.equal(step({ signedIn: false, remembered: before(HTTPS) }), 'sign in')
})

test('consent is asked for each client', () => {
  assert.equal(step({ remembered: undefined }), 'ask')
})

test('a remembered consent spares the page where the code goes to https', () => {
  assert.equal(step({ remembered: before(HTTPS) }), 'issue')
})

test('A-087 consent is asked again when the scope or the redirect host grows', () => {
  assert.equal(step({ scope: 'corpus:read corpus:search', remembered: before(HTTPS, 'corpus:read') }), 'ask')
  assert.equal(
    step({ scope: 'corpus:read', remembered: before(HTTPS, 'corpus:read corpus:search') }),
    'issue',
  )
  assert.equal(step({ remembered: before('https://other.example/cb') }), 'ask')
  assert.equal(step({ remembered: before('https://client.example:8443/cb') }), 'ask')
})

test('RFC 8252 §8.6 loopback and private schemes of public clients are asked each time, with one button', () => {
  assert.equal(step({ redirect_uri: LOOPBACK, remembered: before(LOOPBACK) }), 'ask again')
  assert.equal(step({ redirect_uri: SCHEME, remembered: before(SCHEME) }), 'ask again')
  assert.equal(step({ redirect_uri: LOOPBACK, remembered: before('http://127.0.0.1:1/cb') }), 'ask again')
})

test('A-185 RFC 8252 §8.6 an https address that passes codes on assures nobody but a client that authenticates', () => {
  const redirect_uri = 'https://vscode.dev/redirect'
  const remembered = before(redirect_uri)
  assert.equal(step({ redirect_uri, remembered }), 'ask again')
  assert.equal(step({ redirect_uri: `${redirect_uri}?x=1`, remembered }), 'ask again')
  assert.equal(step({ redirect_uri, remembered, prompt: 'none' }), 'consent_required')
  assert.equal(step({ redirect_uri, remembered, method: 'client_secret_post' }), 'issue')
})

test('RFC 8252 §8.6 a client that authenticates is assured, wherever the code goes', () => {
  assert.equal(
    step({ redirect_uri: LOOPBACK, method: 'client_secret_post', remembered: before(LOOPBACK) }),
    'issue',
  )
})

test('prompt=consent asks with the whole page', () => {
  assert.equal(step({ prompt: 'consent', remembered: before(HTTPS) }), 'ask')
})

test('A-074 OpenID Connect Core §3.1.2.6 prompt=none never shows a page and never gives what was not granted', () => {
  assert.equal(step({ prompt: 'none', signedIn: false }), 'login_required')
  assert.equal(step({ prompt: 'none' }), 'consent_required')
  assert.equal(
    step({ prompt: 'none', redirect_uri: LOOPBACK, remembered: before(LOOPBACK) }),
    'consent_required',
  )
  assert.equal(step({ prompt: 'none', remembered: before(HTTPS) }), 'issue')
})

test('OpenID Connect Core §3.1.2.6 what prompt=none could not do is said', () => {
  assert.equal(told({ prompt: 'none', signedIn: false }), 'nobody is signed in')
  assert.equal(told({ prompt: 'none' }), 'the person has to be asked')
})
