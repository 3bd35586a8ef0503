import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'
import { corpusiq } from '../cli/program.ts'
import { executablePath, PHONE, skip } from '../support/chromium.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import {
  authorizationRequest,
  callMcp,
  exchangeCode,
  PUBLIC_CLIENT,
  registerClient,
  tokensOf,
} from '../support/scenario.ts'
import { OWNER } from '../support/site.ts'

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

let browser: Browser
let server: RunningServer
before(async () => {
  if (skip !== false) return
  server = await startServer({ owner: false })
  await server.says(/Corpus indexed/)
  browser = await chromium.launch({ executablePath, args: ARGUMENTS, headless: true })
})
after(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

/** A phone, without scripts, as the strictest of readers. Whatever its console complains of fails the test. */
async function openPhone(): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext(PHONE)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { page, complaints }
}

/** A native client's listener on loopback (RFC 8252 §7.3). */
async function listenForCallback() {
  const visits: URL[] = []
  const listener = createServer((request, response) => {
    visits.push(new URL(request.url ?? '', 'http://127.0.0.1'))
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>done</title><link rel="icon" href="data:,">')
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const callbacks = () => visits.filter(({ pathname }) => pathname === '/callback')
  return {
    redirect_uri: `http://127.0.0.1:${port}/callback`,
    callbacks,
    [Symbol.asyncDispose]: async () => {
      listener.close()
      listener.closeAllConnections()
    },
  }
}

test('a person sets up, signs in and consents on a phone without scripts, and the client reads documents', {
  skip,
}, async () => {
  await using native = await listenForCallback()
  const { page, complaints } = await openPhone()

  await page.goto(server.setupLink ?? '')
  await page.fill('input[name="username"]', OWNER.username)
  for (const field of await page.locator('input[type="password"]').all()) await field.fill(OWNER.password)
  await page.click('button[type="submit"], button:not([type])')
  await page.waitForLoadState()

  const client = await registerClient(server, {
    ...PUBLIC_CLIENT,
    client_name: 'Phone <script>alert(1)</script>',
    redirect_uris: ['http://127.0.0.1/callback'],
  })
  const options = { redirect_uri: native.redirect_uri, scope: 'corpus:read corpus:search' }

  // Signed out: a browser that knows nothing yet.
  await page.context().clearCookies()
  const denied = authorizationRequest(server, client, options)
  await page.goto(denied.url.href)
  await signIn(page)
  const text = (await page.textContent('body')) ?? ''
  assert.match(text, /Phone <script>alert\(1\)<\/script>/)
  assert.match(text, /127\.0\.0\.1/)
  await page.click('button[name="decision"][value="deny"]')
  await page.waitForURL(/\/callback\?/)
  assert.equal(native.callbacks().at(-1)?.searchParams.get('error'), 'access_denied')

  const approved = authorizationRequest(server, client, options)
  await page.goto(approved.url.href)
  await page.click('button[name="decision"][value="approve"]')
  await page.waitForURL(/\/callback\?/)
  const callback = native.callbacks().at(-1)?.searchParams
  assert.equal(callback?.get('state'), approved.state)
  assert.equal(callback?.get('iss'), server.url)

  const tokens = await tokensOf(
    await exchangeCode(server, client, {
      code: callback?.get('code') ?? '',
      verifier: approved.verifier,
      redirect_uri: native.redirect_uri,
      resource: `${server.url}/mcp`,
    }),
  )
  const answer = await callMcp(server, tokens.access_token, 'tools/call', {
    name: 'search',
    arguments: { query: 'lighthouse' },
  })
  const { result } = (await answer.json()) as {
    result: { structuredContent: { results: { url: string }[] } }
  }
  const [best] = result.structuredContent.results
  assert.ok(best)

  // The page that a client cites, for the owner who follows it.
  await page.goto(best.url)
  assert.match((await page.textContent('body')) ?? '', /hundred metres/)
  assert.deepEqual(complaints, [])
})

test('a removed client comes back on a phone: the owner reads when it was removed, and one button lets it in', {
  skip,
}, async () => {
  await using native = await listenForCallback()
  const { page, complaints } = await openPhone()
  const client = await registerClient(server, {
    ...PUBLIC_CLIENT,
    client_name: 'CIaude',
    redirect_uris: ['http://127.0.0.1/callback'],
  })
  const options = { redirect_uri: native.redirect_uri, scope: 'corpus:read corpus:search' }
  const comesToAsk = async () => {
    const request = authorizationRequest(server, client, options)
    await page.goto(request.url.href)
    return request
  }
  const allow = async () => {
    await page.click('button[name="decision"][value="approve"]')
    await page.waitForURL(/\/callback\?/)
    return native.callbacks().at(-1)?.searchParams
  }
  await comesToAsk()
  await signIn(page)
  // Its name begins with a capital i.
  assert.match((await page.textContent('body')) ?? '', /that of Claude\. A name proves nothing/)
  assert.ok((await allow())?.get('code'))
  const { code } = await corpusiq(['clients', 'delete', client.client_id, '--data-dir', server.dataDir])
  assert.equal(code, 0)

  const { verifier } = await comesToAsk()
  assert.match((await page.textContent('body')) ?? '', /was removed from this server on .* it is let back in/)
  await assertFits(page)
  const tokens = await tokensOf(
    await exchangeCode(server, client, {
      code: (await allow())?.get('code') ?? '',
      verifier,
      redirect_uri: native.redirect_uri,
      resource: `${server.url}/mcp`,
    }),
  )
  assert.equal((await callMcp(server, tokens.access_token)).status, 200)

  // Revoked for cause: what to do in the client, on a page that fits a phone too.
  const args = ['clients', 'delete', client.client_id, '--revoke', '--data-dir', server.dataDir]
  assert.equal((await corpusiq(args)).code, 0)
  await comesToAsk()
  assert.match((await page.textContent('body')) ?? '', /If it was another program.*\/mcp/)
  await assertFits(page)
  assert.deepEqual(
    complaints.filter((complaint) => !/status of 400/.test(complaint)),
    [],
  )
})

test('every page fits a phone: nothing is cut off at the side', { skip }, async () => {
  const { page } = await openPhone()
  const client = await registerClient(server, {
    ...PUBLIC_CLIENT,
    client_name: 'A client with a rather long name that no phone shows in one line of text',
    redirect_uris: [`https://${'long-'.repeat(10)}host.example.com/callback`],
  })
  await page.goto(authorizationRequest(server, client).url.href)
  await assertFits(page)
  await signIn(page)
  await assertFits(page)
})

test('the owner sees who is connected, on a phone without scripts, and ends it by one button', {
  skip,
}, async () => {
  await using native = await listenForCallback()
  const { page, complaints } = await openPhone()
  const client = await registerClient(server, {
    ...PUBLIC_CLIENT,
    client_name: 'Claude Code <b>with a rather long name that no phone shows in one line</b>',
    redirect_uris: ['http://127.0.0.1/callback', `https://${'long-'.repeat(10)}host.example.com/callback`],
  })
  const { url, verifier } = authorizationRequest(server, client, { redirect_uri: native.redirect_uri })
  await page.goto(url.href)
  await signIn(page)
  await page.click('button[name="decision"][value="approve"]')
  await page.waitForURL(/\/callback\?/)
  const { redirect_uri } = native
  const code = native.callbacks().at(-1)?.searchParams.get('code') ?? ''
  const resource = `${server.url}/mcp`
  const tokens = await tokensOf(
    await exchangeCode(server, client, { code, verifier, redirect_uri, resource }),
  )
  assert.equal((await callMcp(server, tokens.access_token)).status, 200)

  await page.goto(server.url)
  await page.click('a[href="/connections"]')
  await assertFits(page)
  const card = page.locator('section', { hasText: client.client_id })
  assert.match((await card.textContent()) ?? '', /Claude Code <b>with.*Unverified/s)
  await card.getByRole('button', { name: /^End the access of / }).click()
  await page.waitForURL(/\/connections$/)
  assert.equal(await page.locator('section', { hasText: client.client_id }).count(), 0)
  assert.equal((await callMcp(server, tokens.access_token)).status, 401)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(/\/login$/)
  assert.deepEqual(complaints, [])
})

async function signIn(page: Page): Promise<void> {
  await page.fill('input[name="username"]', OWNER.username)
  await page.fill('input[name="password"]', OWNER.password)
  await page.press('input[name="password"]', 'Enter')
  await page.waitForSelector('button[name="decision"]')
}

async function assertFits(page: Page): Promise<void> {
  const width = await page.evaluate('document.documentElement.scrollWidth')
  assert.ok(Number(width) <= 390, `${page.url()} is ${width} px wide`)
}
