import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, type Visit } from './support/browser.ts'
import type { Form } from './support/forms.ts'
import {
  authorizationRequest,
  authorize,
  CALLBACK,
  CONFIDENTIAL_CLIENT,
  PUBLIC_CLIENT,
  type RegisteredClient,
  registerClient,
  signInAndDecide,
} from './support/scenario.ts'
import { OWNER } from './support/site.ts'
import { createTestApp, type TestApp } from './support/test-app.ts'

let app: TestApp
/** The owner's browser, signed in. */
let browser: Browser

before(async () => {
  app = await createTestApp()
  browser = await signedIn()
})
after(() => app[Symbol.asyncDispose]())

async function signedIn(): Promise<Browser> {
  const person = new Browser(app)
  const login = await person.open(`${app.url}/login`)
  const form = login.forms[0]
  assert.ok(form)
  await person.submit(login, form, OWNER)
  return person
}

async function consentFor(
  client: RegisteredClient,
  changes: { scope?: string; redirect_uri?: string; prompt?: string } = {},
  person = browser,
): Promise<{ page: Visit; form: Form }> {
  const { prompt, ...options } = changes
  const page = await person.open(authorizationRequest(app, client, { ...options, extra: { prompt } }).url)
  const form = page.forms.find(({ buttons }) => buttons.some(({ name }) => name === 'decision'))
  assert.ok(form, `${page.status} ${page.url.href} ${page.text}`)
  return { page, form }
}

/** Nothing left for the client, and no code was made. */
function refused(visit: Visit, ...statuses: number[]): void {
  assert.equal(visit.left, false, visit.url.href)
  assert.ok(statuses.includes(visit.status), `${visit.status} ${visit.text}`)
}

test('the consent page shows the name, the host that receives the code, the scopes in plain words', async () => {
  const client = await registerClient(app, { ...PUBLIC_CLIENT, client_name: 'Harbour & Sons' })
  const { page, form } = await consentFor(client)
  assert.equal(page.status, 200)
  assert.match(page.text, /Harbour &amp; Sons/)
  assert.match(page.text, /class="host">client\.example\.com</)
  assert.match(page.text, /read the documents/)
  assert.match(page.text, /search in your documents/)
  assert.match(page.text, /class="warning"/)
  assert.deepEqual(
    form.buttons.map(({ value }) => value),
    ['approve', 'deny'],
  )
})

test('a known address is named, an unknown one and loopback are warned of', async () => {
  const pageOf = async (redirect_uri: string) => {
    const client = await registerClient(app, { ...PUBLIC_CLIENT, redirect_uris: [redirect_uri] })
    return (await consentFor(client)).page.text
  }
  const known = await pageOf('https://chatgpt.com/connector/oauth/OUbdUMlL15Ct')
  assert.match(known, /This is an address of ChatGPT/)
  assert.doesNotMatch(known, /class="warning"/)
  const neighbour = await pageOf('https://chatgpt.com/elsewhere')
  assert.doesNotMatch(neighbour, /address of ChatGPT/)
  assert.match(neighbour, /class="warning"/)
  assert.match(
    await pageOf('http://localhost:3334/oauth/callback'),
    /class="host">localhost<[\s\S]*class="warning"/,
  )
  assert.match(await pageOf('warp://mcp/oauth2callback'), /class="host">warp:<[\s\S]*class="warning"/)
  assert.match(await pageOf('https://xn--pypal-4ve.example/cb'), /shown as <bdi>pаypal\.example/)
})

