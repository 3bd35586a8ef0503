/** Group 8: one consent used for another: other clients, other values, other browsers. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser } from '../support/browser.ts'
import {
  authorizationRequest,
  authorize,
  CALLBACK,
  CONFIDENTIAL_CLIENT,
  exchangeCode,
  PUBLIC_CLIENT,
  registerClient,
} from '../support/scenario.ts'
import { OWNER } from '../support/site.ts'
import { isPage, isRedirectError, signedIn, urlFor } from './authorization-answers.ts'
import { type Consent, type ConsentScene, consentScene } from './consent-scene.ts'

let scene: ConsentScene
before(async () => {
  scene = await consentScene()
})
after(() => scene.end())

/** The transaction on the page, and as it would be with other values. */
function transactionOf({ form }: Consent): Record<string, unknown> {
  return JSON.parse(Buffer.from(form.fields.get('transaction') ?? '', 'base64url').toString())
}
function written(transaction: object): string {
  return Buffer.from(JSON.stringify(transaction)).toString('base64url')
}

test('A-087 consent is one client’s alone: not its namesake’s, nor its successor’s', async () => {
  const client = await registerClient(scene.app)
  await authorize(scene.app, client, { browser: scene.browser })
  assert.ok((await scene.browser.open(urlFor(scene.app, client))).left)
  await scene.consentFor(await registerClient(scene.app))
  await scene.consentFor(
    await registerClient(scene.app, { ...PUBLIC_CLIENT, software_id: 'x', client_uri: CALLBACK }),
  )
  await scene.app.store.clients.remove(client.client_id, { at: scene.app.now(), type: 'client.deleted' })
  await scene.consentFor(await registerClient(scene.app))
})

test('A-087 a wider scope, or another host, port or kind of address, is asked for again', async () => {
  const redirect_uris = [
    CALLBACK,
    'https://second.example.com/callback',
    'https://client.example.com:8443/callback',
    'http://127.0.0.1:7777/callback',
    'com.example.app:/callback',
  ]
  for (const metadata of [PUBLIC_CLIENT, CONFIDENTIAL_CLIENT]) {
    const client = await registerClient(scene.app, { ...metadata, redirect_uris })
    await authorize(scene.app, client, { browser: scene.browser, scope: 'corpus:read' })
    assert.ok((await scene.browser.open(urlFor(scene.app, client, { scope: 'corpus:read' }))).left)
    for (const scope of [
      'corpus:search',
      'corpus:read corpus:search',
      'corpus:read offline_access',
      undefined,
    ]) {
      const { form } = await scene.consentFor(client, { scope })
      assert.equal(form.buttons.length, 2)
    }
    for (const redirect_uri of redirect_uris.slice(1)) {
      const { form } = await scene.consentFor(client, { scope: 'corpus:read', redirect_uri })
      assert.equal(form.buttons.length, 2)
    }
  }
})

test('A-087 a denial is no consent, and takes none away', async () => {
  const client = await registerClient(scene.app)
  const denied = await scene.consentFor(client)
  await scene.browser.submit(denied.page, denied.form, { decision: 'deny' })
  await scene.consentFor(client)
  await authorize(scene.app, client, { browser: scene.browser, scope: 'corpus:read' })
  const wider = await scene.consentFor(client)
  await scene.browser.submit(wider.page, wider.form, { decision: 'deny' })
  assert.ok((await scene.browser.open(urlFor(scene.app, client, { scope: 'corpus:read' }))).left)
  await scene.consentFor(client)
})

test('A-087 whoever listens on loopback or owns a scheme is asked about each time', async () => {
  for (const redirect_uri of [
    'http://localhost:7777/cb',
    'http://127.0.0.1/cb',
    'https://localhost/cb',
    'cursor://x/cb',
  ]) {
    const client = await registerClient(scene.app, { ...PUBLIC_CLIENT, redirect_uris: [redirect_uri] })
    await authorize(scene.app, client, { browser: scene.browser })
    await scene.consentFor(client)
    const visit = await scene.browser.open(urlFor(scene.app, client, { prompt: 'none' }))
    isRedirectError(visit, 'consent_required', { redirect_uri, iss: scene.app.url })
  }
})