test('verified is who gets the code and nobody else; a forwarding address, loopback and private schemes never are', async () => {
  const pageOf = async (redirect_uri: string, client_name = 'Notes') => {
    const client = await registerClient(app, { ...PUBLIC_CLIENT, client_name, redirect_uris: [redirect_uri] })
    return (await consentFor(client)).page.text
  }
  const verified = await pageOf('https://claude.ai/api/mcp/auth_callback')
  assert.match(
    verified,
    /Verified\.<\/strong> This is an address of Claude\. Allow it only if you have just started/,
  )
  assert.doesNotMatch(verified, /Unverified|class="warning"/)
  for (const redirect_uri of [
    'https://vscode.dev/redirect',
    'https://raycast.com/redirect?packageName=Extension',
    'http://localhost:3334/oauth/callback',
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'https://claude.ai/elsewhere',
  ]) {
    const page = await pageOf(redirect_uri)
    assert.match(page, /class="warning"><strong>Unverified\./, redirect_uri)
    assert.doesNotMatch(page, /Verified\.<\/strong> This is/, redirect_uri)
  }
  // Of several addresses the one counts that gets this code.
  const redirect_uris = ['https://claude.ai/api/mcp/auth_callback', CALLBACK]
  const both = await registerClient(app, { ...PUBLIC_CLIENT, redirect_uris })
  assert.match((await consentFor(both)).page.text, /Verified\.<\/strong> This is an address of Claude/)
  const other = await consentFor(both, { redirect_uri: CALLBACK })
  assert.match(other.page.text, /<strong>Unverified\./)
  assert.match(
    await pageOf('https://vscode.dev/redirect'),
    /of Visual Studio Code passes the access on to whoever/,
  )
})

test('A-017 A-087 a look-alike name and mixed scripts are warned of, a verified client’s too: the truth beside its name', async () => {
  const pageOf = async (client_name: string, redirect_uri = CALLBACK) => {
    const client = await registerClient(app, { ...PUBLIC_CLIENT, client_name, redirect_uris: [redirect_uri] })
    return (await consentFor(client)).page.text
  }
  const mixed = await pageOf('Сlaude') // a Cyrillic С
  assert.match(mixed, /that of Claude\. A name proves nothing: nothing shows that it is from Claude/)
  assert.match(mixed, /the word <bdi>Сlaude<\/bdi> mixes letters of several alphabets/)
  const other = await pageOf('Claude', 'https://chatgpt.com/connector/oauth/OUbdUMlL15Ct')
  assert.match(other, /Verified\.<\/strong> This is an address of ChatGPT/)
  assert.match(other, /that of Claude\. A name proves nothing: the access goes to ChatGPT/)
  assert.doesNotMatch(
    await pageOf('Claude Code (notes)', 'http://localhost:3334/callback'),
    /A name proves nothing/,
  )
  assert.match(await pageOf('CIaude Code', 'http://localhost:3334/callback'), /that of Claude Code/)
})

test('RFC 7591 §2, §5 website, policy and terms are links on the address that gets the code, or not there; the logo never', async () => {
  const linked = (page: Visit) => [...page.text.matchAll(/<a [^>]*>/g)].map(([tag]) => tag)
  const client = await registerClient(app, {
    ...PUBLIC_CLIENT,
    client_uri: 'https://client.example.com/?a=1&b=2',
    policy_uri: 'https://client.example.com/privacy',
    tos_uri: 'https://client.example.com:8443/terms',
    logo_uri: 'https://client.example.com/logo.png',
  })
  const { page } = await consentFor(client)
  assert.deepEqual(linked(page), [
    '<a href="https://client.example.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">',
    '<a href="https://client.example.com/privacy" target="_blank" rel="noopener noreferrer nofollow">',
  ])
  assert.doesNotMatch(page.text, /logo\.png|:8443/)
  for (const redirect_uri of [
    'http://localhost:3334/callback',
    'cursor://anysphere.cursor-mcp/oauth/callback',
    CALLBACK,
  ]) {
    const borrowed = await registerClient(app, {
      ...PUBLIC_CLIENT,
      redirect_uris: [redirect_uri],
      client_uri: 'https://openai.com/',
      policy_uri: 'http://client.example.com/plain',
      tos_uri: 'http://localhost:3334/terms',
    })
    assert.deepEqual(linked((await consentFor(borrowed)).page), [], redirect_uri)
  }
})

test('A-086 script in what a client says of itself is text, and nothing of it is loaded or linked', async () => {
  const client = await registerClient(app, {
    ...PUBLIC_CLIENT,
    client_name: '<script>alert(1)</script>"onload=x \u200bevil',
    client_uri: 'https://tracker.example/',
    logo_uri: 'https://tracker.example/logo.png',
  })
  const { page } = await consentFor(client)
  assert.ok(!page.text.includes('<script'))
  assert.ok(!page.text.includes('\u200b'))
  assert.ok(!page.text.includes('tracker.example'))
  assert.ok(!page.text.includes('<img'))
})

test('A-085 A-091 the page is not framed, not cached, runs no script, and may redirect to the client', async () => {
  const { page } = await consentFor(await registerClient(app))
  const policy = page.response.headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /frame-ancestors 'none'/)
  assert.doesNotMatch(policy, /form-action|script-src|unsafe/)
  assert.equal(page.response.headers.get('x-frame-options'), 'DENY')
  assert.equal(page.response.headers.get('referrer-policy'), 'same-origin')
  assert.equal(page.response.headers.get('cache-control'), 'no-store')
  assert.equal(page.response.headers.get('access-control-allow-origin'), null)
})

test('A-078 the decision without a sign-in gives no code', async () => {
  const { page, form } = await consentFor(await registerClient(app))
  refused(await new Browser(app).submit(page, form, { decision: 'approve' }), 403)
})

test('A-084 approve without the form’s token, with another session’s, from another site, or without a decision', async () => {
  const client = await registerClient(app)
  const { page, form } = await consentFor(client)
  refused(await browser.submit(page, form, { decision: 'approve', token: '' }), 403)
  refused(await browser.submit(page, form, { decision: 'approve', token: 'x'.repeat(43) }), 403)
  refused(await browser.submit(page, form, {}), 400)
  refused(await browser.submit(page, form, { decision: 'yes' }), 400)
  const other = await signedIn()
  refused(await other.submit(page, form, { decision: 'approve' }), 403)
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site', origin: app.url },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const body = new URLSearchParams([...form.fields, ['decision', 'approve']])
    const answer = await app.fetch(
      new Request(`${app.url}/authorize/decision`, { method: 'POST', body, headers: { ...headers, cookie } }),
    )
    assert.equal(answer.status, 403, JSON.stringify(headers))
    assert.equal(answer.headers.get('location'), null)
  }
  assert.equal((await browser.submit(page, form, { decision: 'approve' })).left, true)
})

test('A-087 consent for one client is not another’s, of the same name or not, nor good for more scope or another host', async () => {
  const metadata = {
    ...PUBLIC_CLIENT,
    redirect_uris: [CALLBACK, 'https://other.example.com/callback'],
  }
  const client = await registerClient(app, metadata)
  const twin = await registerClient(app, metadata)
  await authorize(app, client, { browser, scope: 'corpus:read' })
  assert.ok((await browser.open(authorizationRequest(app, client, { scope: 'corpus:read' }).url)).left)
  await consentFor(twin, { scope: 'corpus:read' })
  await consentFor(client, { scope: 'corpus:read corpus:search' })
  await consentFor(client, { scope: 'corpus:read', redirect_uri: 'https://other.example.com/callback' })
})

test('what was granted before stays granted when more is added', async () => {
  const client = await registerClient(app)
  await authorize(app, client, { browser, scope: 'corpus:read' })
  await authorize(app, client, { browser, scope: 'corpus:search' })
  assert.ok(
    (await browser.open(authorizationRequest(app, client, { scope: 'corpus:read corpus:search' }).url)).left,
  )
})

test('A-088 another value in the transaction, or in the form beside it, is refused or ignored', async () => {
  const client = await registerClient(app)
  const { page, form } = await consentFor(client, { scope: 'corpus:read' })
  const text = form.fields.get('transaction') ?? ''
  const transaction = JSON.parse(Buffer.from(text, 'base64url').toString())
  for (const change of [
    { redirect_uri: 'https://evil.example/' },
    { client_id: 'client_other' },
    { scope: 'corpus:read corpus:search' },
    { code_challenge: 'x'.repeat(43) },
    { state: 'other' },
    { expires_at: transaction.expires_at + 1000 },
  ]) {
    const forged = Buffer.from(JSON.stringify({ ...transaction, ...change })).toString('base64url')
    refused(await browser.submit(page, form, { decision: 'approve', transaction: forged }), 403)
  }
  const beside = { decision: 'approve', redirect_uri: 'https://evil.example/', scope: 'corpus:search' }
  const visit = await browser.submit(page, form, beside)
  assert.equal(visit.url.origin + visit.url.pathname, CALLBACK)
})