test('A-088 the transaction with any value exchanged is refused', () =>
  scene.makesNoCode(async () => {
    const other = await registerClient(scene.app, {
      ...PUBLIC_CLIENT,
      redirect_uris: ['https://evil.example/cb'],
    })
    const consent = await scene.consentFor(await registerClient(scene.app), { scope: 'corpus:read' })
    const transaction = transactionOf(consent)
    for (const change of [
      { client_id: other.client_id },
      { redirect_uri: 'https://evil.example/cb' },
      { client_id: other.client_id, redirect_uri: 'https://evil.example/cb' },
      { scope: 'corpus:read corpus:search' },
      { resource: 'https://evil.example/mcp' },
      { code_challenge: 'x'.repeat(43) },
      { state: 'other' },
      { state: undefined },
      { redirect_uri_given: false },
      { id: 'transaction_other' },
      { account_id: 'account_other' },
      { expires_at: Number(transaction.expires_at) + 86_400 },
      { x: 1 },
    ]) {
      const forged = written({ ...transaction, ...change })
      isPage(
        await scene.browser.submit(consent.page, consent.form, { decision: 'approve', transaction: forged }),
        403,
      )
    }
    const text = consent.form.fields.get('transaction') ?? ''
    for (const forged of [
      `${text}=`,
      `${text} `,
      text.slice(0, -2),
      '',
      'e30',
      'null',
      'x'.repeat(50_000),
      '%',
    ]) {
      isPage(
        await scene.browser.submit(consent.page, consent.form, { decision: 'approve', transaction: forged }),
        403,
      )
    }
  }))

test('A-088 values beside the transaction, in the form or in its URL, change nothing', async () => {
  const client = await registerClient(scene.app)
  const other = await registerClient(scene.app)
  const beside = {
    client_id: other.client_id,
    redirect_uri: 'https://evil.example/cb',
    scope: 'corpus:read corpus:search',
    code_challenge: 'x'.repeat(43),
    state: 'other',
    resource: 'https://evil.example/mcp',
  }
  for (const place of ['form', 'URL'] as const) {
    const request = authorizationRequest(scene.app, client, { scope: 'corpus:read', state: 'kept' })
    const page = await scene.browser.open(urlWithPrompt(request.url))
    const [form] = page.forms
    assert.ok(form)
    const action = place === 'URL' ? `${form.action}?${new URLSearchParams(beside)}` : form.action
    const values = { decision: 'approve', ...(place === 'form' ? beside : {}) }
    const visit = await scene.browser.submit(page, { ...form, action }, values)
    assert.ok(visit.left)
    assert.equal(visit.url.origin + visit.url.pathname, CALLBACK)
    assert.equal(visit.url.searchParams.get('state'), 'kept')
    const code = visit.url.searchParams.get('code') ?? ''
    const authorized = { code, verifier: request.verifier, redirect_uri: CALLBACK, resource: '' }
    const response = await exchangeCode(scene.app, client, authorized)
    assert.equal(response.status, 200)
    assert.equal(((await response.json()) as { scope: string }).scope, 'corpus:read')
  }
})

/** Asked for whatever was allowed before. */
function urlWithPrompt(url: URL): URL {
  url.searchParams.set('prompt', 'consent')
  return url
}

test('A-088 an address that the client no longer has when the person decides gets nothing', () =>
  scene.makesNoCode(async () => {
    const client = await registerClient(scene.app)
    const { page, form } = await scene.consentFor(client)
    await scene.app.store.clients.remove(client.client_id, { at: scene.app.now(), type: 'client.deleted' })
    for (const decision of ['approve', 'deny']) {
      const visit = await scene.browser.submit(page, form, { decision })
      isPage(visit)
      assert.match(visit.text, /<code>invalid_client<\/code>/)
    }
  }))

test('A-089 what one browser began, no other one ends', () =>
  scene.makesNoCode(async () => {
    const client = await registerClient(scene.app)
    const attacker = await signedIn(scene.app)
    const theirs = await scene.consentFor(client, {}, attacker)
    isPage(await scene.browser.submit(theirs.page, theirs.form, { decision: 'approve' }), 403)
    isPage(await scene.browser.submit(theirs.page, theirs.form, { decision: 'deny' }), 403)
    // The login form of the attacker's browser, in the victim's.
    const begun = new Browser(scene.app)
    const login = await begun.open(urlFor(scene.app, client))
    const victim = new Browser(scene.app)
    await victim.open(`${scene.app.url}/login`)
    isPage(await victim.submit(login, login.forms[0] as never, OWNER), 403)
    // The address of the consent page, opened elsewhere, asks that browser's person from the beginning.
    const elsewhere = await new Browser(scene.app).open(theirs.page.url)
    assert.equal(elsewhere.url.pathname, '/login')
    const own = await scene.consentFor(client)
    assert.notEqual(own.form.fields.get('transaction'), theirs.form.fields.get('transaction'))
  }))