test('A-089 a consent page belongs to the browser in which it was opened', async () => {
  const attacker = await signedIn()
  const { page, form } = await consentFor(await registerClient(app), {}, attacker)
  refused(await browser.submit(page, form, { decision: 'approve' }), 403)
})

test('A-090 one decision for each transaction: deny then approve, approve twice, ten at once', async () => {
  const client = await registerClient(app)
  const denied = await consentFor(client)
  assert.equal(
    (await browser.submit(denied.page, denied.form, { decision: 'deny' })).url.searchParams.get('error'),
    'access_denied',
  )
  refused(await browser.submit(denied.page, denied.form, { decision: 'approve' }), 400)
  refused(await browser.submit(denied.page, denied.form, { decision: 'deny' }), 400)
  const { page, form } = await consentFor(client)
  const visits = await Promise.all(
    Array.from({ length: 10 }, () => browser.submit(page, form, { decision: 'approve' })),
  )
  assert.equal(visits.filter(({ left }) => left).length, 1)
  for (const visit of visits.filter(({ left }) => !left)) refused(visit, 400)
})

test('the page is good for fifteen minutes', async () => {
  const { page, form } = await consentFor(await registerClient(app))
  app.advance(15 * 60)
  refused(await browser.submit(page, form, { decision: 'approve' }), 400)
})

test('a client that was deleted while the page was open: a page that says what to do', async () => {
  const client = await registerClient(app)
  const { page, form } = await consentFor(client)
  await app.store.clients.remove(client.client_id, { at: app.now(), type: 'client.deleted' })
  const visit = await browser.submit(page, form, { decision: 'approve' })
  refused(visit, 400)
  assert.match(visit.text, /invalid_client/)
})

test('RFC 8252 §8.6 loopback and private schemes ask each time, with one button; a client that authenticates does not', async () => {
  for (const redirect_uri of ['http://127.0.0.1:7777/cb', 'cursor://anysphere.cursor-mcp/oauth/callback']) {
    const native = await registerClient(app, { ...PUBLIC_CLIENT, redirect_uris: [redirect_uri] })
    assert.equal((await consentFor(native)).form.buttons.length, 2)
    assert.ok((await signInAndDecide(browser, authorizationRequest(app, native).url)).left)
    const { page, form } = await consentFor(native)
    assert.equal(form.buttons.length, 1)
    assert.ok((await browser.submit(page, form, { decision: 'approve' })).url.searchParams.has('code'))
    const confidential = await registerClient(app, { ...CONFIDENTIAL_CLIENT, redirect_uris: [redirect_uri] })
    assert.ok((await signInAndDecide(browser, authorizationRequest(app, confidential).url)).left)
    assert.ok((await browser.open(authorizationRequest(app, confidential).url)).left)
  }
})

test('prompt=consent asks again', async () => {
  const client = await registerClient(app)
  await authorize(app, client, { browser })
  assert.equal((await consentFor(client, { prompt: 'consent' })).form.buttons.length, 2)
})

test('A-169 no code, token or session is in what happened, only ids', async () => {
  app.events.length = 0
  const client = await registerClient(app)
  const { code } = await authorize(app, client, { browser })
  const session = [...browser.cookies.values()]
  const told = JSON.stringify(app.events)
  for (const secret of [code, ...session]) assert.ok(!told.includes(secret))
  assert.deepEqual(
    app.events.map(({ type }) => type),
    ['registration.received', 'registration.accepted', 'authorization.requested', 'authorization.approved'],
  )
})
